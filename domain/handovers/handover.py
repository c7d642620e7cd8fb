"""A handover: one passing of a lead from marketing to sales, and sales' answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.document.sections.handover import Attempts
from domain.document.sections.journey import StageKind
from domain.handovers.effort import Effort
from domain.handovers.handover_end import HandoverEnd
from domain.handovers.routing import QueueReason, TeamPassedOver
from domain.refusal import Refusal
from domain.time.pause import Pause, lasting_until, resumed


class HandoverState(StrEnum):
    """Where a handover stands."""

    OFFERED = "OFFERED"
    """Waits for sales' answer."""
    ACCEPTED = "ACCEPTED"
    """Sales works the lead."""
    RETURNED = "RETURNED"
    """Sales gave the lead back."""
    DISCARDED = "DISCARDED"
    """Sales gave the lead back for good."""
    WITHDRAWN = "WITHDRAWN"
    """Marketing took it back."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover; open until `closed_at`."""

    id: UUID
    lead_id: UUID
    agreement_id: UUID
    version_id: UUID
    decision_id: UUID
    state: HandoverState
    round: int
    trigger: str
    priority: int
    hand_raiser: bool
    grade: str
    team: str | None
    assignee: str | None
    visible_to: tuple[str, ...]
    """The teams that see it and act on it: the one it is with; while it is queued, those that may take it; of one that
    ended in the queue nobody, or whoever answered it."""
    qualified_at: datetime
    """When it became due: when what made it due happened, or time alone did."""
    offered_at: datetime
    first_assigned_at: datetime | None = None
    """When somebody got it for the first time."""
    assigned_at: datetime | None = None
    answer_due_at: datetime | None = None
    answered_at: datetime | None = None
    accepted_at: datetime | None = None
    first_attempt_at: datetime | None = None
    """When sales first tried to reach the lead."""
    attempted_enough_at: datetime | None = None
    """When as many attempts were made as the document asks."""
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    return_reason: str | None = None
    comment: str | None = None
    escalation_level: int = 0
    turns: int = 0
    """The number of times it was given to somebody."""
    outcome: StageKind | None = None
    """Its end, where its lead's stage ended it: won, lost or disqualified."""
    return_answered_at: datetime | None = None
    """When marketing answered its return."""
    return_answer: str | None = None
    pauses: tuple[Pause, ...] = ()
    """The stretches in which its clocks stand still."""
    route: int | None = None
    """The place of its route in the document; None where no route takes its lead."""
    skills: tuple[str, ...] = ()
    """The skills for whoever gets it."""
    queue_reason: QueueReason | None = None
    """Why nobody has it."""
    queued_at_teams: tuple[TeamPassedOver, ...] = ()
    """Why none of the teams can take it."""
    data_awaited: tuple[str, ...] = ()
    """The fields that it was returned for."""
    resumes_at: datetime | None = None
    """When the pause that lasts runs out; None where none does, or where that was told."""
    passes_to: str | None = None
    """The special team of its lead's stage that it waits for, since nobody there had room."""
    reopened_at: datetime | None = None
    """When it opened again after its end, for the last time."""
    reopenings: int = 0
    """The number of times it opened again."""
    unattended_since: datetime | None = None
    """When whoever had it left, after it was accepted."""
    takeover_by: str | None = None
    """Who then owes that somebody takes it over: the leader of its team."""
    taken_over_at: datetime | None = None
    """When it was given to somebody after that."""

    @property
    def queued(self) -> bool:
        """Return whether it waits for somebody to have room."""
        return self.closed_at is None and self.assignee is None

    @property
    def unattended(self) -> bool:
        """Return whether it is open and whoever had it left."""
        return self.closed_at is None and self.unattended_since is not None and self.taken_over_at is None

    def left(self, leader: str | None, *, now: datetime) -> Handover:
        """This handover, whose assignee left; the leader of the team owes that somebody takes it over."""
        return replace(self, unattended_since=now, takeover_by=leader, taken_over_at=None)

    def attended(self) -> Handover:
        """This handover, whose assignee is there after all."""
        return replace(self, unattended_since=None, takeover_by=None, taken_over_at=None)

    @property
    def worked_since(self) -> datetime | None:
        """Return since when sales works its lead, for the last time; None where it never accepted."""
        return self.reopened_at or self.accepted_at

    @property
    def closed_because(self) -> HandoverEnd | None:
        """Return how it ended; None while it is open."""
        if self.closed_at is None:
            return None
        return HandoverEnd(self.outcome.value if self.outcome is not None else self.state.value)

    @property
    def standing(self) -> tuple[HandoverState, datetime | None]:
        """Return what a judgement of its lead may depend on: how it was answered, and when it ended."""
        return self.state, self.closed_at

    @property
    def stood_with(self) -> tuple[str, ...]:
        """The teams that see it after its end; what ends in the queue leaves the sight of those that might take it."""
        return self.visible_to if self.team is not None else ()

    def _need(self, *states: HandoverState) -> None:
        if self.closed_at is not None or self.state not in states:
            wanted = " or ".join(states)
            raise Refusal("WRONG_STATE", f"The handover is {self.state}; it would have to be {wanted} and open.")

    def assigned(self, team: str, assignee: str, *, now: datetime) -> Handover:
        """This handover, given to a member of a team."""
        self._need(HandoverState.OFFERED, HandoverState.ACCEPTED)
        return replace(
            self,
            team=team,
            assignee=assignee,
            visible_to=(team,),
            assigned_at=now,
            first_assigned_at=self.first_assigned_at or now,
            turns=self.turns + 1,
            queue_reason=None,
            queued_at_teams=(),
            passes_to=None,
            taken_over_at=now if self.unattended_since is not None else None,
        )

    def given_up(self, teams: tuple[str, ...]) -> Handover:
        """This handover, with nobody: it waits for somebody of the teams."""
        taken = self.unattended_since is None
        since = self.unattended_since if taken else None
        return replace(self, team=None, assignee=None, visible_to=teams, unattended_since=since)

    def waiting(self, reason: QueueReason, teams: tuple[TeamPassedOver, ...]) -> Handover:
        """This handover, in the queue, and why."""
        return replace(self, queue_reason=reason, queued_at_teams=teams)

    def routed_anew(self, version_id: UUID, route: int, teams: tuple[str, ...], skills: tuple[str, ...]) -> Handover:
        """This handover in the queue, on a route of another version."""
        return replace(self, version_id=version_id, route=route, visible_to=teams, skills=skills)

    def waiting_for(self, team: str | None) -> Handover:
        """This handover, which passes to a special team as soon as somebody there has room; or to none any longer."""
        return replace(self, passes_to=team)

    def accepted(self, *, comment: str | None, now: datetime) -> Handover:
        """This handover, accepted by sales."""
        self._need(HandoverState.OFFERED)
        return replace(self, state=HandoverState.ACCEPTED, answered_at=now, accepted_at=now, comment=comment)

    def returned(self, reason: str, *, discard: bool, comment: str | None, now: datetime) -> Handover:
        """This handover, returned by sales: at once or after it was accepted."""
        self._need(HandoverState.OFFERED, HandoverState.ACCEPTED)
        state = HandoverState.DISCARDED if discard else HandoverState.RETURNED
        answered_at = self.answered_at or now
        return replace(
            self,
            state=state,
            answered_at=answered_at,
            closed_at=now,
            resumes_at=None,
            passes_to=None,
            visible_to=self.stood_with,
            return_reason=reason,
            comment=comment or self.comment,
        )

    def answered_in_queue(self, teams: Collection[str]) -> Handover:
        """This handover, returned while it waited for somebody: in the sight of those of the teams that returned it."""
        return self if self.team is not None else replace(self, visible_to=tuple(sorted(teams)))

    def withdrawn(self, *, comment: str, now: datetime) -> Handover:
        """This handover, taken back by marketing before sales answered."""
        self._need(HandoverState.OFFERED)
        ended = replace(self, state=HandoverState.WITHDRAWN, closed_at=now, comment=comment, resumes_at=None)
        return replace(ended, visible_to=self.stood_with)

    def closed(self, outcome: StageKind, *, now: datetime) -> Handover:
        """This handover, at its end: its lead is won, lost or disqualified after sales worked it."""
        self._need(HandoverState.ACCEPTED)
        return replace(self, closed_at=now, outcome=outcome, resumes_at=None, passes_to=None)

    def reopened(self, *, now: datetime) -> Handover:
        """This handover, open again after it ended by an outcome: accepted, as it was."""
        return replace(
            self,
            closed_at=None,
            outcome=None,
            reopened_at=now,
            reopenings=self.reopenings + 1,
            visible_to=self.stood_with,
        )

    def return_answered(self, comment: str, *, now: datetime) -> Handover:
        """This handover, whose return marketing answered."""
        if self.state is not HandoverState.RETURNED:
            raise Refusal("WRONG_STATE", f"The handover is {self.state}; only a returned one is answered.")
        if self.return_answered_at is not None:
            raise Refusal("WRONG_STATE", "The return is answered already.")
        return replace(self, return_answered_at=now, return_answer=comment)

    def paused(self, pause: Pause) -> Handover:
        """This handover, whose clocks stand still for a while."""
        self._need(HandoverState.OFFERED, HandoverState.ACCEPTED)
        pauses = (*self.pauses, pause)
        return replace(self, pauses=pauses, resumes_at=lasting_until([p.interval for p in pauses], now=pause.from_at))

    def resumed(self, *, now: datetime) -> Handover:
        """This handover, whose clocks go on from now."""
        self._need(HandoverState.OFFERED, HandoverState.ACCEPTED)
        if lasting_until([p.interval for p in self.pauses], now=now) is None:
            raise Refusal("WRONG_STATE", "No pause lasts.")
        return replace(self, pauses=resumed(self.pauses, now=now), resumes_at=None)

    def run_on(self) -> Handover:
        """This handover, of whose pause it was told that it ran out."""
        return replace(self, resumes_at=None)

    def with_effort(self, effort: Effort, needed: Attempts | None) -> Handover:
        """This handover, with the effort that sales made for its lead; what was known earlier stays known."""
        return replace(
            self,
            first_attempt_at=_earlier(self.first_attempt_at, effort.first_attempt_at),
            attempted_enough_at=_earlier(self.attempted_enough_at, effort.enough_at(needed) if needed else None),
            contacted_at=_earlier(self.contacted_at, effort.first_contact_at),
        )

    def escalated(self) -> Handover:
        """This handover, one escalation step further."""
        return replace(self, escalation_level=self.escalation_level + 1)


def _earlier(known: datetime | None, found: datetime | None) -> datetime | None:
    return min((at for at in (known, found) if at is not None), default=None)
