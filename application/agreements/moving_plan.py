"""The passing of an obligation to another version: its start and its pauses stay, its moments are that version's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from application.unit_of_work.obligation_subjects import Matter
from application.unit_of_work.reconciling import Way, holder_of, keep, pauses_of
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.obligation import Obligation, ObligationState
from domain.obligations.kind import RequiredObligation
from domain.obligations.plan import timing
from domain.time.duration import Clock
from persistence.people import teams


async def moving(unit: UnitOfWork) -> Way:
    """Return the way in which what is owed passes on; the calendars of all teams concerned are read at once."""
    concerned = {one.team for owner in unit.obligations.values() for one in owner.values() if one.team is not None}
    concerned |= {handover.team for handover in unit.handovers.values() if handover.team is not None}
    unknown = concerned - unit.calendars.keys()
    if unknown:
        unit.calendars |= dict.fromkeys(unknown) | await teams.calendars_of(unit.transaction.connection, unknown)
    return Way(keep=_Passing(unit.calendars), cancelled_because="superseded")


@dataclass(frozen=True)
class _Passing:
    calendars: Mapping[str, str | None]

    def __call__(self, matter: Matter, obligation: Obligation, one: RequiredObligation) -> Obligation:
        """Return what stays owed, under the version that counts now; what was missed stays missed."""
        version = matter.compiled_version
        if (
            version is None
            or obligation.state is not ObligationState.OPEN
            or obligation.version_id == version.version_id
        ):
            return keep(matter, obligation, one)
        now = matter.context.now
        team, assignee = holder_of(matter, one)
        kept = replace(obligation, team=team, assignee=assignee)
        if kept.due_at is not None and kept.due_at < now:
            return kept  # missed, though the clock may not have said so yet
        key = version.calendar_of(self.calendars.get(team) if team else None)
        clock = one.spec.limit.clock if one.spec.limit else Clock.ELAPSED
        moved = replace(kept, version_id=version.version_id, calendar=key, clock=clock, severity=one.severity)
        return moved.timed(timing(one, version.calendars[key], pauses_of(matter, one), now=now))
