"""No spelling of a channel or purpose turns a refusal into a permission, and what is not known is never allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from hypothesis import assume, given
from hypothesis import strategies as st

from application.judging.given_consents import given_consents
from application.runtime.compiled_versions import CompiledVersion
from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.document import SlaDocument
from domain.document.sections.contact import ContactSection
from domain.facts import LeadFacts
from domain.leads.contact import Consent
from domain.leads.decision import MissingKind
from domain.party import Party
from domain.words.spelling import folded, spelled
from rules.judge import judge_plain
from tests.domain.spellings import spellings
from tests.rules.contact_documents import NOW, consents, documents
from tests.rules.strategies import SETTINGS
from tests.rules.test_contact_words import asked, refused


def words_of(known: SlaDocument) -> dict[str, str]:
    """Every word for a channel of a generated document, with its key."""
    found = {word: channel.key for channel in known.channels for word in (channel.key, *channel.aliases)}
    kinds = [kind.channel for kind in known.activity_types if kind.channel]
    return found | {channel: channel for channel in (*kinds, *(c for r in known.contact.consents for c in r.channels))}


@SETTINGS
@given(st.data(), documents(), consents, st.sampled_from(list(Party)))
def test_every_spelling_of_a_channel_is_asked_and_said_alike(
    data: st.DataObject, known: SlaDocument, what: list[Consent], party: Party
) -> None:
    """Its key, its aliases, capitals, blanks, hyphens, wide and invisible characters: one answer."""
    word, key = data.draw(st.sampled_from(sorted(words_of(known).items())))
    told = data.draw(spellings(word))
    assert ContactVocabulary([known]).channel(told) == key
    expected = refused(asked(known, what, key, party))
    assert refused(asked(known, what, told, party)) == expected
    again = [replace(one, channel=told) if spelled(one.channel) == spelled(word) else one for one in what]
    assert refused(asked(known, again, key, party)) == expected
    rule = data.draw(st.sampled_from([*known.contact.consents, None]))
    if rule is not None:
        other = data.draw(spellings(rule.key))
        again = [replace(one, purpose=other) if spelled(one.purpose) == spelled(rule.key) else one for one in what]
        assert refused(asked(known, again, key, party)) == expected


@SETTINGS
@given(documents(), consents, st.text(max_size=20) | st.sampled_from(["*", "", " - ", "telefax", "e mails"]))
def test_any_other_text_is_never_allowed(known: SlaDocument, what: list[Consent], told: str) -> None:
    """Whatever the lead said."""
    assume(spelled(told) not in {spelled(word) for word in words_of(known)})
    assert ("UNKNOWN_CHANNEL", told) in refused(asked(known, what, told))
    assert not asked(known, [], told).allowed


@SETTINGS
@given(documents(), consents, st.sampled_from(list(Party)), consents.filter(bool))
def test_no_withdrawal_turns_a_refusal_into_a_permission(
    known: SlaDocument, what: list[Consent], party: Party, more: list[Consent]
) -> None:
    """And one that is the last word makes the permission on its channel false, in whatever words it was said."""
    no = replace(more[0], granted=False, expires_at=None, at=NOW, recorded_at=NOW - timedelta(days=9))
    alone = {rule.key for rule in known.contact.consents if rule.party not in (None, party)}
    for channel in ContactVocabulary([known]).channels:
        before, after = asked(known, what, channel, party), asked(known, [*what, no], channel, party)
        assert before.allowed or not after.allowed
        meant = spelled(no.channel) == spelled(channel) or ContactVocabulary([known]).channel(no.channel) == channel
        everywhere = ContactVocabulary([known]).channel(no.channel) is None
        if (meant or everywhere) and not any(spelled(no.purpose) == spelled(key) for key in alone):
            assert not after.allowed


@SETTINGS
@given(documents(), consents, st.sampled_from(list(Party)))
def test_without_a_channel_it_is_held_against_the_rules_of_each(
    known: SlaDocument, what: list[Consent], party: Party
) -> None:
    """What one channel refuses is refused."""
    each = [refused(asked(known, what, channel, party)) for channel in ContactVocabulary([known]).channels]
    assert refused(asked(known, what, None, party)) == set().union(*each)


@SETTINGS
@given(documents(), consents)
def test_what_is_judged_agrees_with_the_guard(known: SlaDocument, what: list[Consent]) -> None:
    """Nurturing passes over the channels that the guard refuses; a required consent is missing where it is refused."""
    compiled_version = CompiledVersion(uuid4(), "main", uuid4(), known)
    words = ContactVocabulary([known])
    facts = LeadFacts(stage="prospect", consents=given_consents(what, words, compiled_version, now=NOW))
    decision = judge_plain(compiled_version.compiled_rules, facts, now=NOW)
    assert decision.nurture is not None
    steps = known.nurturing.tracks[0].steps
    passed = []
    for step in steps:
        if asked(known, [one for one in what if one.at <= NOW], step.channel).allowed:
            break
        passed.append(step.content)
    assert list(decision.nurture.passed_over) == passed
    lacking = {m.detail["purpose"] for m in decision.verdict.missing if m.kind is MissingKind.CONSENT}
    for needed in known.handover.required_consents:
        rule = next(rule for rule in known.contact.consents if rule.key == needed.purpose)
        alone = ContactSection(consents=(rule.model_copy(update={"party": None, "channels": ()}),))
        said_no = rule.key in {r for _, r in refused(asked(known, what, needed.channel, rules=alone))}
        assert (needed.purpose in lacking) is said_no


@given(st.text())
@SETTINGS
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    """And blanks, hyphens and underscores never tell two words apart."""
    assert folded(folded(text)) == folded(text)
    assert spelled(f" {text}-_") == spelled(text) == spelled(text.swapcase().swapcase())
