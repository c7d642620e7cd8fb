"""The channels on which leads are contacted: what they are called, and which words mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from domain.document.base import KeyedPart, Label, Part, Several, Text
from domain.document.conditions import WHOLE, Comparison
from domain.words.spelling import spelled

if TYPE_CHECKING:
    from domain.document.document import SlaDocument

EVERYTHING = "*"
"""The mark of a withdrawal for every purpose or channel."""
CHANNEL_OF_ACTIVITY = "activity.channel"


def _a_word(alias: str) -> str:
    if spelled(alias) in {"", EVERYTHING}:
        raise PydanticCustomError("alias_empty", "An alias has letters or digits.")
    return alias


class Channel(KeyedPart):
    """A channel; the key is what is stored, however a sender writes it."""

    label: Label
    """The name that people use."""
    definition: Label | None = None
    """Its meaning for both parties."""
    aliases: Several[Annotated[Text, AfterValidator(_a_word)]] = ()
    """Other words for it that senders use; capitals, blanks, `-` and `_` never matter."""


def named_channels(document: SlaDocument) -> Iterator[str]:
    """Every channel that a document names outside its section of channels, as it writes it; some more than once."""
    yield from (kind.channel for kind in document.activity_types if kind.channel is not None)
    yield from (channel for rule in document.contact.consents for channel in rule.channels)
    yield from (consent.channel for consent in document.handover.required_consents)
    yield from (step.channel for track in document.nurturing.tracks for step in track.steps)
    yield from (question.channel for question in document.nurturing.questions if question.channel is not None)
    yield from _compared(document)


def _compared(part: object) -> Iterator[str]:
    """The channels with which conditions compare."""
    if isinstance(part, Comparison) and part.field == CHANNEL_OF_ACTIVITY and part.op in WHOLE:
        values = part.value if isinstance(part.value, tuple) else (part.value,)
        yield from (value for value in values if isinstance(value, str))
    if isinstance(part, Part):
        for name in type(part).model_fields:
            yield from _compared(getattr(part, name, None))
    elif isinstance(part, tuple):
        for item in part:
            yield from _compared(item)
