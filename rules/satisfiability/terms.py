"""The ways in which a condition can come true: sets of comparisons that must come out so, the easiest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.conditions.syntax import Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Origin
from rules.satisfiability.satisfiability import Groups, is_group

Literal = tuple[Check, bool]
"""A comparison, and how it has to come out."""
Term = tuple[Literal, ...]
"""Comparisons that must all come out so."""
_Weighed = tuple[int, Term]
"""A term with about what it asks."""
MOST = 16
"""The number of terms of a condition followed at each of its joints: those that lack least."""

_EFFORT: dict[Origin, int] = {
    Origin.ACTIVITY: 1,
    Origin.COUNT: 1,
    Origin.AGGREGATE: 1,
    Origin.SCORE: 2,
    Origin.STAGE: 4,
    Origin.BUYING_CENTRE: 5,
}
FILLED, CHANGED = 1, 2


def terms(expression: Expression, row: Mapping[str, Any], groups: Groups) -> list[Term]:
    """The terms of an expression, those first that ask least of a row."""
    return [tuple(dict.fromkeys(term)) for _, term in _weighed(expression, row, groups, holds=True)]


def _weighed(expression: Expression, row: Mapping[str, Any], groups: Groups, *, holds: bool) -> list[_Weighed]:
    match expression:
        case Check(subject=subject) if subject.origin is Origin.GROUP and subject.name in groups:
            return _weighed(is_group(expression, groups[subject.name]), row, groups, holds=holds)
        case Check():
            literal = (expression, holds)
            return [(effort((literal,), row), (literal,))]
        case Not(part):
            return _weighed(part, row, groups, holds=not holds)
        case Every(parts) | Some(parts):
            found = [_weighed(part, row, groups, holds=holds) for part in parts]
            if isinstance(expression, Every) is holds:
                return _joined(found)
            return _easiest([one for part in found for one in part])


def comes_out(literal: Literal, row: Mapping[str, Any]) -> bool:
    """Return whether a comparison comes out for a row as it has to."""
    check, holds = literal
    value = row.get(check.subject.name)
    return (value is not None and bool(check.operator.plain(check.literal)(value))) is holds


def _joined(found: list[list[_Weighed]]) -> list[_Weighed]:
    whole: list[_Weighed] = [(0, ())]
    for part in found:
        whole = _easiest([(asks + more, term + other) for asks, term in whole for more, other in part])
    return whole


def _easiest(found: list[_Weighed]) -> list[_Weighed]:
    return sorted(found, key=lambda one: one[0])[:MOST]


def effort(term: Term, row: Mapping[str, Any]) -> int:
    """About how much a term asks of a row: of each subject that must change, how hard that is."""
    changing = {literal[0].subject for literal in term if not comes_out(literal, row)}
    known = (CHANGED if row.get(subject.name) is not None else FILLED for subject in changing)
    return sum(_EFFORT.get(subject.origin, way) for subject, way in zip(changing, known, strict=True))
