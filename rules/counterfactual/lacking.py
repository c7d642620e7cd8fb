"""The gap on a way to a handover, as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from domain.document.conditions import condition_json
from domain.leads.decision import Missing, MissingKind
from rules.conditions.syntax import Check
from rules.conditions.vocabulary import Origin
from rules.counterfactual.raising import Target
from rules.satisfiability.terms import Literal, Term, comes_out
from rules.scoring.points import amount

_FIELDS = frozenset({Origin.LEAD, Origin.ACCOUNT})
Detail = dict[str, str | int | bool | list[str]]


def told(
    term: Term,
    row: Mapping[str, Any],
    required: Iterable[tuple[str, Missing]],
    target: Target | None,
    *,
    now: Target,
    scores: bool = False,
) -> tuple[Missing, ...]:
    """Return what a lead lacks of a term, and of what it must carry; points as many as lead to a target.

    With `scores` comparisons of scores are told as they stand, since nobody knows how many points lead to them.
    """
    failing = [literal for literal in term if not comes_out(literal, row)]
    found: dict[str, Missing] = dict(required)
    for literal in failing:
        check, _ = literal
        name = check.subject.name
        if check.subject.origin is Origin.SCORE and not scores:
            for missing in _points(literal, target, now):
                found.setdefault(missing.path, missing)
        elif check.subject.origin in _FIELDS and row.get(name) is None:
            known = found.get(name)
            if known is None or "op" not in known.detail:
                path = name if known is None else known.path
                found[name] = Missing(MissingKind.FIELD, path, {**(known.detail if known else {}), **_detail(literal)})
            else:
                found[check.path] = _condition(literal)
        else:
            found[check.path] = _condition(literal)
    return tuple(found.values())


def _points(literal: Literal, target: Target | None, now: Target) -> list[Missing]:
    """Return how many points more lead to the target, by dimension."""
    if target is None:
        return []
    name = literal[0].subject.name
    rises = {"fit": target.fit - now.fit, "interest": target.interest - now.interest}
    found = []
    for dimension, more in rises.items():
        if more > 0 and (name == "grade" or name.startswith(dimension)):
            path = f"{dimension}.points" if name == "grade" else name
            found.append(Missing(MissingKind.POINTS, path, {"points": str(amount(more)), **_detail(literal)}))
    return found


def _condition(literal: Literal) -> Missing:
    check, _ = literal
    detail: Detail = {"field": check.subject.name, **_measured(check), **_detail(literal)}
    return Missing(MissingKind.CONDITION, check.path, detail)


def _measured(check: Check) -> dict[str, str]:
    """Return what a comparison over activities says beyond its field, where it says more."""
    written = check.written
    if written is None:
        return {}
    found = {"field": written.field}
    if written.within is not None:
        found["within"] = str(written.within)
    if written.where is not None:
        found["where"] = json.dumps(condition_json(written.where), ensure_ascii=False)
    return found


def _detail(literal: Literal) -> Detail:
    check, holds = literal
    written = check.written
    detail: Detail = {"op": written.op if written else check.operator.name}
    if written is not None and isinstance(written.value, tuple):
        detail["value"] = [str(item) for item in written.value]
    elif written is not None and written.value is not None:
        detail["value"] = written.value if isinstance(written.value, bool) else str(written.value)
    return detail if holds else {**detail, "not": True}
