"""What is open follows from the facts alone, whatever happened on the way; doing it twice changes nothing [S3.3]."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.journey import StageKind
from domain.handovers.handover import Handover, HandoverState
from domain.obligation import Obligation, ObligationState
from domain.obligations.all_kinds import KINDS
from domain.obligations.kind import (
    Fulfilment,
    Interaction,
    ObligationContext,
    RequiredObligation,
    SettledObligation,
    Subject,
)
from domain.obligations.plan import fulfilments, owed, plan, timing, wanted
from domain.party import Party
from domain.time.business_time import BusinessCalendar
from domain.time.duration import Clock
from domain.time.pause import Pause
from tests.domain.document_samples import document
from tests.domain.test_trigger_limits import BEGIN, HANDOVER

OFFICE = BusinessCalendar("Europe/Berlin", dict.fromkeys(range(5), ((540, 1020),)))
LIMIT = {"duration": "PT8H", "clock": "ELAPSED"}
DOCUMENT = document(
    handover__contactWithin=LIMIT,
    feedback={"outcomeUpdateEvery": LIMIT, "wonLostReasonWithin": LIMIT, "answerReturnWithin": LIMIT},
    nurturing={"startWithin": LIMIT},
)
ENDED = ("return", "withdraw", "win", "lose")
HAPPENINGS = st.sampled_from(
    [
        "assign",
        "accept",
        "contact",
        "contact late",
        "update",
        "pause",
        "resume",
        "answer return",
        "market",
        "why",
        "meet",
        "waive",
        "clock",
        *ENDED,
    ]
)


@dataclass
class Application:
    """One handover and what is owed about it, in memory."""

    now: datetime = BEGIN
    handover: Handover = HANDOVER
    fulfilments: list[Fulfilment] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)

    @property
    def context(self) -> ObligationContext:
        """The facts."""
        settled = tuple(
            SettledObligation(o.kind, o.instance_key, o.met_at or o.closed_at or o.opened_at)
            for o in self.obligations
            if o.is_settled
        )
        return ObligationContext(
            Subject.HANDOVER,
            HANDOVER.id,
            self.now,
            handover=self.handover,
            fulfilments=tuple(self.fulfilments),
            settled=settled,
        )

    def open(self) -> list[Obligation]:
        """What is open."""
        return [o for o in self.obligations if o.is_open]

    def reconcile(self) -> bool:
        """Do what the plan says; tell whether there was anything to do."""
        found = owed(DOCUMENT, self.context)
        steps = plan(found, self.context, self.open(), [o for o in self.obligations if not o.is_open])
        for obligation, at in (*steps.meets, *steps.corrects):
            self._put(obligation.met(at=at, now=self.now))
        for obligation in steps.cancels:
            self._put(obligation.cancelled("x", now=self.now))
        moved = [(o, self._timed(o, one)) for o, one in steps.keeps if o.state is ObligationState.OPEN]
        for obligation, kept in moved:
            if kept != obligation:
                self._put(kept)
        for one in steps.opens:
            self.obligations.append(self._opened(one))
        changed = any(kept != o for o, kept in moved)
        return bool(steps.meets or steps.corrects or steps.cancels or steps.opens or changed)

    def interaction(self, at: datetime, **about: object) -> None:
        """Something was done with the lead."""
        self.fulfilments += fulfilments(DOCUMENT, self.context, Interaction(at=at, **about))  # type: ignore[arg-type]

    def _put(self, obligation: Obligation) -> None:
        self.obligations = [obligation if o.id == obligation.id else o for o in self.obligations]

    def _intervals(self, one: RequiredObligation) -> list[tuple[datetime, datetime]]:
        return [p.interval for p in self.handover.pauses] if one.kind.pausable else []

    def _timed(self, obligation: Obligation, one: RequiredObligation) -> Obligation:
        return obligation.timed(timing(one, OFFICE, self._intervals(one), now=self.now))

    def _opened(self, one: RequiredObligation) -> Obligation:
        moments = timing(one, OFFICE, self._intervals(one), now=self.now)
        return Obligation(
            id=UUID(int=1000 + len(self.obligations)),
            state=ObligationState.OPEN,
            kind=one.kind.key,
            party=one.party,
            team=None,
            assignee=None,
            subject_type="Handover",
            subject_id=HANDOVER.id,
            lead_id=HANDOVER.lead_id,
            agreement_id=HANDOVER.agreement_id,
            version_id=HANDOVER.version_id,
            calendar="office",
            clock=Clock.ELAPSED,
            severity=one.severity,
            opened_at=one.spec.start,
            warn_at=moments.warn_at,
            due_at=moments.due_at,
            schedule=moments.schedule,
            instance_key=one.spec.instance_key,
            paused_until=moments.paused_until,
        )

    def happen(self, what: str) -> None:
        """One thing that people, tools or time do; nothing where it cannot happen now."""
        open_now = self.handover.closed_at is None
        handover = self.handover
        match what:
            case "assign" if open_now:
                self.handover = handover.assigned("inside", f"person {handover.turns}", now=self.now)
            case "accept" if open_now and handover.state is HandoverState.OFFERED:
                self.handover = handover.accepted(comment=None, now=self.now)
            case "contact" | "contact late":
                at = self.now if what == "contact" else self.now - timedelta(hours=6)
                self.interaction(at, party=Party.SALES, activity="call", outbound=True)
                if open_now and at >= handover.offered_at and (handover.contacted_at or self.now) >= at:
                    self.handover = replace(handover, first_attempt_at=at, contacted_at=at)
            case "update" if open_now:
                self.interaction(self.now, by_hand=True)
            case "market":
                self.interaction(self.now, party=Party.MARKETING, activity="mail", outbound=True)
            case "pause" if open_now:
                self.handover = handover.paused(Pause(self.now, self.now + timedelta(hours=5), "x", "y"))
            case "resume" if open_now and any(p.from_at <= self.now < p.until for p in handover.pauses):
                self.handover = handover.resumed(now=self.now)
            case "answer return" if handover.state is HandoverState.RETURNED and not handover.return_answered_at:
                self.handover = handover.return_answered("x", now=self.now)
            case _:
                self._settle_or_end(what)

    def _settle_or_end(self, what: str) -> None:
        handover, first = self.handover, next(iter(self.open()), None)
        if what == "meet" and first is not None:
            self._put(first.met(at=self.now, now=self.now))
        elif what == "waive" and first is not None:
            self._put(first.waived("x", "y", now=self.now))
        elif what == "why" and handover.outcome is not None:
            stage = DOCUMENT.journey.of_kind(handover.outcome)
            self.interaction(self.now, to_stage=stage, by_hand=True, reason="price")
        elif what in ENDED and handover.closed_at is None:
            self.handover = self._ended(what)

    def _ended(self, what: str) -> Handover:
        handover = self.handover
        if what == "return":
            return handover.returned("no-need", discard=False, comment=None, now=self.now)
        if what == "withdraw":
            open_offer = handover.state is HandoverState.OFFERED
            return handover.withdrawn(comment="x", now=self.now) if open_offer else handover
        if handover.state is not HandoverState.ACCEPTED:
            return handover
        return handover.closed(StageKind.WON if what == "win" else StageKind.LOST, now=self.now)

    def tick(self) -> None:
        """Let the clock do what is due."""
        for obligation in self.open():
            for _, after in obligation.due_steps(now=self.now):
                self._put(after)


@given(story=st.lists(st.tuples(HAPPENINGS, st.integers(0, 9 * 60)), max_size=25))
def test_what_is_open_is_what_the_facts_say(story: list[tuple[str, int]]) -> None:
    """After whatever happened the open set is the function of the facts, each once, and a second pass does nothing."""
    application = Application()
    application.reconcile()
    for what, minutes in story:
        application.now += timedelta(minutes=minutes)
        application.tick()
        application.happen(what)
        application.reconcile()
        standing = sorted((o.kind, o.instance_key) for o in application.open())
        assert standing == sorted(o.key for o in wanted(DOCUMENT, application.context))
        assert len(set(standing)) == len(standing)
        assert not application.reconcile()


@given(story=st.lists(st.tuples(st.sampled_from(["assign", "clock"]), st.integers(0, 9 * 60)), max_size=12))
def test_whoever_has_an_unanswered_handover_has_a_clock_of_the_own(story: list[tuple[str, int]]) -> None:
    """With the full limit from the assignment, also when it came from the queue after the whole was missed; the clock
    of the whole runs from the offer, and is the person's where both begin at one instant."""
    application = Application()
    application.reconcile()
    for what, minutes in story:
        application.now += timedelta(minutes=minutes)
        application.tick()
        application.happen(what)
        application.reconcile()
        clocks = {o.instance_key: o for o in application.open() if o.kind == "answer"}
        begins = application.handover.assigned_at
        own = clocks.pop(f"turn-{application.handover.turns}" if begins and begins > BEGIN else "whole")
        assert own.due_at == timing_of_answer(begins or BEGIN)
        assert [o.due_at for o in clocks.values()] == [timing_of_answer(BEGIN)] * len(clocks)
        assert clocks.keys() <= {"whole"}


def timing_of_answer(start: datetime) -> datetime:
    """When an answer is due that is owed from a moment on."""
    limit = DOCUMENT.handover.answer_within
    return OFFICE.deadline(start, limit.duration, limit.clock)


@given(story=st.lists(st.tuples(HAPPENINGS, st.integers(0, 9 * 60)), max_size=25))
def test_what_was_missed_is_never_forgotten(story: list[tuple[str, int]]) -> None:
    """Whatever becomes of a missed obligation, that it was missed stays; met means done by the due instant."""
    application = Application()
    application.reconcile()
    missed: set[UUID] = set()
    for what, minutes in story:
        application.now += timedelta(minutes=minutes)
        application.tick()
        missed |= {o.id for o in application.obligations if o.state is ObligationState.BREACHED}
        application.happen(what)
        application.reconcile()
    for obligation in application.obligations:
        if obligation.id in missed:
            assert obligation.breached_at == obligation.due_at
        if obligation.state is ObligationState.MET:
            assert obligation.met_at is not None
            assert obligation.due_at is not None
            assert obligation.met_at <= obligation.due_at


def test_every_kind_has_a_word_of_its_own() -> None:
    """The words are those of the contract, each once."""
    words = [kind.key for kind in KINDS]
    assert len(set(words)) == len(words)
    assert {"answer", "first-contact", "outcome-update", "won-lost-reason", "return-answer", "nurture-start"} <= {
        *words
    }
