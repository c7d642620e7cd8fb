"""Who may contact a lead [S1.6]: held against a walk over all that was said and done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.caps import ContactCap
from domain.leads.contact import Consent, Contact, ContactFacts, ContactRefusal, Offer, OwnerChange, StageSince
from domain.party import Party
from rules.contact.contact import permission, reached_until, span_of
from tests.rules.strategies import SETTINGS
from tests.rules.test_contact import EMAIL, LEAD, NOW, PHONE, TICK, codes, said, section, words_of


def cap(contacts: int, within: str, per: str = "LEAD") -> ContactCap:
    """A frequency cap."""
    return ContactCap.model_validate({"contacts": contacts, "within": within, "per": per})


def call(at: datetime, number: int = 0, **about: Any) -> Contact:
    """An outbound activity."""
    given: dict[str, Any] = {
        "source": "crm",
        "key": f"{number:04}",
        "recorded_at": at,
        "party": None,
        "person": None,
        "channel": None,
    }
    return Contact(id=UUID(int=number), lead_id=LEAD, occurred_at=at, **given | about)


_moments = st.integers(0, 20 * 24).map(lambda hours: NOW + timedelta(hours=hours))


_caps = st.builds(cap, st.integers(1, 4), st.sampled_from(["P1D", "P7D", "PT36H"]))


_contacts = st.lists(_moments, max_size=12).map(lambda found: [call(at, n) for n, at in enumerate(found)])


@SETTINGS
@given(_caps, _contacts, _moments)
def test_a_cap_counts_a_sliding_window_exactly(limit: ContactCap, contacts: list[Contact], at: datetime) -> None:
    """A contact counts from its moment until it is exactly as long ago as the span, and not a tick longer."""
    window = [c for c in contacts if at - span_of(limit) < c.occurred_at <= at]
    until = reached_until(limit, contacts, at)
    assert (until is not None) == (len(window) >= limit.contacts)
    if until is not None:
        known = [c for c in contacts if c.occurred_at <= at]
        assert reached_until(limit, known, until - TICK) == until
        assert reached_until(limit, known, until) is None


@SETTINGS
@given(_caps, _contacts)
def test_contacts_that_keep_to_a_cap_never_break_it(limit: ContactCap, contacts: list[Contact]) -> None:
    """Whoever makes only the contacts that are allowed has in no window more of them than agreed."""
    made: list[Contact] = []
    for one in sorted(contacts, key=lambda c: c.order):
        if reached_until(limit, made, one.occurred_at) is None:
            made.append(one)
    for one in made:
        window = [c for c in made if one.occurred_at - span_of(limit) < c.occurred_at <= one.occurred_at]
        assert len(window) <= limit.contacts


@SETTINGS
@given(_caps, _contacts, st.randoms(use_true_random=False))
def test_which_contact_was_one_too_many_depends_on_no_order_of_telling(
    limit: ContactCap, contacts: list[Contact], chance: Any
) -> None:
    """Of contacts at one moment the one with the lesser key came first, however they were told."""
    shuffled = list(contacts)
    chance.shuffle(shuffled)
    for one in contacts:
        first = reached_until(limit, contacts, one.occurred_at, one.order)
        assert first == reached_until(limit, shuffled, one.occurred_at, one.order)
        earlier = [c for c in contacts if c.order < one.order and c.occurred_at > one.occurred_at - span_of(limit)]
        assert (first is not None) == (len(earlier) >= limit.contacts)


_parties = st.sampled_from(list(Party))


_said = st.lists(
    st.builds(
        lambda number, granted, at, channel, purpose, days: said(
            granted,
            at,
            number,
            channel=channel,
            purpose=purpose,
            expires_at=at + timedelta(days=days) if granted and days else None,
        ),
        st.integers(0, 10**6),
        st.booleans(),
        _moments,
        st.sampled_from([EMAIL, PHONE]),
        st.sampled_from(["news", "calls", "other"]),
        st.integers(0, 9),
    ),
    max_size=6,
    unique_by=lambda consent: (consent.at, consent.id),
)


def _owners(moments: list[datetime], first: Party) -> list[OwnerChange]:
    """Contact passing to and fro at moments."""
    found, was = [], first
    for at in sorted(set(moments)):
        party = Party.SALES if was is Party.MARKETING else Party.MARKETING
        found.append(OwnerChange(LEAD, was, party, at))
        was = party
    return found


_facts = st.builds(
    lambda contacts, consents, passed, first, offers, out: ContactFacts(
        owner=first if len(set(passed)) % 2 == 0 else Party.MARKETING if first is Party.SALES else Party.SALES,
        changes=_owners(passed, first),
        offers=[Offer(LEAD, "mia", min(pair), max(pair)) for pair in offers],
        stages=[StageSince(LEAD, "DISQUALIFIED", out), StageSince(LEAD, "RECYCLED", out + timedelta(days=2))],
        consents=consents,
        contacts=contacts[::2],
        of_account=contacts,
    ),
    _contacts,
    _said,
    st.lists(_moments, max_size=4),
    _parties,
    st.lists(st.tuples(_moments, _moments), max_size=2),
    _moments,
)


_rules = section(
    caps=[{"contacts": 2, "within": "P3D"}, {"contacts": 4, "within": "P7D", "per": "ACCOUNT"}],
    consents={"news": {"label": "N", "party": "MARKETING", "channels": [EMAIL]}, "calls": {"label": "C"}},
)


_words = words_of(_rules)


def _weight(said: Consent) -> tuple[datetime, bool]:
    """How much a word counts against another: the newer more, and of one moment the withdrawal."""
    return said.at, not said.granted


def _walked_consents(last: dict[tuple[str, str], Consent], party: Party, channel: str, at: datetime) -> set[str]:
    """Whether what was said last of each purpose and channel stands against a contact."""
    mine = {"calls", *(["news"] if party is Party.MARKETING else ())}
    on_channel = {purpose: one for (purpose, on), one in last.items() if on == channel}
    no_to_all = one if (one := on_channel.pop("other", None)) and not one.granted else None  # nobody knows that word
    asked = ["calls"] + (["news"] if party is Party.MARKETING and channel == EMAIL else [])
    for key in asked:
        said_last = max(filter(None, [on_channel.get(key), no_to_all]), key=_weight, default=None)
        if said_last is None or not said_last.holds(at=at):
            return {"NO_CONSENT"}
    yes_since = any(
        one.granted and no_to_all and _weight(one) > _weight(no_to_all)
        for key, one in on_channel.items()
        if key in mine
    )
    if (no_to_all and not yes_since) or any(not one.granted for key, one in on_channel.items() if key in mine):
        return {"NO_CONSENT"}
    return set()


def _walked(facts: ContactFacts, party: Party, channel: str, person: str | None, at: datetime) -> set[str]:
    """Why a contact is not allowed, found by going through all that happened, moment by moment."""
    owner, disqualified, offered = facts.changes[0].was if facts.changes else facts.owner, False, False
    last: dict[tuple[str, str], Consent] = {}
    happened: list[tuple[datetime, int, Any]] = [(c.at, 0, c) for c in facts.changes]
    happened += [(s.at, 0, s) for s in facts.stages] + [(c.at, c.id.int, c) for c in facts.consents]
    for moment, _, what in sorted(happened, key=lambda one: one[:2]):
        if moment > at:
            break
        if isinstance(what, OwnerChange):
            owner = what.party
        elif isinstance(what, StageSince):
            disqualified = what.kind == "DISQUALIFIED"
        else:
            before = last.get((what.purpose, what.channel))
            if before is None or (before.at, before.granted) != (what.at, False) or not what.granted:
                last[what.purpose, what.channel] = what
    for offer in facts.offers:
        matched = offer.since <= at and offer.until is not None and at < offer.until
        offered = offered or (matched and person in (None, offer.person))
    found = {"CLOSED_STAGE"} if disqualified else set()
    if party is not owner and not (party is Party.SALES and offered):
        found.add("NOT_OWNER")
    found |= _walked_consents(last, party, channel, at)
    near = [c for c in facts.contacts if at - timedelta(days=3) < c.occurred_at <= at]
    around = [c for c in facts.of_account if at - timedelta(days=7) < c.occurred_at <= at]
    return found | ({"FREQUENCY_CAP"} if len(near) >= 2 or len(around) >= 4 else set())


@SETTINGS
@given(_facts, _parties, st.sampled_from([EMAIL, PHONE]), st.sampled_from([None, "mia", "jonas"]), _moments)
def test_a_permission_equals_a_walk_over_all_that_happened(
    facts: ContactFacts, party: Party, channel: str, person: str | None, at: datetime
) -> None:
    """At every moment the answer is what going through the past gives."""
    answer = permission(_rules, facts, _words, party=party, channel=channel, person=person, at=at)
    assert {reason.code.value for reason in answer.reasons} == _walked(facts, party, channel, person, at)
    assert answer.allowed is not bool(answer.reasons)


@SETTINGS
@given(_facts, _parties, _moments)
def test_allowed_from_is_the_first_moment_at_which_time_alone_allows_it(
    facts: ContactFacts, party: Party, at: datetime
) -> None:
    """A tick before it a cap still holds; at it none does, if nothing else happens."""
    answer = permission(_rules, facts, _words, party=party, channel=EMAIL, person=None, at=at)
    if answer.allowed_from is None:
        assert answer.allowed or any(reason.code is not ContactRefusal.FREQUENCY_CAP for reason in answer.reasons)
        return
    known = ContactFacts(
        facts.owner,
        contacts=[c for c in facts.contacts if c.occurred_at <= at],
        of_account=[c for c in facts.of_account if c.occurred_at <= at],
    )
    caps = section(caps=[c.model_dump(mode="json") for c in _rules.caps])
    assert codes(caps, known, facts.owner, answer.allowed_from - TICK) == ["FREQUENCY_CAP"] * len(
        [r for r in answer.reasons if r.until == answer.allowed_from]
    )
    assert codes(caps, known, facts.owner, answer.allowed_from) == []
