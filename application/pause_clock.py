"""The clocks about a handover stand still for a while, because the lead asked for it; and go on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from application.answer_handover import HandoverCase, need_its_team, with_handover
from application.offering import tell
from application.work import House
from domain.handover import Handover
from domain.pause import Pause, lasting_until
from domain.principal import Principal, Right
from domain.refusal import Refusal

LONGEST = timedelta(days=366)
"""How far ahead a pause may end."""
MOST = 1000
"""How many pauses a handover has at most."""


async def pause_clock(house: House, principal: Principal, *, handover_id: UUID, until: datetime, reason: str) -> UUID:
    """Let the clocks about a handover stand still from now until a moment; what was missed already stays missed."""
    principal.require(Right.ANSWER)
    if not reason.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "A reason says something.", ("reason",))

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        now = case.desk.work.now
        if not now < until <= now + LONGEST:
            raise Refusal("VALUE_NOT_ALLOWED", "A pause ends after now and within a year.", ("until",))
        if len(case.handover.pauses) >= MOST:
            raise Refusal("WRONG_STATE", f"A handover has at most {MOST} pauses.")
        _put(case, "handover.paused", case.handover.paused(Pause(now, until, reason, principal.signature)), reason)

    return await with_handover(house, principal, handover_id, act)


async def resume_clock(house: House, principal: Principal, *, handover_id: UUID) -> UUID:
    """Let the clocks about a handover go on now; what is left of the pause is given back."""
    principal.require(Right.ANSWER)

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        _put(case, "handover.resumed", case.handover.resumed(now=case.desk.work.now), None)

    return await with_handover(house, principal, handover_id, act)


def _put(case: HandoverCase, word: str, handover: Handover, reason: str | None) -> None:
    case.desk.put_handover(handover)
    until = lasting_until([p.interval for p in handover.pauses], now=case.desk.work.now)
    about = {"reason": reason, "until": until.isoformat() if until else None}
    tell(case.desk, word, handover, case.book, **about)
