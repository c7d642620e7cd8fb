"""What two versions would have done with the same past: sums over the cases that both have judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from application.simulating.workbench import Workbench
from domain.simulation import Difference
from rules.columnar import BITS
from rules.columnar_judge import ROUTES
from rules.columnar_plan import DAY, microseconds
from rules.points import amount

NEW, OLD = "new_", "old_"
"""How the tables of the version and of the one it is compared with begin."""
THRESHOLDS = 40
"""How many points the curve has at most."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


def gather(bench: Workbench) -> None:
    """Find for each lead when it would first be handed over and by which routes, and its grade at the end.

    Cases are numbered by lead and time, so a lead's lowest number is its earliest moment.
    """
    for side in (NEW, OLD):
        routes = "".join(
            f', due."{column}"' for column in bench.columns(f"{side}decisions") if column in _ROUTE_COLUMNS
        )
        query = f"""with one as (select l.lead, min("case") filter (where d.due) as due_case, max("case") as last_case,
              max(d.interest_points) filter (where not d.lacking and not d.blocked) as best
              from {side}leads l join {side}decisions d using ("case") group by l.lead)
            select one.lead, due_at.now as due_at, one.best, last_at.now as "last", final.grade{routes} from one
            join {side}decisions final on final."case" = one.last_case
            join {side}leads last_at on last_at."case" = one.last_case
            left join {side}decisions due on due."case" = one.due_case
            left join {side}leads due_at on due_at."case" = one.due_case"""  # noqa: S608 - our own names
        bench.keep(f"{side}found", query)


_BOTH = """select coalesce(n.lead, o.lead) as lead, n.due_at as new_due, o.due_at as old_due, n.grade as new_grade,
  o.grade as old_grade, coalesce(n."last", o."last") as "last" from new_found n full join old_found o using (lead)"""
_KINDS = {
    Difference.NEWLY_DUE: ("new_due is not null and old_due is null", "new_due"),
    Difference.NO_LONGER_DUE: ("old_due is not null and new_due is null", "old_due"),
    Difference.GRADE: ("new_grade is distinct from old_grade", "last"),
}


def counts(bench: Workbench) -> dict[str, int]:
    """How many leads there are of each difference, and how many handovers by each version."""
    sums = ", ".join(f"count(*) filter (where {where})" for where, _ in _KINDS.values())
    ((leads, new, old, *kinds),) = bench.ask(
        f"select count(*), count(new_due), count(old_due), {sums} from ({_BOTH}) both_sides"  # noqa: S608 - our own words
    )
    named = dict(zip(("newlyDue", "noLongerDue", "changedGrade"), kinds, strict=True))
    return {"leads": leads, "handovers": new, "handoversBefore": old, **named}


def differences(bench: Workbench) -> Iterator[Found]:
    """Every difference, by kind and lead."""
    said = ", ".join(f"{side}.{name}" for side in ("o", "n") for name in ("lead", *_SAID))
    half = 3 + len(_SAID)
    for kind, (where, at) in _KINDS.items():
        query = f"""select b.lead, b."{at}", {said} from (select * from ({_BOTH}) both_sides where {where}) b
            left join (select * from old_leads join old_decisions using ("case")) o
            on o.lead = b.lead and o.now = b."{at}"
            left join (select * from new_leads join new_decisions using ("case")) n
            on n.lead = b.lead and n.now = b."{at}"
            order by b.lead"""  # noqa: S608 - our own words
        for row in bench.rows(query):
            yield Found(kind, row[0], _moment(row[1]), _told(row[2:half]), _told(row[half:]))


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


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


@dataclass(frozen=True, slots=True)
class Handed:
    """Handovers of a week that the same routes hold for."""

    routes: int
    """Which routes hold, as bits."""
    week: datetime
    """Its Monday, in UTC."""
    handovers: int


def handed_over(bench: Workbench) -> list[Handed]:
    """How many handovers there are a week, by the routes that hold for them."""
    known = bench.columns(f"{NEW}found")
    routes = [column for column in _ROUTE_COLUMNS if column in known]
    named = "".join(f', "{column}"' for column in routes)
    since = microseconds(_MONDAY)
    rows = bench.ask(f"""select week, count(*){named} from (select *,
        cast(floor((due_at - {since}) / {_WEEK}.0) as bigint) as week
        from new_found where due_at is not null) due group by week{named} order by week{named}""")  # noqa: S608
    return [
        Handed(
            sum((value or 0) << n * BITS for n, value in enumerate(held)), _MONDAY + week * timedelta(days=7), number
        )
        for week, number, *held in rows
    ]


def quality(bench: Workbench) -> dict[str, Any]:
    """Precision and recall of both versions against what sales accepted and won."""
    found: dict[str, Any] = {}
    for name, side in (("after", NEW), ("before", OLD)):
        for outcome, known in (("accepted", "answered"), ("won", "closed")):
            ((good, told, all_),) = bench.ask(f"""select
                count(*) filter (where f.due_at is not null and o.{outcome}),
                count(*) filter (where f.due_at is not null and o.{known}), count(*) filter (where o.{outcome})
                from outcomes o left join {side}found f using (lead)""")  # noqa: S608 - our own names
            shares = {"precision": _share(good, told), "recall": _share(good, all_)}
            found.setdefault(outcome, {})[name] = shares | {"known": told, "good": good, "missed": all_ - good}
    return found


def curve(bench: Workbench) -> list[dict[str, Any]]:
    """For each threshold of interest, in whole points, that tells leads apart: the handovers, and how good they are."""
    ((wanted,),) = bench.ask("select count(*) filter (where accepted) from outcomes")
    rows = bench.ask("""select cast(floor(best / 100.0) as bigint) as step, count(*),
        count(*) filter (where o.accepted), count(*) filter (where o.answered)
        from outcomes o join new_found f using (lead) where best is not null group by 1 order by 1 desc""")
    found, handovers, accepted, answered = [], 0, 0, 0
    for step, leads, yes, told in rows:
        handovers, accepted, answered = handovers + leads, accepted + yes, answered + told
        quality = {"precision": _share(accepted, answered), "recall": _share(accepted, wanted)}
        found.append({"threshold": str(step), "handovers": handovers, **quality})
    return found[::-1]


def thinned(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most so many points of a curve as can be shown, the first and the last among them."""
    if len(points) <= THRESHOLDS:
        return points
    return [points[round(n * (len(points) - 1) / (THRESHOLDS - 1))] for n in range(THRESHOLDS)]


def meeting(points: list[dict[str, Any]], rate: Decimal) -> str | None:
    """The lowest threshold that meets an acceptance rate; None where none does."""
    met = [point for point in points if point["precision"] is not None and Decimal(point["precision"]) >= rate]
    return met[0]["threshold"] if met else None


def _share(part: int, whole: int) -> str | None:
    """A share with four decimals; None of nothing."""
    return None if whole == 0 else str((Decimal(part) / whole).quantize(Decimal("0.0001")))
