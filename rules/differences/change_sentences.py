"""Differences of documents in sentences: Trigger 'hot' now needs at least 60 interest points (was 50)."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from domain.comparison.changes import Change, ChangeKind
from domain.document.base import Translation, text_in
from domain.document.conditions import Comparison, Condition
from domain.document.document import SlaDocument
from domain.document.shapes import Kind
from domain.time.duration import Duration
from rules.conditions.operators import OPERATORS
from rules.differences.change_places import ChangePlace, Thing, place_in
from rules.differences.change_values import CHOSEN, VALUES
from rules.differences.change_words import (
    ABOUT,
    ARE,
    CONTACTS,
    IS,
    PLURAL,
    PROPERTIES,
    QUOTED,
    SCORED,
    SENTENCES,
    THINGS,
    length,
    said,
)
from rules.explaining.phrases import in_language, phrase
from rules.explaining.rendering import Wording

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_LABEL = TypeAdapter(list[Translation])
_LENGTHS = frozenset({"window", "halfLife", "coolOff", "remembers", "wait", "within", "after", "silentFor", "digest"})
_COMPARED = frozenset({"op", "value", "within", "where"})
_SHARES = frozenset({"winProbability", "warnAt", "at"})
_TRIGGERS = "handover.triggers"


class _Side:
    """One of the two documents, with its words."""

    def __init__(self, document: SlaDocument, language: str) -> None:
        self.document = document.to_json()
        self._of = document
        self._language = language

    @cached_property
    def wording(self) -> Wording:
        return Wording(self._of, self._language)


class ChangeSentences:
    """Tells the differences of two documents in a language."""

    def __init__(self, older: SlaDocument, newer: SlaDocument, language: str) -> None:
        self._older, self._newer = _Side(older, language), _Side(newer, language)
        self._language = language

    def sentence(self, change: Change) -> str:
        """One difference in one sentence, without a full stop."""
        side = self._older if change.kind is ChangeKind.REMOVED else self._newer
        place = place_in(side.document, change.path)
        if place.inside:
            return self._inside(change, place)
        if place.things and not place.property:
            return self._thing_itself(change, place)
        if place.is_value:
            name = "value.new" if change.kind is ChangeKind.ADDED else "value.gone"
        else:
            name = {ChangeKind.ADDED: "set.first", ChangeKind.REMOVED: "unset"}.get(change.kind, "set")
        before, after = self._value(change.before, place, self._older), self._value(change.after, place, self._newer)
        return self._said(name, place=self._place(place), verb=self._verb(place), before=before, after=after)

    def _verb(self, place: ChangePlace) -> str:
        return said(ARE if place.property in PLURAL else IS, self._language)

    def _said(self, name: str, **parts: object) -> str:
        text = said(SENTENCES[name], self._language, **parts)
        return text[:1].upper() + text[1:]

    def _thing_itself(self, change: Change, place: ChangePlace) -> str:
        thing = self._things(place)
        if change.kind is ChangeKind.MOVED:
            name = "moved.around" if change.before == change.after else "moved"
            return self._said(name, thing=thing, before=change.before + 1, after=change.after + 1)
        if change.kind is ChangeKind.REMOVED:
            return self._said("gone", thing=thing)
        about = self._about(change.after, self._newer)
        return self._said("new.about" if about else "new", thing=thing, about=about)

    def _about(self, item: dict[str, Any], side: _Side) -> str:
        """Return what is most worth knowing about a new thing: its name, else its condition."""
        label = item.get("label") or item.get("reason")
        if label:
            return text_in(_LABEL.validate_python(label), self._language)
        if "contacts" in item:
            return self._small_part(item)
        if item.get("when") is not None:
            return self._condition(item["when"], side)
        name = next((name for name in ABOUT if all(item.get(part) is not None for part in name.split("."))), None)
        return said(ABOUT[name], self._language, **self._told_of(item)) if name else ""

    def _told_of(self, item: dict[str, Any]) -> dict[str, str]:
        labels = {name: item[name] for name in ("question",) if item.get(name)}
        plain = {name: self._plain(name, value) for name, value in item.items() if name not in labels}
        return plain | {name: text_in(_LABEL.validate_python(label), self._language) for name, label in labels.items()}

    def _things(self, place: ChangePlace) -> str:
        return ", ".join(self._thing(thing) for thing in place.things)

    def _thing(self, thing: Thing) -> str:
        noun = said(THINGS.get(thing.kind) or THINGS[thing.kind.rpartition(".")[2]], self._language)
        if "key" in thing.item:
            return f"{noun} {said(QUOTED, self._language, text=thing.name)}"
        team = thing.item.get("team") or thing.item.get("day")
        return f"{noun} {thing.name}" + (f" ({team})" if team else "")

    def _place(self, place: ChangePlace) -> str:
        name = said(PROPERTIES[place.property], self._language)
        name = f"{name} ({place.language})" if place.language else name
        return f"{self._things(place)}: {name}" if place.things else name

    def _inside(self, change: Change, place: ChangePlace) -> str:
        """A change inside of a condition."""
        before, after = self._part_words(change, place)
        joint = place.inside[-2] if len(place.inside) > 1 and place.inside[-1].isdigit() else ""
        negated = "not" in place.inside
        is_trigger = len(place.things) == 1 and place.things[0].kind == _TRIGGERS
        if change.kind is ChangeKind.CHANGED:
            name = "trigger.set" if is_trigger and not negated else "set"
        else:
            end = "new" if change.kind is ChangeKind.ADDED else "gone"
            name = f"part.{end}" if negated else f"trigger.{joint}.{end}" if is_trigger else f"{joint}.{end}"
        spoken_of = {"thing": self._things(place), "place": self._place(place), "verb": self._verb(place)}
        return self._said(name, **spoken_of, before=before, after=after)

    def _part_words(self, change: Change, place: ChangePlace) -> tuple[str, str]:
        """The old and new parts inside of a condition; of a changed value only the value is told of what stood."""
        activity = place.things[-1].item.get("activity") if place.things else None
        if place.inside[-1] not in _COMPARED:
            older, newer = change.before, change.after
        else:
            newer = place.part(-1)
            older = place_in(self._older.document, change.other).part(-1)
        after = "" if newer is None else self._condition(newer, self._newer, activity)
        if place.inside[-1] == "value" and change.before is not None:
            return self._literal(change.before), after
        return "" if older is None else self._condition(older, self._older, activity), after

    def _condition(self, written: Any, side: _Side, activity: str | None = None) -> str:
        condition = _CONDITION.validate_python(written)
        operator = OPERATORS.get(condition.op) if isinstance(condition, Comparison) else None
        if isinstance(condition, Comparison) and condition.field in SCORED and operator and operator.counts:
            value = self._literal(written.get("value"))
            amount = in_language(operator.sentence, self._language, subject="", value=value).strip()
            return said(SCORED[condition.field], self._language, amount=amount)
        return side.wording.condition(condition, activity)

    def _value(self, written: Any, place: ChangePlace, side: _Side) -> str:
        if written is None:
            return ""
        if place.language or place.is_value:
            return self._quoted(written) if place.language else self._literal(written)
        match place.shape.kind:
            case Kind.CONDITION:
                activity = place.things[-1].item.get("activity") if place.things else None
                return self._condition(written, side, activity)
            case Kind.LABEL:
                return self._quoted(text_in(_LABEL.validate_python(written), self._language))
            case Kind.PART:
                return self._small_part(written)
        return self._plain(place.property, written)

    def _small_part(self, written: dict[str, Any]) -> str:
        if "duration" in written:
            return self._length(written["duration"], written["clock"])
        if "contacts" in written:
            count, span = written["contacts"], self._length(written["within"], "ELAPSED")
            return said(CONTACTS[count != 1], self._language, count=count, span=span)
        return "-".join(map(str, written.values()))

    def _plain(self, name: str, written: Any) -> str:
        if name in _LENGTHS:
            return self._length(written, "ELAPSED")
        if name in CHOSEN and written in VALUES:
            return said(VALUES[written], self._language)
        if name in _SHARES:
            share = self._literal(Decimal(str(written)) * 100)
            return f"{share} %" if self._language == "de" else f"{share}%"
        return self._literal(written)

    def _length(self, written: str, clock: str) -> str:
        duration = Duration.parse(written)
        return length((duration.days, duration.seconds), clock, self._language)

    def _quoted(self, text: str) -> str:
        return said(QUOTED, self._language, text=text)

    def _literal(self, written: Any) -> str:
        """A plain value, or several, in words."""
        if written is None:
            return "–"
        if isinstance(written, list):
            return ", ".join(map(self._literal, written)) or "–"
        if isinstance(written, bool):
            return phrase("true" if written else "false", self._language)
        if isinstance(written, int | float | Decimal):
            number = Decimal(str(written))
            text = format(number.normalize() if number % 1 else number.to_integral_value(), "f")
            return text.replace(".", ",") if self._language == "de" else text
        return str(written)
