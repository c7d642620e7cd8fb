"""What two versions would have done with the same past: sums over the cases that both have judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from application.simulating.workbench import Workbench
from domain.simulation import Difference
from rules.points import amount

NEW, OLD = "new_", "old_"
"""How the tables of the version and of the one it is compared with begin."""
THRESHOLDS = 40
"""How many points the curve has at most."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    """Find for each lead when it would first be handed over, and its grade at the end."""
    for side in (NEW, OLD):
        columns = [row[0] for row in bench.ask(f"select name from pragma_table_info('{side}decisions')")]  # noqa: S608
        route = "d.route0" if "route0" in columns else "0"
        bench.connection.execute(f"""create table {side}found as
            select l.lead, min(l.now) filter (d.due) as due_at, arg_min(d."trigger", l.now) filter (d.due) as "trigger",
              arg_min({route}, l.now) filter (d.due) as route, max(l.now) as last, arg_max(d.grade, l.now) as grade,
              max(d.interest_points) filter (not d.lacking and not d.blocked) as best
            from {side}leads l join {side}decisions d using ("case") group by l.lead""")  # noqa: S608 - our own names


_BOTH = """select coalesce(n.lead, o.lead) as lead, n.due_at as new_due, o.due_at as old_due, n.grade as new_grade,
  o.grade as old_grade, coalesce(n.last, o.last) as last from new_found n full join old_found o using (lead)"""
_KINDS = {
    Difference.NEWLY_DUE: ("new_due is not null and old_due is null", "new_due"),
    Difference.NO_LONGER_DUE: ("old_due is not null and new_due is null", "old_due"),
    Difference.GRADE: ("new_grade is distinct from old_grade", "last"),
}


def counts(bench: Workbench) -> dict[str, int]:
    """How many leads there are of each difference, and how many handovers by each version."""
    sums = ", ".join(f"count(*) filter ({where})" for where, _ in _KINDS.values())
    ((leads, new, old, *kinds),) = bench.ask(
        f"select count(*), count(new_due), count(old_due), {sums} from ({_BOTH})"  # noqa: S608 - our own words
    )
    named = dict(zip(("newlyDue", "noLongerDue", "changedGrade"), kinds, strict=True))
    return {"leads": leads, "handovers": new, "handoversBefore": old, **named}


def differences(bench: Workbench) -> Iterator[Found]:
    """Every difference, by kind and lead."""
    said = ", ".join(f"{side}.{name}" for side in ("o", "n") for name in ("lead", *_SAID))
    half = 3 + len(_SAID)
    for kind, (where, at) in _KINDS.items():
        query = f"""select b.lead, b.{at}, {said} from (select * from ({_BOTH}) where {where}) b
            left join (select * from old_leads join old_decisions using ("case")) o
            on o.lead = b.lead and o.now = b.{at}
            left join (select * from new_leads join new_decisions using ("case")) n
            on n.lead = b.lead and n.now = b.{at}
            order by b.lead"""  # noqa: S608 - our own words
        for row in bench.rows(query):
            yield Found(kind, row[0], _moment(row[1]), _told(row[2:half]), _told(row[half:]))


def _told(row: tuple[Any, ...]) -> dict[str, Any] | None:
    lead, *said = row
    if lead is None:
        return None
    found = dict(zip(_SAID, said, strict=True))
    for name, points in (("fitPoints", "fit_points"), ("interestPoints", "interest_points")):
        found[name] = str(amount(found.pop(points)))
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
    """How many handovers there are a week."""
    rows = bench.ask("""select route, date_trunc('week', make_timestamp(due_at)) as week, count(*)
        from new_found where due_at is not null group by all order by week, route""")
    return [
        Handed(route or 0, datetime(week.year, week.month, week.day, tzinfo=UTC), number)
        for route, week, number in rows
    ]


def quality(bench: Workbench) -> dict[str, Any]:
    """Precision and recall of both versions against what sales accepted and won."""
    found: dict[str, Any] = {}
    for name, side in (("after", NEW), ("before", OLD)):
        for outcome, known in (("accepted", "answered"), ("won", "closed")):
            ((good, told, all_),) = bench.ask(f"""select count(*) filter (f.due_at is not null and o.{outcome}),
                count(*) filter (f.due_at is not null and o.{known}), count(*) filter (o.{outcome})
                from outcomes o left join {side}found f using (lead)""")  # noqa: S608 - our own names
            shares = {"precision": _share(good, told), "recall": _share(good, all_)}
            found.setdefault(outcome, {})[name] = shares | {"known": told, "good": good, "missed": all_ - good}
    return found


def curve(bench: Workbench) -> list[dict[str, Any]]:
    """For thresholds of interest points: how many handovers, and how good they are."""
    rows = bench.ask(f"""
        with steps as (select distinct unnest(quantile_disc(floor(best / 100) * 100,
            [n / {THRESHOLDS}.0 for n in range(0, {THRESHOLDS} + 1)])) as step from new_found where best is not null)
        select step, count(*) filter (f.best >= step), count(*) filter (f.best >= step and o.accepted),
            count(*) filter (f.best >= step and o.answered), count(*) filter (o.accepted)
        from steps, outcomes o left join new_found f using (lead) group by step order by step""")  # noqa: S608
    return [
        {
            "threshold": str(amount(int(step))),
            "handovers": number,
            "precision": _share(accepted, known),
            "recall": _share(accepted, all_),
        }
        for step, number, accepted, known, all_ in rows
    ]


def meeting(points: list[dict[str, Any]], rate: Decimal) -> str | None:
    """The lowest threshold that meets an acceptance rate; None where none does."""
    met = [point for point in points if point["precision"] is not None and Decimal(point["precision"]) >= rate]
    return met[0]["threshold"] if met else None


def _share(part: int, whole: int) -> str | None:
    """A share with four decimals; None of nothing."""
    return None if whole == 0 else str((Decimal(part) / whole).quantize(Decimal("0.0001")))
