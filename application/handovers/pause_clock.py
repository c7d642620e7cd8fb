"""The clocks about a handover stand still for a while, because the lead asked for it; and go on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from application.handovers.answer_handover import HandoverCase, need_its_team, with_handover
from application.judging.offering import emit
from application.runtime.transaction import Application
from domain.events.handovers import HandoverPaused, HandoverResumed
from domain.handovers.handover import Handover
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no
from domain.time.duration import Duration
from domain.time.pause import Pause, length_of

LONGEST = timedelta(days=366)
"""The furthest moment at which a pause may end."""
ASKED = "asked"
"""Why the clocks about a handover go on: somebody said so."""
MOST = 1000
"""The most pauses of a handover."""


async def pause_clock(
    application: Application, principal: Principal, *, handover_id: UUID, until: datetime, reason: str
) -> UUID:
    """Let the clocks about a handover stand still from now until a moment; what was missed already stays missed."""
    rights.need(principal, "Mutation.pauseClock")

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        now = case.unit.transaction.now
        need_no(_faults(until, reason, now=now))
        if len(case.handover.pauses) >= MOST:
            raise Refusal("WRONG_STATE", f"A handover has at most {MOST} pauses.")
        paused = case.handover.paused(Pause(now, until, reason, principal.signature))
        _need_within(case.compiled_version.document.handover.max_pause, paused)
        case.unit.put_handover(paused)
        lasting = paused.resumes_at or until
        emit(case.unit, HandoverPaused(reason=reason, until=lasting.isoformat()), paused, case.compiled_version)
        case.unit.transaction.wake_clock(lasting)

    return await with_handover(application, principal, handover_id, act)


def _faults(until: datetime, reason: str, *, now: datetime) -> list[Refusal]:
    faults = [] if reason.strip() else [Refusal("VALUE_NOT_ALLOWED", "A reason says something.", ("reason",))]
    if not now < until <= now + LONGEST:
        faults.append(Refusal("VALUE_NOT_ALLOWED", "A pause ends after now and within a year.", ("until",)))
    return faults


def _need_within(longest: Duration | None, paused: Handover) -> None:
    """All pauses of a handover together last no longer than agreed; what was given back does not count."""
    if longest is None or length_of(paused.pauses) <= timedelta(days=longest.days, seconds=longest.seconds):
        return
    message = f"All pauses of a handover together last at most {longest}."
    raise Refusal("VALUE_NOT_ALLOWED", message, ("until",))


async def resume_clock(application: Application, principal: Principal, *, handover_id: UUID) -> UUID:
    """Let the clocks about a handover go on now; what is left of the pause is given back."""
    rights.need(principal, "Mutation.resumeClock")

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        resumed = case.handover.resumed(now=case.unit.transaction.now)
        case.unit.put_handover(resumed)
        emit(case.unit, HandoverResumed(because=ASKED), resumed, case.compiled_version)

    return await with_handover(application, principal, handover_id, act)
