"""Marketing answers a lead that sales returned."""

from __future__ import annotations

from uuid import UUID

from application.desk import Desk
from application.offering import tell
from application.work import House, Work
from domain import rights
from domain.principal import Principal
from domain.refusal import Refusal, not_found
from persistence import handovers


async def answer_return(house: House, principal: Principal, *, handover_id: UUID, comment: str) -> UUID:
    """Say what marketing makes of a return; each is answered once."""
    rights.need(principal, "Mutation.answerReturn")
    if not comment.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "An answer says something.", ("comment",))

    async def body(work: Work) -> UUID:
        seen = await handovers.by_id(work.connection, handover_id)
        if seen is None:
            raise not_found("handover")
        desk = await Desk.open(work, [seen.lead_id])
        if handover_id not in desk.rounds:
            raise not_found("handover")
        answered = desk.rounds[handover_id].return_answered(comment, now=work.now)
        desk.put_handover(answered)
        book = await desk.book(answered.version_id)
        tell(desk, "handover.return_answered", answered, book, comment=comment)
        await desk.save()
        return handover_id

    return await house.transact(body, principal=principal)
