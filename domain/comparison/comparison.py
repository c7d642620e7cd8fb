"""The differences of two documents, by meaning and not by line [X.2].

Parts with keys are compared by key, others by likeness; conditions by their structure; labels by language. Order counts
where it means something and nowhere else: two documents without a difference agree the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain.comparison.changes import Change, Spot
from domain.comparison.pairing import Pair, canonical, moved, pairs_by_content, pairs_by_key
from domain.document.base import Part
from domain.document.conditions import SETS, condition_tag
from domain.document.document import SlaDocument
from domain.document.sections.calendars import ExtraOpening, PublicHolidays, WeeklyHours
from domain.document.sections.caps import FrequencyCap
from domain.document.sections.feedback import Meeting
from domain.document.sections.handover import HandoverSection, Route
from domain.document.sections.journey import Journey
from domain.document.sections.limits import TimeLimit
from domain.document.sections.nurturing import NurtureTrack, Nurturing
from domain.document.sections.scoring import Criterion
from domain.document.shapes import Kind, Shape, properties

WHOLE = frozenset({TimeLimit, PublicHolidays, FrequencyCap})
"""Parts so small that they are told as a whole."""
ORDERED = frozenset(
    {
        (Journey, "buyingStages"),
        (Journey, "stages"),
        (SlaDocument, "personas"),
        (SlaDocument, "segments"),
        (Criterion, "bands"),
        (Nurturing, "tracks"),
        (Nurturing, "questions"),
        (NurtureTrack, "steps"),
        (HandoverSection, "triggers"),
        (HandoverSection, "routing"),
        (HandoverSection, "escalation"),
        (Route, "overflow"),
        (ExtraOpening, "hours"),
        (Meeting, "agenda"),
        *((WeeklyHours, day) for day in properties(WeeklyHours)),
    }
)
"""Lists whose order means something: of items the first that holds counts, or they follow one another."""


def compare_documents(older: SlaDocument, newer: SlaDocument) -> list[Change]:
    """All differences, in the order of the sections."""
    return list(_parts(SlaDocument, Spot("", ""), older.to_json(), newer.to_json()))


def _parts(model: type[Part], spot: Spot, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    if model in WHOLE:
        if before != after:
            yield spot.changed(before, after)
        return
    for name, shape in properties(model).items():
        old, new, there = before.get(name), after.get(name), spot.step(name)
        if old == new:
            continue
        if old is None or new is None:
            yield there.inside(spot, old, new)
        else:
            yield from _compared(shape, there, old, new, ordered=(model, name) in ORDERED)


def _compared(shape: Shape, spot: Spot, before: Any, after: Any, *, ordered: bool) -> Iterator[Change]:
    match shape.kind:
        case Kind.PART if shape.model:
            yield from _parts(shape.model, spot, before, after)
        case Kind.LABEL:
            yield from _labels(spot, before, after)
        case Kind.CONDITION:
            yield from _conditions(spot, before, after)
        case Kind.KEYED | Kind.LIST if shape.item and shape.item.model:
            yield from _items(shape, shape.item.model, spot, before, after, ordered=ordered)
        case Kind.LIST if not ordered:
            yield from _values(spot, before, after)
        case _:
            yield spot.changed(before, after)


def _labels(spot: Spot, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    old, new = ({text["language"]: text["text"] for text in label} for label in (before, after))
    for language in dict.fromkeys((*new, *old)):
        there = spot.step(language)
        if language not in old or language not in new:
            yield there.inside(spot, old.get(language), new.get(language))
        elif old[language] != new[language]:
            yield there.changed(old[language], new[language])


def _items(
    shape: Shape, model: type[Part], spot: Spot, before: Sequence[Any], after: Sequence[Any], *, ordered: bool
) -> Iterator[Change]:
    keyed = shape.kind is Kind.KEYED
    pairs = pairs_by_key(before, after) if keyed else pairs_by_content(before, after)

    def inner(there: Spot, i: int, j: int) -> Iterator[Change]:
        return _parts(model, there, before[i], after[j])

    return _members(spot, before, after, pairs, inner, keyed=keyed, ordered=ordered)


def _members(
    spot: Spot,
    before: Sequence[Any],
    after: Sequence[Any],
    pairs: Sequence[Pair],
    inner: Callable[[Spot, int, int], Iterator[Change]],
    *,
    keyed: bool = False,
    ordered: bool = False,
) -> Iterator[Change]:
    """The changes of a list: inside of what both have, then what moved, is gone, is new."""

    def there(i: int, j: int) -> Spot:
        return spot.item(before[i]["key"], after[j]["key"]) if keyed else spot.item(i, j)

    for i, j in pairs:
        yield from inner(there(i, j), i, j)
    for i, j in moved(pairs, before, after) if ordered else ():
        yield there(i, j).moved((i, j))
    kept, known = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, item in enumerate(before):
        if i not in kept:
            name = item["key"] if keyed else i
            yield spot.item(name, name).inside(spot, item, None, i if ordered else None)
    for j, item in enumerate(after):
        if j not in known:
            name = item["key"] if keyed else j
            yield spot.item(name, name).inside(spot, None, item, j if ordered else None)


def _values(spot: Spot, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    """A list of plain values in which order means nothing."""
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    for values, left, is_new in ((before, gone, False), (after, new, True)):
        for index, value in enumerate(values):
            if left[value] > 0:
                left[value] -= 1
                pair = (None, value) if is_new else (value, None)
                yield spot.item(index, index).inside(spot, *pair)


def _conditions(spot: Spot, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    tags = (condition_tag(before), condition_tag(after))
    match tags:
        case ("all", "all") | ("any", "any"):
            joint = tags[0]
            old, new = before[joint], after[joint]

            def inner(there: Spot, i: int, j: int) -> Iterator[Change]:
                return _conditions(there, old[i], new[j])

            yield from _members(spot.step(joint), old, new, pairs_by_content(old, new), inner)
        case ("not", "not"):
            yield from _conditions(spot.step("not"), before["not"], after["not"])
        case ("comparison", "comparison") if before["field"] == after["field"]:
            yield from _comparisons(spot, before, after)
        case _:
            yield from _otherwise_joined(spot, before, after)


def _comparisons(spot: Spot, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Two comparisons of one field; of a list of values the order means nothing."""
    differing = [name for name in ("op", "value", "within", "where") if not _alike(name, before, after)]
    if len(differing) == 1:
        (name,) = differing
        yield spot.step(name).changed(before.get(name), after.get(name))
    elif differing:
        yield spot.changed(before, after)


def _alike(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    old, new = before.get(name), after.get(name)
    if isinstance(old, list) and isinstance(new, list) and before["op"] == after["op"] and before["op"] in SETS:
        return set(map(canonical, old)) == set(map(canonical, new))
    if name == "where" and old is not None and new is not None:
        return not list(_conditions(Spot("", ""), old, new))
    return bool(old == new)


def _otherwise_joined(spot: Spot, before: Any, after: Any) -> Iterator[Change]:
    """Conditions of different kinds; a joint of one condition means that condition."""
    (older, old), (newer, new) = _alone(spot.older, before), _alone(spot.newer, after)
    if condition_tag(old) == condition_tag(new) and (old, new) != (before, after):
        yield from _conditions(Spot(older, newer), old, new)
    else:
        yield spot.changed(before, after)


def _alone(path: str, written: Any) -> tuple[str, Any]:
    """The condition that stands alone in joints, and its path."""
    tag = condition_tag(written)
    if tag in ("all", "any") and len(written[tag]) == 1:
        return _alone(f"{path}.{tag}[0]", written[tag][0])
    return path, written
