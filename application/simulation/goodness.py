"""The quality of the handovers of two versions, and what it would be with other thresholds: against what became of the
leads.

Only leads that either version governs count, and of a version not those that were due already when the period began.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from application.simulation.backend import Backend
from application.simulation.comparing import NEW, OLD
from rules.columnar.reach import FAR
from rules.scoring.points import amount

THRESHOLDS = 40
"""The most points of the curve."""
_GOVERNED = """outcomes o join (select lead from new_found union select lead from old_found) governed using (lead)
  left join {side}found f using (lead)"""
_AWAY = FAR // 200
"""Points that no threshold has."""


def quality(backend: Backend) -> dict[str, Any]:
    """Precision and recall of both versions against what sales accepted and won."""
    found: dict[str, Any] = {}
    for name, side in (("after", NEW), ("before", OLD)):
        for outcome, known in (("accepted", "answered"), ("won", "closed")):
            ((good, told, all_),) = backend.ask(f"""select
                count(*) filter (where f.due_at is not null and o.{outcome}),
                count(*) filter (where f.due_at is not null and o.{known}), count(*) filter (where o.{outcome})
                from {_GOVERNED.format(side=side)} where not coalesce(f.waiting, false)""")  # noqa: S608 - our own names
            shares = {"precision": _share(good, told), "recall": _share(good, all_)}
            found.setdefault(outcome, {})[name] = shares | {"known": told, "good": good, "missed": all_ - good}
    return found


@dataclass
class _Leads:
    """Some leads, and what became of them."""

    number: int = 0
    accepted: int = 0
    answered: int = 0

    def add(self, other: _Leads) -> None:
        """Count others too."""
        self.number += other.number
        self.accepted += other.accepted
        self.answered += other.answered


class _Steps:
    """Leads by the thresholds up to which they are handed over, and up to which they are due already at the start."""

    def __init__(self, rows: Iterable[tuple[int, int, int, int, int]]) -> None:
        self.handed: dict[int, _Leads] = {}
        self.waiting: dict[int, _Leads] = {}
        self.all = _Leads()
        for best, standing, *found in rows:
            leads = _Leads(*found)
            self.all.add(leads)
            self.handed.setdefault(best, _Leads()).add(leads)
            self.waiting.setdefault(standing, _Leads()).add(leads)

    def points(self) -> list[int]:
        """The thresholds at which something changes, the lowest first."""
        return sorted(step for step in {*self.handed, *self.waiting} if abs(step) < _AWAY)

    def told(self, points: Sequence[int]) -> list[dict[str, Any]]:
        """Return what the thresholds give, in their order."""
        found, handed, waiting = [], _Leads(), _Leads()
        left = [sorted(by.items()) for by in (self.handed, self.waiting)]
        for point in reversed(points):
            for steps, reached in zip(left, (handed, waiting), strict=True):
                while steps and steps[-1][0] >= point:
                    reached.add(steps.pop()[1])
            good, known = handed.accepted - waiting.accepted, handed.answered - waiting.answered
            shares = {"precision": _share(good, known), "recall": _share(good, self.all.accepted - waiting.accepted)}
            found.append({"threshold": str(point), "handovers": handed.number - waiting.number, **shares})
        return found[::-1]


def curve(backend: Backend, own: int | None) -> list[dict[str, Any]]:
    """The result in the period of each threshold of interest that tells leads apart, all else as the version says.

    `own` is the threshold that the version has, in hundredths; it is told too. Without one there is no curve.
    """
    if own is None:
        return []
    steps = _Steps(backend.rows(_grouped(f"cast(floor(({own} + {{}}) / 100.0) as bigint)")))
    (exact,) = _Steps(backend.rows(_grouped("case when {} >= 0 then 0 else -1 end"))).told([0])
    points = {Decimal(point["threshold"]): point for point in steps.told(steps.points())}
    points[amount(own)] = exact | {"threshold": str(amount(own))}
    return [points[at] for at in sorted(points)]


def _grouped(step: str) -> str:
    """The leads that either version governs, by both of their steps."""
    best, standing = (step.format(f"coalesce(f.{name}, {-FAR})") for name in ("best", "standing"))
    return f"""select {best}, {standing}, count(*), count(*) filter (where o.accepted),
        count(*) filter (where o.answered) from {_GOVERNED.format(side=NEW)} group by 1, 2"""  # noqa: S608 - our own words


def thinned(points: Sequence[dict[str, Any]], own: int | None) -> list[dict[str, Any]]:
    """At most so many points of a curve as can be shown: the first, the last and the version's own among them."""
    if len(points) <= THRESHOLDS or own is None:
        return list(points)
    kept = {round(n * (len(points) - 1) / (THRESHOLDS - 2)) for n in range(THRESHOLDS - 1)}
    kept |= {place for place, point in enumerate(points) if Decimal(point["threshold"]) == amount(own)}
    return [points[place] for place in sorted(kept)]


def meeting(points: Iterable[dict[str, Any]], rate: Decimal) -> str | None:
    """The lowest threshold that meets an acceptance rate; None where none does."""
    met = (point for point in points if point["precision"] is not None and Decimal(point["precision"]) >= rate)
    found: str | None = next((point["threshold"] for point in met), None)
    return found


def _share(part: int, whole: int) -> str | None:
    """A share with four decimals; None of nothing."""
    return None if whole == 0 else str((Decimal(part) / whole).quantize(Decimal("0.0001")))
