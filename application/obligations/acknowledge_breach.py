"""A person of the party in breach says that it was seen, and why it happened."""

from __future__ import annotations

from uuid import UUID

from application.runtime.transaction import Application, Transaction
from application.unit_of_work import obligation_lifecycle
from application.unit_of_work.holding import holds
from domain.events.obligations import BreachAcknowledged
from domain.obligation import Breach
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, not_found
from persistence.handovers import obligations

ACKNOWLEDGE = "Mutation.acknowledgeBreach"


async def acknowledge_breach(
    application: Application, principal: Principal, *, breach_id: UUID, explanation: str
) -> UUID:
    """Acknowledge and explain a breach, once; one that is resolved and was never explained too."""
    rights.need(principal, ACKNOWLEDGE)
    if not explanation.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "An explanation says something.", ("explanation",))

    async def body(transaction: Transaction) -> UUID:
        breach = await obligations.breach_by_id(transaction.connection, breach_id)
        if breach is None or not _seen(breach, principal):
            raise not_found("breach")
        if not await holds(transaction.connection, principal, ACKNOWLEDGE, breach):
            raise not_found("breach")
        rights.need_party(principal, ACKNOWLEDGE, breach.party)
        acknowledged = breach.acknowledged(principal.signature, explanation, now=transaction.now)
        if acknowledged == breach:
            return breach_id  # told again, as after a lost answer
        await obligations.update_breaches(transaction.connection, [acknowledged])
        transaction.emit(
            BreachAcknowledged(explanation=explanation),
            breach.id,
            state=obligation_lifecycle.breach_state(acknowledged, breach),
            lead_id=breach.lead_id,
            visible_to=breach.visible_to,
        )
        return breach_id

    return await application.transact(body, principal=principal)


def _seen(breach: Breach, principal: Principal) -> bool:
    """Sales sees the breaches of its teams, and those that concern no lead."""
    return principal.sees_all or breach.lead_id is None or bool(principal.teams & set(breach.visible_to))
