"""The findings about channels, purposes and the consents that contacts need [S1.6]."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from domain.document.sections.fields import Direction
from domain.words.spelling import spelled


def required_consents(document: SlaDocument) -> Iterator[Finding]:
    """Consents that handovers require and nobody asks for, or that are required twice."""
    purposes = {rule.key for rule in document.contact.consents}
    for index, consent in enumerate(document.handover.required_consents):
        path = f"handover.requiredConsents[{index}]"
        if consent.purpose not in purposes:
            yield error("UNKNOWN_PURPOSE", f"{path}.purpose", f"No consent is named '{consent.purpose}'.")
        elif consent in document.handover.required_consents[:index]:
            yield warning("REQUIRED_TWICE", path, "This consent is required already.")


def alike(document: SlaDocument) -> Iterator[Finding]:
    """Channels and purposes that are the same word in another spelling."""
    owners: dict[str, str] = {}
    for channel in document.channels:
        words = {f"channels[{channel.key}]": channel.key}
        words |= {f"channels[{channel.key}].aliases[{n}]": alias for n, alias in enumerate(channel.aliases)}
        for path, word in words.items():
            owner = owners.setdefault(spelled(word), channel.key)
            if owner != channel.key:
                yield error("CHANNELS_FOLD_ALIKE", path, f"'{word}' means the channel '{owner}' already.")
    purposes: dict[str, str] = {}
    for rule in document.contact.consents:
        first = purposes.setdefault(spelled(rule.key), rule.key)
        if first != rule.key:
            message = f"Nobody can tell it from the purpose '{first}'."
            yield error("PURPOSES_FOLD_ALIKE", f"contact.consents[{rule.key}]", message)


def consent_not_asked(document: SlaDocument) -> Iterator[Finding]:
    """Channels on which leads are contacted without anybody asking for their consent; each once."""
    words = ContactVocabulary([document])
    rules = document.contact.consents
    if any(not rule.channels for rule in rules):
        return
    covered = {words.channel(channel) for rule in rules for channel in rule.channels}
    for path, told in _outbound(document):
        channel = words.channel(told)
        if channel not in covered:
            covered.add(channel)
            message = f"No consent is asked for on the channel '{told}': every contact on it is allowed."
            yield warning("CONSENT_NOT_ASKED", path, message)


def _outbound(document: SlaDocument) -> Iterator[tuple[str, str]]:
    """The channels by which we turn to leads, with their places."""
    for kind in document.activity_types:
        if kind.direction is Direction.OUTBOUND and kind.channel is not None:
            yield f"activityTypes[{kind.key}].channel", kind.channel
    for track in document.nurturing.tracks:
        for index, step in enumerate(track.steps):
            yield f"nurturing.tracks[{track.key}].steps[{index}].channel", step.channel
    for index, question in enumerate(document.nurturing.questions):
        if question.channel is not None:
            yield f"nurturing.questions[{index}].channel", question.channel
