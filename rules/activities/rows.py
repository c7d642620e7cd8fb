"""From facts to rows: comparable values by subject name, of those subjects only that a document speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.document.sections.fields import ActivityType, FieldType
from domain.facts import ActivityFact, LeadFacts, is_blank
from domain.leads.comparable import COMPARED
from rules.conditions.vocabulary import Origin, Subject

_CHANNEL = "activity.channel"
_Read = tuple[str, str, FieldType, int | None]

_AS_STORED: dict[FieldType, type] = {
    FieldType.TEXT: str,
    FieldType.ENUM: str,
    FieldType.INTEGER: int,
    FieldType.BOOLEAN: bool,
}
"""The types whose values of this very class are compared as they are stored; `COMPARED` sees to all others."""


def _reads(subjects: Iterable[Subject], origin: Origin) -> tuple[_Read, ...]:
    chosen = sorted((s for s in subjects if s.origin is origin), key=lambda s: s.name)
    return tuple((s.name, s.key, s.type, s.scale) for s in chosen)


def _reader(reads: tuple[_Read, ...]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function that makes a row of the comparable values of fields; generated, because it runs for every lead."""
    space: dict[str, Any] = {}
    lines, items = ["def read(fields):", " get = fields.get"], []
    for index, (name, key, type_, scale) in enumerate(reads):
        stored = _AS_STORED.get(type_)
        space |= {f"name{index}": name, f"key{index}": key, f"compared{index}": COMPARED[type_]}
        space[f"stored{index}"] = stored
        as_it_is = f"v{index} is None"
        if stored is str:
            as_it_is += f" or (type(v{index}) is str and v{index} and not v{index}.isspace())"
        elif stored:
            as_it_is += f" or type(v{index}) is stored{index}"
        lines.append(f" v{index} = get(key{index})")
        items.append(f"name{index}: v{index} if {as_it_is} else compared{index}(v{index}, {scale})")
    lines.append(f" return {{{', '.join(items)}}}")
    exec("\n".join(lines), space)  # noqa: S102 - the source is made of numbers only
    read: Callable[[Mapping[str, Any]], dict[str, Any]] = space["read"]
    return read


class LeadRows:
    """Reads the fields of leads and accounts."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        known = tuple(subjects)
        self._lead = _reader(_reads(known, Origin.LEAD))
        of_account = _reads(known, Origin.ACCOUNT)
        self._account = _reader(of_account) if of_account else None

    def row(self, facts: LeadFacts) -> dict[str, Any]:
        """The row of a lead: every subject in a fixed order, None where the value is missing or of another type."""
        row = self._lead(facts.fields)
        if self._account is not None:
            row |= self._account(facts.account)
        return row


class ActivityRows:
    """Reads the attributes of activities of one type."""

    def __init__(self, kind: ActivityType, subjects: Iterable[Subject]) -> None:
        known = tuple(subjects)
        given = [s for s in known if s.definition is None]
        self._common = tuple((name, key) for name, key, _, _ in _reads(given, Origin.ACTIVITY))
        self._own = _reader(_reads([s for s in known if s.definition is not None], Origin.ACTIVITY))
        self._channel = kind.channel
        self._spelling = next((s.spelling for s in given if s.name == _CHANNEL), None)

    def row(self, lead: dict[str, Any], activity: ActivityFact) -> dict[str, Any]:
        """The row of an activity beside those of its lead."""
        row = dict(lead)
        for name, key in self._common:
            said = getattr(activity, key)
            row[name] = None if is_blank(said) else said
        told = row.get(_CHANNEL)
        channel = self._channel if told is None else told
        row[_CHANNEL] = channel if channel is None or self._spelling is None else self._spelling(channel)
        row |= self._own(activity.fields)
        return row
