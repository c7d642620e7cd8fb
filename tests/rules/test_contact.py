"""Who may contact a lead [S1.6]: held against a walk over all that was said and done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.sections.contact import ContactSection
from domain.leads.contact import Consent, ContactFacts, Offer, OwnerChange
from domain.party import Party
from rules.contact.contact import permission
from tests.domain.document_samples import document

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = UUID(int=1)
TICK = timedelta(microseconds=1)
PHONE, EMAIL = "phone", "email"


def section(**written: Any) -> ContactSection:
    """A contact section as a document writes it."""
    return ContactSection.model_validate(written)


def said(granted: bool, at: datetime, number: int = 0, **about: Any) -> Consent:
    """What a lead said about e-mail by marketing."""
    given: dict[str, Any] = {"purpose": "news", "channel": EMAIL, "recorded_at": at}
    given |= {"person": "x", "evidence": None, "expires_at": None}
    return Consent(id=UUID(int=number), lead_id=LEAD, granted=granted, at=at, **given | about)


def words_of(rules: ContactSection) -> ContactVocabulary:
    """The channels and purposes that are known beside a section, phone and e-mail among them."""
    kinds = {key: {"label": key, "direction": "OUTBOUND", "channel": key} for key in (PHONE, EMAIL)}
    return ContactVocabulary([document(activityTypes=kinds).model_copy(update={"contact": rules})])


def codes(rules: ContactSection, facts: ContactFacts, party: Party, at: datetime = NOW, **about: Any) -> list[str]:
    """Why a contact is not allowed."""
    given = {"channel": EMAIL, "person": None} | about
    answer = permission(rules, facts, words_of(rules), party=party, at=at, **given)
    return [reason.code.value for reason in answer.reasons]


def test_before_the_first_change_the_owner_was_whom_it_passed_from() -> None:
    """The past before anything is known is derived from what came first."""
    facts = ContactFacts(Party.SALES, changes=[OwnerChange(LEAD, Party.MARKETING, Party.SALES, NOW)])
    assert codes(section(), facts, Party.SALES, NOW - TICK) == ["NOT_OWNER"]
    assert codes(section(), facts, Party.SALES, NOW) == []


def test_the_assignee_of_a_hand_raiser_may_call_while_it_is_offered() -> None:
    """Until the answer; nobody else of sales, and marketing goes on owning contact."""
    facts = ContactFacts(Party.MARKETING, offers=[Offer(LEAD, "mia", NOW, NOW + timedelta(hours=4))])
    assert codes(section(), facts, Party.SALES, person="mia") == []
    assert codes(section(), facts, Party.SALES) == []
    assert codes(section(), facts, Party.SALES, person="jonas") == ["NOT_OWNER"]
    assert codes(section(), facts, Party.SALES, NOW + timedelta(hours=4), person="mia") == ["NOT_OWNER"]
    assert codes(section(), facts, Party.MARKETING) == []


@pytest.mark.parametrize(
    ("consents", "allowed"),
    [
        ([], False),
        ([said(True, NOW - timedelta(days=2))], True),
        ([said(True, NOW - timedelta(days=2), channel=PHONE)], False),
        ([said(True, NOW - timedelta(days=2)), said(False, NOW - timedelta(days=1))], False),
        ([said(False, NOW - timedelta(days=1)), said(True, NOW - timedelta(days=2))], False),
        ([said(True, NOW - timedelta(days=2), expires_at=NOW)], False),
        ([said(True, NOW - timedelta(days=2), expires_at=NOW + TICK)], True),
        ([said(True, NOW + TICK)], False),
    ],
)
def test_the_newest_consent_for_purpose_and_channel_counts(consents: list[Consent], allowed: bool) -> None:
    """By when it was said, not by when it was told; an expired one is none."""
    rules = section(consents={"news": {"label": "News", "party": "MARKETING", "channels": [EMAIL]}})
    facts = ContactFacts(Party.MARKETING, consents=consents)
    assert (codes(rules, facts, Party.MARKETING) == []) is allowed


def test_a_withdrawal_counts_also_where_no_agreement_asks_for_consent() -> None:
    """Whoever said no is left alone on that channel."""
    facts = ContactFacts(Party.MARKETING, consents=[said(False, NOW)])
    assert codes(section(), facts, Party.MARKETING) == ["NO_CONSENT"]
    assert codes(section(), facts, Party.MARKETING, channel=PHONE) == []


def test_the_assignee_of_a_hand_raiser_may_call_however_the_name_is_spelled() -> None:
    """While it is offered only the assignee may; capitals and composed letters make no other person."""
    facts = ContactFacts(owner=Party.MARKETING, offers=[Offer(LEAD, "Müller", NOW, None)])
    for person, refused in (("MU\u0308LLER ", []), ("Mueller", ["NOT_OWNER"])):
        assert codes(ContactSection(), facts, Party.SALES, channel=PHONE, person=person) == refused
