"""The results of two versions on the same past: sums over the cases that both have judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from application.simulation.backend import Backend
from domain.agreements.simulation import Difference
from rules.columnar.judge import ROUTES
from rules.columnar.plan import DAY, microseconds, moment
from rules.columnar.reach import FAR
from rules.columnar.relations import BITS
from rules.scoring.points import amount

NEW, OLD = "new_", "old_"
"""The prefixes of the tables of the version and of the one it is compared with."""
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
_WEEK = 7 * DAY
_ROUTE_COLUMNS = [f"{ROUTES}{start}" for start in range(0, 20 * BITS, BITS)]


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: about which lead, when, and what both versions say of it then."""

    kind: Difference
    lead: int
    at: datetime
    before: dict[str, Any] | None
    """By the version it is compared with; None where that does not govern the lead."""
    after: dict[str, Any] | None


_SAID = ("trigger", "grade", "stage_now", "lacking", "blocked", "due", "fit_points", "interest_points")


def gather(backend: Backend) -> None:
    """Find for each lead when it would first be handed over and by which routes, and its grade at the end.

    Cases are numbered by lead and time, so a lead's lowest number is its earliest moment. A lead that is due when the
    period begins is `waiting`. `best` and `standing` are how far the threshold of interest may rise so that it is due
    at some moment, and when the period begins.
    """
    for side in (NEW, OLD):
        routes = "".join(
            f', due."{column}"' for column in backend.columns(f"{side}decisions") if column in _ROUTE_COLUMNS
        )
        query = f"""with judged as (select l.lead, l."case", l.standing, d.due,
              case when d.lacking or d.blocked then {-FAR} else d.reach end as reach
              from {side}leads l join {side}decisions d using ("case")),
            one as (select lead, min("case") filter (where due) as due_case, max("case") as last_case,
              max(reach) as best, coalesce(max(reach) filter (where standing), {-FAR}) as standing
              from judged group by lead)
            select one.lead, due_at.now as due_at, coalesce(due_at.standing, false) as waiting, one.best, one.standing,
            last_at.now as "last", final.grade{routes} from one
            join {side}decisions final on final."case" = one.last_case
            join {side}leads last_at on last_at."case" = one.last_case
            left join {side}decisions due on due."case" = one.due_case
            left join {side}leads due_at on due_at."case" = one.due_case"""  # noqa: S608 - our own names
        backend.keep(f"{side}found", query)


_BOTH = """select coalesce(n.lead, o.lead) as lead, n.due_at as new_due, o.due_at as old_due, n.waiting as new_waiting,
  o.waiting as old_waiting, n.grade as new_grade, o.grade as old_grade, coalesce(n."last", o."last") as "last"
  from new_found n full join old_found o using (lead)"""
_KINDS = {
    Difference.NEWLY_DUE: ("new_due is not null and old_due is null", "new_due"),
    Difference.NO_LONGER_DUE: ("old_due is not null and new_due is null", "old_due"),
    Difference.GRADE: ("new_grade is distinct from old_grade", "last"),
}


def counts(backend: Backend) -> dict[str, int]:
    """Return how many leads there are of each difference, and how many handovers by each version in the period.

    Those that were due already when it began are told apart.
    """
    wanted = ["new_due is not null and not new_waiting", "old_due is not null and not old_waiting"]
    wanted += ["new_waiting", "old_waiting", *(where for where, _ in _KINDS.values())]
    sums = ", ".join(f"count(*) filter (where {where})" for where in wanted)
    ((leads, *found),) = backend.ask(f"select count(*), {sums} from ({_BOTH}) both_sides")  # noqa: S608 - our own words
    names = (
        "handovers",
        "handoversBefore",
        "dueAtStart",
        "dueAtStartBefore",
        "newlyDue",
        "noLongerDue",
        "changedGrade",
    )
    return {"leads": leads, **dict(zip(names, found, strict=True))}


def differences(backend: Backend) -> Iterator[Found]:
    """Every difference, by kind and lead."""
    said = ", ".join(f"{s}_at.lead, {', '.join(f'{s}.{name}' for name in _SAID)}" for s in ("o", "n"))
    half = 3 + len(_SAID)
    for kind, (where, at) in _KINDS.items():
        query = f"""select b.lead, b."{at}", {said} from (select * from ({_BOTH}) both_sides where {where}) b
            left join old_leads o_at on o_at.lead = b.lead and o_at.now = b."{at}"
            left join old_decisions o on o."case" = o_at."case"
            left join new_leads n_at on n_at.lead = b.lead and n_at.now = b."{at}"
            left join new_decisions n on n."case" = n_at."case"
            order by b.lead"""  # noqa: S608 - our own words
        for row in backend.rows(query):
            yield Found(kind, row[0], moment(row[1]), _told(row[2:half]), _told(row[half:]))


def _told(row: tuple[Any, ...]) -> dict[str, Any] | None:
    lead, *said = row
    if lead is None:
        return None
    found = dict(zip(_SAID, said, strict=True))
    for name, points in (("fitPoints", "fit_points"), ("interestPoints", "interest_points")):
        found[name] = str(amount(int(found.pop(points))))
    found["stage"] = found.pop("stage_now")
    return found


def reasons(found: Found) -> list[dict[str, Any]]:
    """Why the versions differ about a lead: what stands against a handover in one of them, and what came out else."""
    before, after = found.before, found.after
    if before is None or after is None:
        return [{"code": "NOT_GOVERNED", "by": "before" if before is None else "after"}]
    without, by = (before, "before") if found.kind is Difference.NEWLY_DUE else (after, "after")
    told: list[dict[str, Any]] = []
    if found.kind is not Difference.GRADE:
        stands = (("BLOCKED", without["blocked"]), ("DATA_MISSING", without["lacking"]))
        told += [{"code": code, "by": by} for code, holds in stands if holds]
        told += [{"code": "NO_TRIGGER", "by": by}] if without["trigger"] is None else []
    for code, name in _COMPARED:
        if before[name] != after[name]:
            told.append({"code": code, "before": before[name], "after": after[name]})
    return told


_COMPARED = (
    ("FIT", "fitPoints"),
    ("INTEREST", "interestPoints"),
    ("GRADE", "grade"),
    ("STAGE", "stage"),
    ("TRIGGER", "trigger"),
)


@dataclass(frozen=True, slots=True)
class Handed:
    """Handovers of a week that the same routes hold for."""

    routes: int
    """Which routes hold, as bits."""
    week: datetime
    """Its Monday, in UTC."""
    handovers: int


def handed_over(backend: Backend) -> list[Handed]:
    """Return how many handovers of the period there are a week, by the routes that hold for them."""
    known = backend.columns(f"{NEW}found")
    routes = [column for column in _ROUTE_COLUMNS if column in known]
    named = "".join(f', "{column}"' for column in routes)
    since = microseconds(_MONDAY)
    rows = backend.ask(f"""select week, count(*){named} from (select *,
        cast(floor((due_at - {since}) / {_WEEK}.0) as bigint) as week
        from new_found where due_at is not null and not waiting) due group by week{named} order by week{named}""")  # noqa: S608
    return [
        Handed(
            sum((value or 0) << n * BITS for n, value in enumerate(held)), _MONDAY + week * timedelta(days=7), number
        )
        for week, number, *held in rows
    ]
