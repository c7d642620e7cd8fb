"""What keeps a trigger from holding: the fewest comparisons that would have to come true."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from domain.decision import Missing, MissingKind
from domain.document.conditions import condition_json
from rules.conditions import Row
from rules.points import amount, percent
from rules.syntax import Check, Every, Expression, Not, Some
from rules.vocabulary import Origin

Lack = Callable[[Row], Missing]
"""Says of a comparison that does not come out as the trigger needs it what is missing."""
Distance = Callable[[Row], tuple[Lack, ...] | None]
"""The fewest failing comparisons for a row; None where nothing can come true."""

_FIELDS = frozenset({Origin.LEAD, Origin.ACCOUNT})
LOWEST: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "gte": lambda literal: (literal,),
    "gt": lambda literal: (literal + 1,),
    "eq": lambda literal: (literal,),
    "in": lambda literal: literal,
    "between": lambda literal: literal[:1],
}
"""From where on an operator's literal is passed; of several any will do."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """From how many points on a lead reaches what; all in hundredths."""

    fit_maximum: int
    fit_bands: Mapping[str, int]
    """The percentage from which each band of fit begins."""
    interest_bands: Mapping[str, int]
    """The points from which each band of interest begins."""

    def needed(self, subject: str) -> Callable[[Any], int] | None:
        """How many points stand behind a value of a subject; None for what points do not change."""
        table: dict[str, Callable[[Any], int]] = {
            "fit.points": int,
            "fit.percent": self._for_percent,
            "fit.band": lambda band: self._for_percent(self.fit_bands[band]),
            "interest.points": int,
            "interest.band": self.interest_bands.__getitem__,
        }
        return table.get(subject)

    def _for_percent(self, wanted: int) -> int:
        """The fewest points that are rounded to a percentage, at least."""
        points = wanted * self.fit_maximum // 10_000
        while points > 0 and percent(points - 1, self.fit_maximum) >= wanted:
            points -= 1
        while points < self.fit_maximum and percent(points, self.fit_maximum) < wanted:
            points += 1
        return points


def distance(expression: Expression, ladder: Ladder, *, holds: bool = True) -> Distance:
    """How far rows are from an expression, or from its negation."""
    match expression:
        case Check():
            return _sum(((expression, holds),), (), ladder)
        case Not(part):
            return distance(part, ladder, holds=not holds)
        case Every(parts) | Some(parts):
            if isinstance(expression, Every) is not holds:
                return _least(tuple(distance(part, ladder, holds=holds) for part in parts))
            checks = tuple((part, holds) for part in parts if isinstance(part, Check))
            others = tuple(distance(part, ladder, holds=holds) for part in parts if not isinstance(part, Check))
            return _sum(checks, others, ladder)


def _sum(checks: tuple[tuple[Check, bool], ...], others: tuple[Distance, ...], ladder: Ladder) -> Distance:
    """What fails of comparisons and further parts that must all come out."""
    plans = tuple(
        (check.subject.name, check.operator.plain(check.literal), holds, _lack(check, ladder, holds=holds))
        for check, holds in checks
    )

    def of(row: Row) -> tuple[Lack, ...] | None:
        get = row.get
        found: tuple[Lack, ...] = ()
        for name, passes, holds, lack in plans:
            value = get(name)
            if (value is not None and passes(value)) is not holds:
                found += (lack,)
        for part in others:
            lacking = part(row)
            if lacking is None:
                return None
            found += lacking
        return found

    return of


def _least(parts: tuple[Distance, ...]) -> Distance:
    def of(row: Row) -> tuple[Lack, ...] | None:
        best: tuple[Lack, ...] | None = None
        for part in parts:
            lacking = part(row)
            if lacking is not None and (best is None or len(lacking) < len(best)):
                best = lacking
        return best

    return of


def _lack(check: Check, ladder: Ladder, *, holds: bool) -> Lack:
    name, detail = check.subject.name, _detail(check, holds=holds)
    field = Missing(MissingKind.FIELD, name, detail)
    condition = Missing(MissingKind.CONDITION, check.path, {"field": name, **_measured(check), **detail})
    steps = _steps(check, ladder) if holds else ()
    has = "interest.points" if name.startswith("interest.") else "fit.points"
    is_field = check.subject.origin in _FIELDS

    @lru_cache(maxsize=4096)
    def lacks(points: int) -> Missing:
        return Missing(MissingKind.POINTS, name, {"points": str(amount(points)), **detail})

    def of(row: Row) -> Missing:
        for step in steps:
            if step > row[has]:
                return lacks(step - row[has])
        return field if is_field and row.get(name) is None else condition

    return of


def _steps(check: Check, ladder: Ladder) -> tuple[int, ...]:
    """The points, in hundredths and ascending, with each of which a comparison comes true."""
    needed, lowest = ladder.needed(check.subject.name), LOWEST.get(check.operator.name)
    if needed is None or lowest is None:
        return ()
    return tuple(sorted(needed(literal) for literal in lowest(check.literal)))


def _measured(check: Check) -> dict[str, str]:
    """What a comparison over activities says beyond its field, where it says more."""
    written = check.written
    if written is None:
        return {}
    found = {"field": written.field}
    if written.within is not None:
        found["within"] = str(written.within)
    if written.where is not None:
        found["where"] = json.dumps(condition_json(written.where), ensure_ascii=False)
    return found


def _detail(check: Check, *, holds: bool) -> dict[str, str | int | bool | list[str]]:
    written = check.written
    detail: dict[str, str | int | bool | list[str]] = {"op": written.op if written else check.operator.name}
    if written is not None and isinstance(written.value, tuple):
        detail["value"] = [str(item) for item in written.value]
    elif written is not None and written.value is not None:
        detail["value"] = written.value if isinstance(written.value, bool) else str(written.value)
    return detail if holds else {**detail, "not": True}
