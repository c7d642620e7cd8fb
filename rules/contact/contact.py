"""The verdict if a party may contact a lead at a moment: a pure function of the agreement's rules and the facts
[S1.6]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.sections.caps import CapPer, FrequencyCap
from domain.document.sections.contact import ConsentRule, ContactSection
from domain.document.sections.journey import StageKind
from domain.leads.contact import Contact, ContactFacts, ContactRefusal, Permission, Refused
from domain.party import Party
from domain.words.persons import same_person
from rules.contact.consent_record import REST, ConsentRecord

ContactOrder = tuple[datetime, str, str]
_EVERY_CHANNEL = ("",)
"""Stands for the channels where no document names one."""


def permission(
    rules: ContactSection,
    facts: ContactFacts,
    words: ContactVocabulary,
    *,
    party: Party,
    channel: str | None,
    person: str | None,
    at: datetime,
    before: ContactOrder | None = None,
) -> Permission:
    """Return whether a contact is allowed at a moment; of contacts at that very moment those `before` it count.

    Without `before` all of that moment count, so that it answers for the next one.
    Without a channel it is held against the rules of every channel; a channel that nobody knows is never allowed.
    """
    owner = owner_at(facts, at)
    known = None if channel is None else words.channel(channel)
    unknown = channel is not None and known is None
    if party is owner and not (unknown or facts.stages or facts.consents or rules.consents or rules.caps):
        return Permission(
            owner, ()
        )  # nothing that could stand against it: so it is with most leads that are written to
    on = () if unknown else _EVERY_CHANNEL if known is None and not words.channels else words.channels
    reasons = [
        *([Refused(ContactRefusal.UNKNOWN_CHANNEL, channel)] if unknown else ()),
        *_ownership(facts, owner, party, person, at),
        *_stage(facts, at),
        *_consents(rules, facts, words, party, on if known is None else (known,), at),
        *_caps(rules, facts, at, before),
    ]
    return Permission(owner, tuple(reasons))


def owner_at(facts: ContactFacts, at: datetime) -> Party:
    """The party that owned contact at a moment."""
    if not facts.changes:
        return facts.owner
    before = [change for change in facts.changes if change.at <= at]
    if before:
        return max(before, key=lambda change: change.at).party
    return min(facts.changes, key=lambda change: change.at).was


def _ownership(facts: ContactFacts, owner: Party, by: Party, person: str | None, at: datetime) -> Iterator[Refused]:
    if by is owner:
        return
    offered = [o for o in facts.offers if o.since <= at and (o.until is None or at < o.until)]
    if by is Party.SALES and any(person is None or same_person(person, offer.person) for offer in offered):
        return
    yield Refused(ContactRefusal.NOT_OWNER)


def _stage(facts: ContactFacts, at: datetime) -> Iterator[Refused]:
    before = [stage for stage in facts.stages if stage.at <= at]
    if before and max(before, key=lambda stage: stage.at).kind == StageKind.DISQUALIFIED.value:
        yield Refused(ContactRefusal.CLOSED_STAGE)


def _consents(
    rules: ContactSection,
    facts: ContactFacts,
    words: ContactVocabulary,
    by: Party,
    channels: Sequence[str],
    at: datetime,
) -> Iterator[Refused]:
    """The purposes whose consent is needed and not given; a withdrawal counts also where none is needed."""
    if not (rules.consents or facts.consents):
        return
    said, refused = ConsentRecord(facts.consents, words, rules, at=at), dict[str, None]()
    for channel in channels:
        found = list(said.withdrawn(channel, by, rules.consents))
        for rule in rules.consents:
            if asks(rule, by, channel, words):
                given = said.last(rule.key, channel)
                if given is None or not given.holds(at=at):
                    found.append(rule.key)
        refused |= dict.fromkeys([purpose for purpose in found if purpose != REST] or found)
    yield from (Refused(ContactRefusal.NO_CONSENT, purpose) for purpose in refused)


def asks(rule: ConsentRule, by: Party, channel: str, words: ContactVocabulary) -> bool:
    """Return whether a rule asks a party for consent on a channel, which is told by its key."""
    on = [words.channel(named) or named for named in rule.channels]
    return rule.party in (None, by) and (not on or channel in on)


def _caps(rules: ContactSection, facts: ContactFacts, at: datetime, before: ContactOrder | None) -> Iterator[Refused]:
    for place, cap in enumerate(rules.caps):
        contacts = facts.contacts if cap.per is CapPer.LEAD else facts.of_account
        until = reached_until(cap, contacts, at, before)
        if until is not None:
            found = len(_counting(cap, contacts, at, before))
            yield Refused(ContactRefusal.FREQUENCY_CAP, str(place), until, found)


def reached_until(
    cap: FrequencyCap, contacts: Sequence[Contact], at: datetime, before: ContactOrder | None = None
) -> datetime | None:
    """Return when one more contact is allowed again after a cap is reached; None when it is not reached.

    A contact counts from its moment until it is exactly as long ago as the cap's span.
    """
    counting = _counting(cap, contacts, at, before)
    return counting[-cap.contacts] + span_of(cap) if len(counting) >= cap.contacts else None


def _counting(
    cap: FrequencyCap, contacts: Sequence[Contact], at: datetime, before: ContactOrder | None
) -> list[datetime]:
    """Return when the contacts happened that count for a cap at a moment, in order."""
    span = span_of(cap)
    return sorted(
        c.occurred_at
        for c in contacts
        if at - c.occurred_at < span and (c.occurred_at <= at if before is None else c.order < before)
    )


def span_of(cap: FrequencyCap) -> timedelta:
    """Return how far back a cap looks."""
    return timedelta(days=cap.within.days, seconds=cap.within.seconds)


def longest_span(rules: ContactSection) -> timedelta:
    """Return how far back the section's caps look at most."""
    return max(map(span_of, rules.caps), default=timedelta())
