"""No spelling of a channel or purpose turns a refusal into a permission, and what is not known is never allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.document import SlaDocument
from domain.document.sections.contact import ContactSection
from domain.leads.contact import Consent, ContactFacts, Permission
from domain.party import Party
from rules.contact.contact import permission
from tests.domain.document_samples import document
from tests.rules.contact_documents import NOW, said

MARKETING = Party.MARKETING


def asked(
    known: SlaDocument,
    what: list[Consent],
    channel: str | None,
    party: Party = MARKETING,
    at: datetime = NOW,
    rules: ContactSection | None = None,
) -> Permission:
    """What the guard says of a lead whose contact the party owns."""
    facts = ContactFacts(party, consents=what)
    words = ContactVocabulary([known])
    return permission(rules or known.contact, facts, words, party=party, channel=channel, person=None, at=at)


def refused(answer: Permission) -> set[tuple[str, str | None]]:
    """Why not."""
    return {(reason.code.value, reason.rule) for reason in answer.reasons}


RULE: dict[str, Any] = {"news": {"label": "N", "party": "MARKETING", "channels": ["email"]}}
MAIL = {"mail": {"label": "M", "direction": "OUTBOUND", "channel": "email"}}


def test_each_input_of_the_guard_taken_away_allows_nothing() -> None:
    """Document, consents, channel: what is not there is no yes."""
    known = document(activityTypes=MAIL | {"call": {"label": "C", "direction": "INBOUND"}}, contact={"consents": RULE})
    yes = [said(True, 1)]
    assert asked(known, yes, "email").allowed
    none = permission(
        ContactSection(),
        ContactFacts(MARKETING, consents=yes),
        ContactVocabulary([]),
        party=MARKETING,
        channel="email",
        person=None,
        at=NOW,
    )
    assert refused(none) == {("UNKNOWN_CHANNEL", "email")}
    assert refused(asked(known, [], "email")) == {("NO_CONSENT", "news")}
    assert refused(asked(known, [], None)) == {("NO_CONSENT", "news")}
    assert refused(asked(known, [replace(yes[0], channel="fax")], "email")) == {("NO_CONSENT", "news")}
    assert refused(asked(known, [replace(yes[0], purpose="fax")], "email")) == {("NO_CONSENT", "news")}


def test_of_one_moment_the_withdrawal_counts_whatever_was_recorded_later() -> None:
    """In either order of recording; a later moment counts before an earlier one."""
    known = document(activityTypes=MAIL | {"call": {"label": "C", "direction": "INBOUND"}}, contact={"consents": RULE})
    for first, second in ((1, 2), (2, 1)):
        both = [
            said(True, 0, first, recorded_at=NOW + timedelta(hours=first)),
            said(False, 0, second, recorded_at=NOW + timedelta(hours=second)),
        ]
        assert refused(asked(known, both, "email")) == {("NO_CONSENT", "news")}
    assert asked(known, [said(False, 2), said(True, 1)], "email").allowed


def test_a_withdrawal_of_everything_holds_until_something_newer_is_said() -> None:
    """It binds purposes that nobody had named, and is lifted for what the lead agrees to afterwards only."""
    known = document(
        activityTypes=MAIL | {"call": {"label": "C", "direction": "OUTBOUND", "channel": "phone"}},
        contact={"consents": RULE},
    )
    no = said(False, 2, purpose="*", channel="*")
    assert refused(asked(known, [no], "phone")) == {("NO_CONSENT", "*")}
    assert refused(asked(known, [no], "email")) == {("NO_CONSENT", "news")}
    assert refused(asked(known, [no], "phone", Party.SALES)) == {("NO_CONSENT", "*")}
    again = [no, said(True, 1)]
    assert asked(known, again, "email").allowed
    assert not asked(known, again, "phone").allowed
    assert not asked(known, again, "email", Party.SALES).allowed


def test_words_of_several_agreements_that_share_a_spelling_are_one() -> None:
    """What is an alias here and a channel there; told under the key that came first."""
    one = document(channels={"email": {"label": "E", "aliases": ["mail", "post"]}})
    two = document(activityTypes={"call": {"label": "C", "direction": "INBOUND", "channel": "Post"}})
    words = ContactVocabulary([two, one])
    assert {words.channel(told) for told in ("POST", "e-mail", "mail")} == {"email"}
    assert words.channels == ("email",)
