"""The promises of a document held against those who work: the parts of targets, capacity, teams with nobody in them
[X.1]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.checking.naming import unknown_names
from domain.document.document import SlaDocument
from domain.document.findings import Finding, warning
from domain.document.sections.handover import Audience
from domain.document.sections.targets import Target, TargetPeriod
from domain.party import Party
from domain.people.team import Team
from domain.words.persons import same_person

MONTHS = {TargetPeriod.MONTH: 1, TargetPeriod.QUARTER: 3, TargetPeriod.YEAR: 12}
TAKEN_BY_SALES = frozenset({"handovers", "qualified-leads", "accepted-leads"})
"""The metrics that count leads which somebody of sales has to take."""
RATIOS = frozenset({"rate", "share", "percent", "quota", "ratio", "time", "velocity", "margin", "probability"})
"""The last words of the names of metrics whose parts do not add up."""


class _Holder(NamedTuple):
    """Whom a target is for, as far as it says so or the directory knows."""

    party: Party | None
    team: str | None
    person: str | None

    @property
    def level(self) -> int:
        """Return how far down: 0 the company, 1 a party, 2 a team, 3 a person."""
        return next((level for level, part in ((3, self.person), (2, self.team), (1, self.party)) if part), 0)

    def holds(self, other: _Holder) -> bool:
        """Return whether the other is a part of it."""
        return other.level > self.level and other[: self.level] == self[: self.level]


def directory_findings(document: SlaDocument, directory: Mapping[str, Team] | None) -> Iterator[Finding]:
    """All findings about targets, teams and people; without a directory, those for which none is needed."""
    teams = directory or {}
    if directory is not None:
        yield from unknown_names(document, directory)
        yield from _calendars(document, teams)
    yield from _sums(document, teams)
    yield from _capacity(document, teams)
    yield from _empty_teams(document, teams)
    yield from _leaderless(document, teams)


def _holder(target: Target, teams: Mapping[str, Team]) -> _Holder:
    team = target.team
    if team is None and target.person is not None:
        own = [key for key, found in teams.items() if any(same_person(m.person, target.person) for m in found.members)]
        team = own[0] if len(own) == 1 else None
    known = teams.get(team or "")
    party = target.party or (known.party if known else None)
    return _Holder(party, team, target.person)


def _sums(document: SlaDocument, teams: Mapping[str, Team]) -> Iterator[Finding]:
    """Targets whose parts, one level down, do not add up; what both parties sign alike is no part."""
    holders = {target.key: _holder(target, teams) for target in document.targets}
    for whole in document.targets:
        if whole.metric.rpartition("-")[2] in RATIOS:
            continue
        alike = [t for t in document.targets if (t.metric, t.period) == (whole.metric, whole.period)]
        below = [t for t in alike if holders[whole.key].holds(holders[t.key])]
        nearest = min((holders[t.key].level for t in below), default=0)
        parts = [t for t in below if holders[t.key].level == nearest]
        total = sum((t.value for t in parts), Decimal(0))
        signed_by_both = nearest == 1 and all(t.value == whole.value for t in parts)
        if parts and total != whole.value and not signed_by_both:
            named = ", ".join(t.key for t in parts)
            message = f"Its parts ({named}) make {total:f}, not {whole.value:f}."
            yield warning("TARGETS_DO_NOT_ADD_UP", f"targets[{whole.key}].value", message)


def _capacity(document: SlaDocument, teams: Mapping[str, Team]) -> Iterator[Finding]:
    """Targets of leads that are more than those who would have to take them can take."""
    for target in document.targets:
        most = _most_a_month(document, target, teams) if target.metric in TAKEN_BY_SALES else None
        if most is not None and target.value > most * MONTHS[target.period]:
            message = f"Those who take the leads have room for {most} a month."
            yield warning("TARGET_EXCEEDS_CAPACITY", f"targets[{target.key}].value", message)


def _most_a_month(document: SlaDocument, target: Target, teams: Mapping[str, Team]) -> int | None:
    """The number of new leads a month that those can take whom a target is about; None without limit, or where it is
    unknown."""
    holder = _holder(target, teams)
    keys = {holder.team} if holder.team and holder.party is not Party.MARKETING else set()
    if not keys:
        keys = {key for route in document.handover.routing for key in (route.team, *route.overflow)}
    if not keys <= teams.keys():
        return None
    most: dict[str, int | None] = {}
    for key in keys:
        for member in teams[key].members:
            own = holder.person is None or same_person(holder.person, member.person)
            if member.active and (holder.party is Party.MARKETING or own):
                most[member.person] = member.max_per_month
    rooms = [room for room in most.values() if room is not None]
    return sum(rooms) if len(rooms) == len(most) else None


def _empty_teams(document: SlaDocument, teams: Mapping[str, Team]) -> Iterator[Finding]:
    for index, route in enumerate(document.handover.routing):
        known = [teams.get(key) for key in (route.team, *route.overflow)]
        if all(team is not None and not any(m.active for m in team.members) for team in known):
            message = "Neither this team nor those that take over have a member who works."
            yield warning("TEAM_WITHOUT_MEMBERS", f"handover.routing[{index}].team", message)


def _calendars(document: SlaDocument, teams: Mapping[str, Team]) -> Iterator[Finding]:
    """Teams that work by a calendar which the document does not have: they would be held to the default one."""
    known = {calendar.key for calendar in document.calendars}
    routed = dict.fromkeys(key for route in document.handover.routing for key in (route.team, *route.overflow))
    for team in (teams[key] for key in routed if key in teams):
        if team.calendar is not None and team.calendar not in known:
            message = f"The team '{team.key}' works by '{team.calendar}', which is not here: the default would count."
            yield warning("UNKNOWN_CALENDAR", "calendars", message)


def _leaderless(document: SlaDocument, teams: Mapping[str, Team]) -> Iterator[Finding]:
    steps = document.handover.escalation
    if not steps or steps[-1].audience is not Audience.TEAM_LEAD:
        return
    routed = dict.fromkeys(route.team for route in document.handover.routing)
    without = [key for key in routed if key in teams and teams[key].lead_person is None]
    if without:
        message = f"It ends with the leader of the team, whom these have not: {', '.join(without)}."
        yield warning("ESCALATION_ENDS_WITH_NOBODY", f"handover.escalation[{len(steps) - 1}].audience", message)
