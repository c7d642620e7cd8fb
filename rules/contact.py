"""Whether a party may contact a lead at a moment: a pure function of the agreement's rules and the facts [S1.6]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.contact import Consent, Contact, ContactFacts, ContactRefusal, Permission, Refused
from domain.document.caps import CapPer, FrequencyCap
from domain.document.contact import ConsentRule, ContactSection
from domain.document.journey import StageKind
from domain.party import Party

ContactOrder = tuple[datetime, str, str]


def permission(
    rules: ContactSection,
    facts: ContactFacts,
    *,
    party: Party,
    channel: str | None,
    person: str | None,
    at: datetime,
    before: ContactOrder | None = None,
) -> Permission:
    """Whether a contact is allowed at a moment; of contacts at that very moment those `before` it count.

    Without `before` all of that moment count, so that it answers for the next one.
    """
    owner = owner_at(facts, at)
    if party is owner and not (facts.stages or facts.consents or rules.consents or rules.caps):
        return Permission(
            owner, ()
        )  # nothing that could stand against it: so it is with most leads that are written to
    reasons = [
        *_ownership(facts, owner, party, person, at),
        *_stage(facts, at),
        *_consents(rules, facts, party, channel, at),
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
    if by is Party.SALES and any(person is None or person == offer.person for offer in offered):
        return
    yield Refused(ContactRefusal.NOT_OWNER)


def _stage(facts: ContactFacts, at: datetime) -> Iterator[Refused]:
    before = [stage for stage in facts.stages if stage.at <= at]
    if before and max(before, key=lambda stage: stage.at).kind == StageKind.DISQUALIFIED.value:
        yield Refused(ContactRefusal.CLOSED_STAGE)


def _consents(
    rules: ContactSection, facts: ContactFacts, by: Party, channel: str | None, at: datetime
) -> Iterator[Refused]:
    """The purposes whose consent is needed and not given; a withdrawal counts also where none is needed."""
    latest = latest_consents(facts.consents, at)
    named = {rule.key: rule for rule in rules.consents}
    for rule in rules.consents:
        if _asks(rule, by, channel):
            given = latest.get((rule.key, channel or ""))
            if given is None or not given.holds(at=at):
                yield Refused(ContactRefusal.NO_CONSENT, rule.key)
    for (purpose, on), consent in sorted(latest.items()):
        if purpose not in named and on == channel and not consent.granted:
            yield Refused(ContactRefusal.NO_CONSENT, purpose)


def _asks(rule: ConsentRule, by: Party, channel: str | None) -> bool:
    return rule.party in (None, by) and (not rule.channels or channel in rule.channels)


def latest_consents(consents: Sequence[Consent], at: datetime) -> dict[tuple[str, str], Consent]:
    """What a lead last said by a moment for each purpose and channel; of one moment the later record counts."""
    found: dict[tuple[str, str], Consent] = {}
    for consent in sorted(consents, key=lambda c: (c.at, c.recorded_at, c.id)):
        if consent.at <= at:
            found[consent.purpose, consent.channel] = consent
    return found


def _caps(rules: ContactSection, facts: ContactFacts, at: datetime, before: ContactOrder | None) -> Iterator[Refused]:
    for place, cap in enumerate(rules.caps):
        contacts = facts.contacts if cap.per is CapPer.LEAD else facts.of_account
        until = reached_until(cap, contacts, at, before)
        if until is not None:
            yield Refused(ContactRefusal.FREQUENCY_CAP, str(place), until)


def reached_until(
    cap: FrequencyCap, contacts: Sequence[Contact], at: datetime, before: ContactOrder | None = None
) -> datetime | None:
    """When one more contact is allowed again after a cap is reached; None when it is not reached.

    A contact counts from its moment until it is exactly as long ago as the cap's span.
    """
    span = span_of(cap)
    counting = sorted(
        c.occurred_at
        for c in contacts
        if at - c.occurred_at < span and (c.occurred_at <= at if before is None else c.order < before)
    )
    return counting[-cap.contacts] + span if len(counting) >= cap.contacts else None


def span_of(cap: FrequencyCap) -> timedelta:
    """How far back a cap looks."""
    return timedelta(days=cap.within.days, seconds=cap.within.seconds)


def longest_span(rules: ContactSection) -> timedelta:
    """How far back the section's caps look at most."""
    return max(map(span_of, rules.caps), default=timedelta())
