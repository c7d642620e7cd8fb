"""Marketing answers a lead that sales returned."""

from __future__ import annotations

from uuid import UUID

from application.judging.conclude import conclude
from application.judging.offering import emit
from application.runtime.same_answer import Answer
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.events.handovers import HandoverReturnAnswered
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, not_found
from persistence.handovers import handovers


async def answer_return(application: Application, principal: Principal, *, handover_id: UUID, comment: str) -> UUID:
    """Say what marketing makes of a return; each is answered once."""
    rights.need(principal, "Mutation.answerReturn")
    if not comment.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "An answer says something.", ("comment",))

    answer = Answer("answerReturn", handover_id, {"comment": comment})

    async def body(transaction: Transaction) -> UUID:
        seen = await handovers.by_id(transaction.connection, handover_id)
        if seen is None:
            raise not_found("handover")
        unit = await UnitOfWork.open(transaction, [seen.lead_id])
        if handover_id not in unit.handover_history:
            raise not_found("handover")
        if await answer.told_before(transaction, principal):
            return handover_id
        answered = unit.handover_history[handover_id].return_answered(comment, now=transaction.now)
        unit.put_handover(answered)
        compiled_version = await unit.compiled_version(answered.version_id)
        emit(unit, HandoverReturnAnswered(comment=comment), answered, compiled_version)
        await conclude(unit)
        await answer.keep(transaction, principal)
        return handover_id

    return await application.transact(body, principal=principal)
