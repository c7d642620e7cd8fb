"""The parts of every type of event: its name, what it is about, its payload, and where it is told."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar


class Stream(StrEnum):
    """All subscriptions."""

    EVENTS = "events"
    """The whole log, as far as the follower may read it."""
    HANDOVERS = "handovers"
    """The events about handovers."""
    BREACHES = "breaches"
    """The events about breaches."""


EVERYBODY = "*"
"""Stands among the teams that may read an event for all of them; no team has such a key."""
UNSET: Any = object()
"""The value of a payload's field that is left out."""


@dataclass(frozen=True)
class Payload:
    """A frozen dataclass whose fields are the payload, in camelCase; those that are UNSET are left out."""

    @property
    def payload(self) -> dict[str, Any]:
        """Return the payload as it is stored and told."""
        own = self.__dict__
        return {wire: value for name, wire in wire_names(type(self)) if (value := own[name]) is not UNSET}


def wire_names(payload: type[Payload]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a payload, each with its name on the wire."""
    return _wire_names(payload)  # type: ignore[arg-type]  # a class can be hashed, whatever its instances can


@cache
def _wire_names(payload: type[Payload]) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.metadata.get("wire", wire_name(one.name))) for one in fields(payload))


def wire_name(name: str) -> str:
    """Return the camelCase of a field's name; a trailing underscore is Python's own."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in others)


@dataclass(frozen=True)
class Event(Payload):
    """Something that can happen; each subclass with a name is a type of event, and its docstring says what happened."""

    type_name: ClassVar[str]
    """Its name in the log."""
    subject_type: ClassVar[str]
    """The type of what it is about."""
    about: ClassVar[type[Payload] | None] = None
    """The payload that it shares with the other events about such a subject: how the subject stood after it."""
    streams: ClassVar[tuple[Stream, ...]] = (Stream.EVENTS,)
    """Where it is told."""
    open_to_all: ClassVar[bool] = False
    """True if everybody may read it, whatever teams they are in."""
    open_without_lead: ClassVar[bool] = False
    """True if everybody may read it where it is about no lead, but about an agreement."""
    since: ClassVar[str]
    """The version of the product that told it first."""

    def __init_subclass__(cls, *, name: str | None = None, since: str = "0.1", **more: Any) -> None:
        super().__init_subclass__(**more)
        if name is None:
            return
        cls.type_name, cls.since = name, since
        EVENT_TYPES[name] = cls

    @classmethod
    def meaning(cls) -> str:
        """Return what happened, in a sentence."""
        return " ".join((cls.__doc__ or "").split())


EVENT_TYPES: dict[str, type[Event]] = {}
"""Every type of event by its name, in the order of the modules that describe them; complete in `catalogue`."""
