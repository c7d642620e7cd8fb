"""An obligation: who owes what by when; and the breach when it is missed. One mechanism for everything owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.party import Party
from domain.refusal import Refusal
from domain.time.duration import Clock


class ObligationState(StrEnum):
    """Where an obligation stands."""

    OPEN = "OPEN"
    """Owed."""
    BREACHED = "BREACHED"
    """Missed, and still owed."""
    MET = "MET"
    """Done in time."""
    MET_LATE = "MET_LATE"
    """Done, after the due instant."""
    WAIVED = "WAIVED"
    """Forgiven by the party that is owed."""
    CANCELLED = "CANCELLED"
    """No longer owed."""


class BreachState(StrEnum):
    """Where a breach stands."""

    OPEN = "OPEN"
    """Found."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """Seen and explained by a person of the party in breach."""
    RESOLVED = "RESOLVED"
    """The obligation is done."""


class BreachSeverity(StrEnum):
    """The severity of a breach."""

    LOW = "LOW"
    """To be looked at some time."""
    MEDIUM = "MEDIUM"
    """To be looked at today."""
    HIGH = "HIGH"
    """To be looked at now."""


class Act(StrEnum):
    """The act of the clock at a step of an obligation's agenda."""

    WARN = "WARN"
    """Tell that it falls due soon."""
    BREACH = "BREACH"
    """Open a breach."""
    ESCALATE = "ESCALATE"
    """Do an escalation step of the document."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an agenda: what the clock does at an instant."""

    at: datetime
    act: Act
    index: int = 0
    """Of an escalation: which step of the document's list."""

    def to_json(self) -> dict[str, Any]:
        """The step as it is stored."""
        return {"at": self.at.isoformat(), "act": str(self.act), "index": self.index}

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Step:
        """The step that was stored."""
        return cls(at=datetime.fromisoformat(stored["at"]), act=Act(stored["act"]), index=stored["index"])


@dataclass(frozen=True, slots=True)
class Timing:
    """The moments of an obligation: when to warn, when it is due, and all that the clock does about it."""

    warn_at: datetime | None
    due_at: datetime
    schedule: tuple[Step, ...]
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes what by when."""

    id: UUID
    state: ObligationState
    kind: str
    """The word of its kind, one of `domain.obligations`."""
    party: Party
    team: str | None
    assignee: str | None
    subject_type: str
    subject_id: UUID
    lead_id: UUID | None
    agreement_id: UUID
    version_id: UUID
    calendar: str
    clock: Clock
    severity: BreachSeverity
    opened_at: datetime
    warn_at: datetime | None
    due_at: datetime | None
    schedule: tuple[Step, ...]
    step: int = 0
    met_at: datetime | None = None
    closed_at: datetime | None = None
    closing_reason: str | None = None
    instance_key: str = ""
    """The key that tells it from others of its kind about the same subject."""
    breached_at: datetime | None = None
    """When it was missed, whatever became of it."""
    paused_until: datetime | None = None
    """Until when its clock stands still."""
    closed_by: str | None = None
    """The person who said that it was done, or who forgave it."""
    evidence: str | None = None
    """The proof of the person who said that it was done."""

    @property
    def is_open(self) -> bool:
        """Return whether it is still owed."""
        return self.state in {ObligationState.OPEN, ObligationState.BREACHED}

    @property
    def is_settled(self) -> bool:
        """Return whether it was met or forgiven: it is not opened again for the same occasion."""
        return self.state in {ObligationState.MET, ObligationState.MET_LATE, ObligationState.WAIVED}

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which the clock must act on it."""
        return self.schedule[self.step].at if self.is_open and self.step < len(self.schedule) else None

    def due_steps(self, *, now: datetime) -> Iterator[tuple[Step, Obligation]]:
        """Each step that fell due, in order, with the obligation after it."""
        current = self
        while (at := current.next_at) is not None and at < now:
            step = current.schedule[current.step]
            current = replace(current, step=current.step + 1)
            if step.act is Act.BREACH:
                current = replace(current, state=ObligationState.BREACHED, breached_at=step.at)
            yield step, current

    def paused(self, *, now: datetime) -> bool:
        """Return whether its clock stands still."""
        running = self.state is ObligationState.OPEN and self.paused_until is not None
        return running and self.paused_until is not None and now < self.paused_until

    def met(self, *, at: datetime, now: datetime, person: str | None = None, evidence: str | None = None) -> Obligation:
        """This obligation, after what was owed was done at an instant; late means after the due instant."""
        in_time = self.due_at is None or at <= self.due_at
        state = ObligationState.MET if in_time else ObligationState.MET_LATE
        return replace(self, state=state, met_at=at, closed_at=now, closed_by=person, evidence=evidence)

    def waived(self, reason: str, person: str, *, now: datetime) -> Obligation:
        """This obligation, forgiven by the party that is owed."""
        return replace(self, state=ObligationState.WAIVED, closed_at=now, closing_reason=reason, closed_by=person)

    def timed(self, timing: Timing) -> Obligation:
        """This obligation with other moments; steps that were done stay done, those to come are in order of time."""
        done = self.schedule[: self.step]
        gone = {(step.act, step.index) for step in done}
        to_come = in_order([step for step in timing.schedule if (step.act, step.index) not in gone])
        return replace(
            self,
            warn_at=timing.warn_at,
            due_at=timing.due_at,
            schedule=(*done, *to_come),
            paused_until=timing.paused_until,
        )

    def cancelled(self, reason: str, *, now: datetime) -> Obligation:
        """This obligation, no longer owed."""
        return replace(self, state=ObligationState.CANCELLED, closed_at=now, closing_reason=reason)


@dataclass(frozen=True, slots=True)
class Breach:
    """An obligation missed, or another promise not kept."""

    id: UUID
    state: BreachState
    severity: BreachSeverity
    kind: str
    party: Party
    team: str | None
    assignee: str | None
    visible_to: tuple[str, ...]
    obligation_id: UUID | None
    subject_type: str
    subject_id: UUID
    lead_id: UUID | None
    agreement_id: UUID | None
    due_at: datetime | None
    opened_at: datetime
    detected_at: datetime
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    explanation: str | None = None
    resolved_at: datetime | None = None
    met_in_time: bool = False
    reasons: tuple[str, ...] = ()
    """Of a contact that was not allowed: why not, by code."""

    def acknowledged(self, person: str, explanation: str, *, now: datetime) -> Breach:
        """This breach, seen and explained, once; the same from the same person again changes nothing."""
        if self.acknowledged_at is not None:
            if (self.acknowledged_by, self.explanation) == (person, explanation):
                return self
            raise Refusal("WRONG_STATE", f"{self.acknowledged_by} has explained this breach already.")
        state = BreachState.RESOLVED if self.state is BreachState.RESOLVED else BreachState.ACKNOWLEDGED
        return replace(self, state=state, acknowledged_by=person, acknowledged_at=now, explanation=explanation)

    def resolved(self, *, met_in_time: bool = False, now: datetime) -> Breach:
        """This breach, after what was owed is done."""
        return replace(self, state=BreachState.RESOLVED, resolved_at=now, met_in_time=met_in_time)


def in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps by time; at one instant a warning comes before the breach and the breach before escalations."""
    rank = {Act.WARN: 0, Act.BREACH: 1, Act.ESCALATE: 2}
    return tuple(sorted(steps, key=lambda s: (s.at, rank[s.act], s.index)))
