"""The channel that a sender names: its key, the word as it was told, and what is said of a word nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

from application.runtime.compiled_versions import ActiveVersions
from application.runtime.incoming import IncomingActivity
from domain.refusal import Refusal

SHOWN = 80
"""The length up to which an unknown word is shown."""


@dataclass(frozen=True, slots=True)
class HeardChannel:
    """On which channel something happened."""

    channel: str | None
    """Its key; of the activity's type where the sender names none, or one that nobody knows."""
    told: str | None
    """The word of the sender, where it is another."""
    unknown: tuple[Refusal, ...] = ()
    """The remark on a word that nobody knows; the activity counts all the same."""


def heard_channel(item: IncomingActivity, active: ActiveVersions) -> HeardChannel:
    """The channel of an activity as it is told."""
    kind = active.activity_types.get(item.type)
    own = kind.channel if kind else None
    own = active.contact.channel(own) if own is not None else None
    if item.channel is None or not item.channel.strip():
        return HeardChannel(own, None)
    known = active.contact.channel(item.channel)
    if known is None:
        return HeardChannel(own, item.channel, (unknown_channel(item.channel, active),))
    return HeardChannel(known, None if known == item.channel else item.channel)


def unknown_channel(told: str, active: ActiveVersions) -> Refusal:
    """Return what is said of a channel that no version in force knows."""
    return _unknown("channel", told, active.contact.channels)


def unknown_purpose(told: str, active: ActiveVersions) -> Refusal:
    """Return what is said of a purpose that no version in force asks for."""
    return _unknown("purpose", told, active.contact.purposes)


def _unknown(name: str, told: str, known: tuple[str, ...]) -> Refusal:
    listed = f"known: {', '.join(known)}." if known else "none is known."
    message = f"No active agreement knows a {name} {told[:SHOWN]!r}; {listed}"
    return Refusal("VALUE_NOT_ALLOWED", message, (name,))
