"""The clocks about a handover stand still for a while, because the lead asked for it; and go on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from application.answer_handover import HandoverCase, need_its_team, with_handover
from application.offering import tell
from application.work import House
from domain import rights
from domain.duration import Duration
from domain.handover import Handover
from domain.pause import Pause, length_of
from domain.principal import Principal
from domain.refusal import Refusal, need_no

LONGEST = timedelta(days=366)
"""How far ahead a pause may end."""
ASKED = "asked"
"""Why the clocks about a handover go on: somebody said so."""
MOST = 1000
"""How many pauses a handover has at most."""


async def pause_clock(house: House, principal: Principal, *, handover_id: UUID, until: datetime, reason: str) -> UUID:
    """Let the clocks about a handover stand still from now until a moment; what was missed already stays missed."""
    rights.need(principal, "Mutation.pauseClock")

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        now = case.desk.work.now
        need_no(_faults(until, reason, now=now))
        if len(case.handover.pauses) >= MOST:
            raise Refusal("WRONG_STATE", f"A handover has at most {MOST} pauses.")
        paused = case.handover.paused(Pause(now, until, reason, principal.signature))
        _need_within(case.book.document.handover.max_pause, paused)
        case.desk.put_handover(paused)
        lasting = paused.resumes_at or until
        tell(case.desk, "handover.paused", paused, case.book, reason=reason, until=lasting.isoformat())
        case.desk.work.wake_clock(lasting)

    return await with_handover(house, principal, handover_id, act)


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


async def resume_clock(house: House, principal: Principal, *, handover_id: UUID) -> UUID:
    """Let the clocks about a handover go on now; what is left of the pause is given back."""
    rights.need(principal, "Mutation.resumeClock")

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        resumed = case.handover.resumed(now=case.desk.work.now)
        case.desk.put_handover(resumed)
        tell(case.desk, "handover.resumed", resumed, case.book, because=ASKED)

    return await with_handover(house, principal, handover_id, act)
