"""Random documents to compare, applying changes to one, and the form in which order counts where it means something."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from domain.comparison.changes import Change, ChangeKind
from domain.comparison.comparison import ORDERED
from domain.document.document import SlaDocument
from domain.document.shapes import Kind, Shape, properties
from tests.domain.document_samples import document, small

Strategy = st.SearchStrategy[Any]

_LASTING: list[dict[str, Any]] = [{}, {}, {}, {"within": "P30D"}, {"within": "PT4H"}]
_WHERE: list[dict[str, Any]] = [
    *({}, {}, {}),
    {"where": {"field": "activity.channel", "op": "eq", "value": "web"}},
    {"where": {"any": [{"field": "activity.channel", "op": "eq", "value": text} for text in ("mail", "web")]}},
]
_comparisons: Strategy = st.builds(
    lambda field, op, value, within, where: (
        {"field": field, "op": op} | ({} if op == "exists" or value is None else {"value": value}) | within | where
    ),
    st.sampled_from(["email", "account.employees", "interest.points", "activities.call.count"]),
    st.sampled_from(["eq", "gte", "in", "exists"]),
    st.sampled_from([1, 2.5, "a", [1, 2], [2, 1], ["a", "b", "c"], ["c", "b", "a"], True, None]),
    st.sampled_from(_LASTING),
    st.sampled_from(_WHERE),
)


def _joined(inner: Strategy) -> Strategy:
    parts = st.lists(inner, max_size=3)
    return st.one_of(
        parts.map(lambda found: {"all": found}),
        parts.map(lambda found: {"any": found}),
        inner.map(lambda found: {"not": found}),
    )


conditions: Strategy = st.recursive(_comparisons, _joined, max_leaves=5)
_labels: Strategy = st.dictionaries(st.sampled_from(["en", "de", "fr"]), st.sampled_from(["x", "y"]), min_size=1)
_limits: Strategy = st.fixed_dictionaries(
    {"duration": st.sampled_from(["PT4H", "P1D", "P3D"])}, optional={"clock": st.sampled_from(["BUSINESS", "ELAPSED"])}
)
_keys = st.sampled_from(["a", "b", "c", "d"])


def _keyed(item: dict[str, Strategy], least: int = 0, **optional: Strategy) -> Strategy:
    return st.dictionaries(_keys, st.fixed_dictionaries(item, optional=optional), min_size=least, max_size=4)


def _list(item: dict[str, Strategy], least: int = 0, **optional: Strategy) -> Strategy:
    return st.lists(st.fixed_dictionaries(item, optional=optional), min_size=least, max_size=4)


_waits = st.sampled_from(["P1D", "P2D"])
_points = st.sampled_from([0, 5, 10, 2.5])
_several_keys = st.lists(_keys, max_size=3)
_dates = st.sampled_from(["2027-01-01", "2027-02-01"])
_owners: Strategy = st.fixed_dictionaries({"party": st.sampled_from(["MARKETING", "SALES"])}, optional={"team": _keys})
_rhythms: Strategy = st.sampled_from(
    [{"every": "WEEK", "weekday": "MON"}, {"every": "MONTH", "workingDay": 3}, {"every": "MONTH", "workingDay": -1}]
)
_SECTIONS: dict[str, Strategy] = {
    "title": _labels,
    "scope": st.none() | conditions,
    "priority": st.integers(0, 2),
    "reviewOn": st.sampled_from([None, "2027-01-01", "2027-02-01"]),
    "calendars__office__closed": st.lists(st.sampled_from(["2026-12-24", "2026-12-31", "2027-01-02"]), max_size=3),
    "calendars__office__holidays": st.sampled_from([None, {"country": "DE"}, {"country": "DE", "subdivision": "NW"}]),
    "calendars__office__hours": st.sampled_from([{"mon": ["08:00-12:00", "13:00-17:00"]}, {"mon": ["09:00-17:00"]}]),
    "fields": _keyed({"label": _labels, "type": st.sampled_from(["TEXT", "DATE"])}, personal=st.booleans()),
    "journey__stages": _keyed(
        {"label": _labels, "kind": st.just("PROSPECT"), "owner": st.sampled_from(["MARKETING", "SALES"])},
        1,
        next=_several_keys,
        timeLimit=_limits,
        entry=conditions,
        winProbability=st.sampled_from([0, 0.5]),
        team=_keys,
        measures=_keyed(
            {"label": _labels, "direction": st.sampled_from(["PULL", "PUSH"]), "owner": _owners}, dueOn=_dates
        ),
    ),
    "material": _keyed(
        {"label": _labels, "publishOn": _dates, "owner": _owners}, placements=_several_keys, goal=_labels
    ),
    "feedback__meetings": _keyed(
        {"label": _labels, "rhythm": _rhythms, "owner": _owners},
        teams=_several_keys,
        agenda=_keyed({"label": _labels}),
    ),
    "afterSales__touchpoints": _keyed(
        {"label": _labels, "within": _limits, "owner": _owners}, activities=_several_keys
    ),
    "afterSales__signs": _keyed(
        {
            "label": _labels,
            "when": conditions,
            "within": _limits,
            "owner": _owners,
            "callsFor": st.sampled_from(["OFFER", "CONTACT"]),
        }
    ),
    "personas": _keyed({"label": _labels, "when": conditions}),
    "segments": _keyed({"label": _labels, "when": conditions}, journey=_several_keys),
    "scoring__fit__criteria": _keyed({"label": _labels, "bands": _list({"when": conditions, "points": _points}, 1)}),
    "scoring__exclusions": _keyed({"reason": _labels, "when": conditions}),
    "nurturing__tracks": _keyed(
        {"label": _labels, "steps": _list({"content": _keys, "channel": _keys}, 1, wait=_waits)},
        personas=_several_keys,
        leaveWhen=conditions,
    ),
    "nurturing__cap": st.sampled_from([None, {"contacts": 2, "within": "P7D"}, {"contacts": 3, "within": "P7D"}]),
    "nurturing__returns": _keyed({"track": _keys}, step=st.integers(1, 3)),
    "nurturing__questions": _list({"field": _keys, "question": _labels}, content=_keys),
    "contact__caps": _list({"contacts": st.integers(1, 3), "within": _waits}, per=st.sampled_from(["LEAD", "ACCOUNT"])),
    "contact__consents": _keyed({"label": _labels}, party=st.sampled_from(["SALES"]), channels=_several_keys),
    "handover__requiredConsents": _list({"purpose": _keys, "channel": _keys}),
    "handover__triggers": _keyed({"label": _labels, "when": conditions}, 1, priority=st.integers(0, 2)),
    "handover__required": _several_keys,
    "handover__answerWithin": _limits,
    "handover__contactWithin": st.none() | _limits,
    "handover__escalation": _list(
        {"at": st.sampled_from([0.5, 1, 2]), "action": st.sampled_from(["NOTIFY", "RETURN"])}
    ),
    "handover__routing": _list({"team": _keys}, 1, when=conditions, overflow=_several_keys),
}


def _made(sections: dict[str, Any]) -> SlaDocument:
    data = small()
    given = {path: content for path, content in sections.items() if content is not None}
    for path in given:
        around = data
        for name in path.split("__")[:-1]:
            around = around.setdefault(name, {})
    return document(**given)


documents: st.SearchStrategy[SlaDocument] = st.fixed_dictionaries({}, optional=_SECTIONS).map(_made)


def _steps(path: str) -> list[str]:
    return re.findall(r"[^.\[\]]+", path)


def _at(written: Any, path: str) -> Any:
    for step in _steps(path):
        written = written[_place(written, step)]
    return written


def _place(around: Any, step: str) -> Any:
    """What leads to a step: a name, a position, the position of a key."""
    if isinstance(around, dict):
        return step
    names = [item.get("key", item.get("language")) if isinstance(item, dict) else None for item in around]
    return names.index(step) if step in names else int(step) if step.isdigit() else len(around)


def _split(path: str) -> tuple[str, str]:
    last = _steps(path)[-1]
    return path[: -len(last) - 2] if path.endswith("]") else path[: -len(last)].removesuffix("."), last


def applied(changes: list[Change], older: dict[str, Any]) -> dict[str, Any]:
    """The newer document, made of the older one and the changes alone."""
    made = deepcopy(older)
    lists: dict[int, tuple[list[Any], list[tuple[Change, int]]]] = {}
    writes = []
    for change in changes:
        where, last = _split(change.other if change.kind in (ChangeKind.CHANGED, ChangeKind.MOVED) else change.path)
        around = _at(made, change.other if change.kind is ChangeKind.ADDED else where)
        place = _place(around, last)
        if isinstance(around, list) and change.kind is not ChangeKind.CHANGED:
            lists.setdefault(id(around), (around, []))[1].append((change, place))
        else:
            writes.append((around, place, change.after))
    for around, place, after in writes:
        if after is None:
            del around[place]
        elif isinstance(around, list) and isinstance(after, str):
            around[place]["text"] = after
        else:
            around[place] = after
    for around, edits in lists.values():
        _edit(around, edits)
    return made


def _edit(around: list[Any], edits: list[tuple[Change, int]]) -> None:
    taken = {place for change, place in edits if change.kind is not ChangeKind.ADDED}
    at: dict[int, Any] = {}
    behind: list[Any] = []
    for change, place in edits:
        if change.kind is ChangeKind.MOVED:
            at[change.after] = around[place]
        elif change.kind is ChangeKind.ADDED:
            language = _steps(change.path)[-1]
            is_text = isinstance(change.after, str) and any(isinstance(i, dict) and "language" in i for i in around)
            new = {"language": language, "text": change.after} if is_text else change.after
            if change.place is None:
                behind.append(new)
            else:
                at[change.place] = new
    rest = [item for index, item in enumerate(around) if index not in taken]
    length = len(rest) + len(at)
    standing = iter(rest)
    around[:] = [at[index] if index in at else next(standing) for index in range(length)] + behind


def meaning(document: dict[str, Any]) -> Any:
    """A document in a form in which what means the same is equal: unordered lists are sorted."""
    return _meaning(Shape(Kind.PART, SlaDocument), document, ordered=True)


def _meaning(shape: Shape, written: Any, *, ordered: bool) -> Any:
    if shape.kind is Kind.PART and shape.model is not None:
        inner = properties(shape.model)
        return {
            name: _meaning(inner[name], content, ordered=(shape.model, name) in ORDERED)
            for name, content in written.items()
        }
    if shape.kind is Kind.CONDITION:
        return _condition(written)
    if isinstance(written, list) and shape.kind is not Kind.VALUE:
        items = [_meaning(shape.item or Shape(Kind.VALUE), item, ordered=True) for item in written]
        return items if ordered else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return written


def _condition(written: dict[str, Any]) -> Any:
    found: dict[str, Any] = defaultdict(list)
    for name, content in written.items():
        if name in ("all", "any"):
            if len(content) == 1:
                return _condition(content[0])
            found[name] = sorted((_condition(part) for part in content), key=lambda p: json.dumps(p, sort_keys=True))
        elif name == "value" and written["op"] == "in" and isinstance(content, list):
            found[name] = sorted({json.dumps(value) for value in content})
        else:
            found[name] = _condition(content) if name in ("not", "where") else content
    return dict(found)
