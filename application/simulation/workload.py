"""The load that simulated handovers put on teams and reps, and how many would be answered in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from application.runtime.compiled_versions import CompiledVersion
from application.simulation.comparing import Handed
from domain.people.team import Member, Team
from persistence.as_of.recorded import Answered

_WEEKS_OF_A_MONTH = Decimal(52) / 12


def load(
    compiled_version: CompiledVersion, teams: Mapping[str, Team], handed: Sequence[Handed]
) -> list[dict[str, Any]]:
    """By week, team and rep: handovers and capacity; a team's are split among its active members by weight.

    A team's capacity is what its members take in a week, a month having 52/12 of them; null where one has no limit.
    """
    weeks: dict[tuple[datetime, str], int] = {}
    for some in handed:
        place = (some.week, _team(compiled_version, some.routes))
        weeks[place] = weeks.get(place, 0) + some.handovers
    found = []
    for (week, key), number in sorted(weeks.items()):
        members = [m for m in teams[key].members if m.active] if key in teams else []
        weight = sum(member.weight for member in members)
        found.append(_row(week, key, None, Decimal(number), members))
        found += [_row(week, key, m.person, Decimal(number * m.weight) / weight, [m]) for m in members if m.weight]
    return found


def _team(compiled_version: CompiledVersion, routes: int) -> str:
    """The team of the first route that holds; empty where none does."""
    sections = compiled_version.document.handover.routing
    return next((route.team for place, route in enumerate(sections) if routes >> place & 1), "")


def _row(week: datetime, team: str, person: str | None, number: Decimal, members: Sequence[Member]) -> dict[str, Any]:
    limits = [member.max_per_month for member in members]
    known = [limit for limit in limits if limit is not None]
    capacity = sum(known) / _WEEKS_OF_A_MONTH if known and len(known) == len(limits) else None
    return {
        "week": week.date().isoformat(),
        "team": team or None,
        "person": person,
        "handovers": str(number.quantize(Decimal("0.1"))),
        "capacity": None if capacity is None else str(capacity.quantize(Decimal("0.1"))),
        "over": capacity is not None and number > capacity,
    }


def answers_in_time(
    compiled_version: CompiledVersion,
    teams: Mapping[str, Team],
    answers: Sequence[Answered],
    number: int,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return how many handovers would be answered within the version's limit, if sales answers as it did lately.

    Only what is due by now says something: of the latest, those with a quick answer would count and the others not.
    """
    section = compiled_version.document.handover
    kept = measured = 0
    for answer in answers:
        team = teams.get(answer.team or "")
        calendar = compiled_version.calendars[compiled_version.calendar_of(team.calendar if team else None)]
        limit = section.answer_limit(answer.trigger)
        due = calendar.deadline(answer.offered_at, limit.duration, limit.clock)
        measured += due <= now
        kept += due <= now and answer.answered_at is not None and answer.answered_at <= due
    share = Decimal(kept) / measured if measured else None
    return {
        "measured": measured,
        "share": None if share is None else str(share.quantize(Decimal("0.0001"))),
        "expected": None if share is None else int(share * number),
    }
