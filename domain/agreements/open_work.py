"""Open work under another version: what of its clocks changes, and how far the moving has come [X.2]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.document.sections.handover import Route
from domain.obligation import Obligation, ObligationState


class ClockChange(StrEnum):
    """The treatment of a clock under another version."""

    DUE_AT_ONCE = "DUE_AT_ONCE"
    """It is overdue by then."""
    SHORTER = "SHORTER"
    """It is due earlier."""
    CANCELLED = "CANCELLED"
    """It is no longer owed."""
    OPENED = "OPENED"
    """It is owed anew."""
    LONGER = "LONGER"
    """It is due later."""
    UNCHANGED = "UNCHANGED"
    """It is due when it was."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The amount of open work concerned, and what of its clocks changes."""

    handovers: int = 0
    """Open handovers that pass to the version."""
    leads: int = 0
    """Leads of which something passes to it: an open handover, or the time at their stage."""
    clocks_shorter: int = 0
    clocks_longer: int = 0
    clocks_unchanged: int = 0
    due_at_once: int = 0
    """Clocks that are overdue under the version, and were not before; also counted as shorter, or as opened."""
    opened: int = 0
    cancelled: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)})

    @classmethod
    def of(cls, stored: Mapping[str, int]) -> Counts:
        """The numbers from their stored form."""
        return cls(**stored)

    def to_json(self) -> dict[str, int]:
        """The stored form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MovedClock:
    """One clock before and after."""

    obligation: Obligation
    """As it is after; of a cancelled one, as it was."""
    change: ClockChange
    due_before: datetime | None
    due_after: datetime | None


def changes_of(before: dict[UUID, Obligation], after: dict[UUID, Obligation], *, now: datetime) -> list[MovedClock]:
    """Return what became of the clocks that ran, and which are new; those that were missed already stay as they are."""
    running = {id_: o for id_, o in before.items() if o.state is ObligationState.OPEN}
    found = [_changed(o, after.get(id_, o), now) for id_, o in running.items()]
    found += [
        MovedClock(o, ClockChange.DUE_AT_ONCE if _overdue(o, now) else ClockChange.OPENED, None, o.due_at)
        for id_, o in after.items()
        if id_ not in before and o.is_open
    ]
    return found


def _changed(was: Obligation, now_is: Obligation, now: datetime) -> MovedClock:
    if not now_is.is_open:
        return MovedClock(was, ClockChange.CANCELLED, was.due_at, None)
    if was.due_at is None or now_is.due_at is None or was.due_at == now_is.due_at:
        change = ClockChange.UNCHANGED
    elif now_is.due_at > was.due_at:
        change = ClockChange.LONGER
    else:
        change = ClockChange.DUE_AT_ONCE if _overdue(now_is, now) and not _overdue(was, now) else ClockChange.SHORTER
    return MovedClock(now_is, change, was.due_at, now_is.due_at)


def _overdue(obligation: Obligation, now: datetime) -> bool:
    return obligation.due_at is not None and obligation.due_at < now


def counts_of(found: list[MovedClock], *, handovers: int, leads: int) -> Counts:
    """The numbers of a list of clocks."""
    number = {change: sum(one.change is change for one in found) for change in ClockChange}
    at_once = [one for one in found if one.change is ClockChange.DUE_AT_ONCE]
    anew = sum(one.due_before is None for one in at_once)
    return Counts(
        handovers=handovers,
        leads=leads,
        clocks_shorter=number[ClockChange.SHORTER] + len(at_once) - anew,
        clocks_longer=number[ClockChange.LONGER],
        clocks_unchanged=number[ClockChange.UNCHANGED],
        due_at_once=len(at_once),
        opened=number[ClockChange.OPENED] + anew,
        cancelled=number[ClockChange.CANCELLED],
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """The moving of open work to a version that came into force, and how far it has come."""

    id: UUID
    version_id: UUID
    agreement_id: UUID
    after_lead: UUID | None
    """All leads up to it are done, in the order of their ids."""
    started_at: datetime
    finished_at: datetime | None = None
    stopped: bool = False
    """True if another version came into force before all was moved."""
    counts: Counts = Counts()
    """The work moved so far."""

    def advanced(self, counts: Counts, *, after: UUID | None, finished_at: datetime | None) -> Movement:
        """This movement after one more batch."""
        return replace(self, after_lead=after, finished_at=finished_at, counts=self.counts + counts)

    def ended_early(self, *, now: datetime) -> Movement:
        """This movement, overtaken by another version."""
        return replace(self, finished_at=now, stopped=True)


def same_route(old: Route | None, routing: tuple[Route, ...]) -> int | None:
    """The place of a route in another version: with the same team and condition, else the same team, else for all."""
    if old is None:
        return None
    tests = (
        lambda route: (route.team, route.when) == (old.team, old.when),
        lambda route: route.team == old.team,
        lambda route: route.when is None,
    )
    return next((place for fits in tests for place, route in enumerate(routing) if fits(route)), None)
