"""A person of the party in breach says that it was seen, and why it happened."""

from __future__ import annotations

from uuid import UUID

from application import owing
from application.holding import holds
from application.work import House, Work
from domain import rights
from domain.obligation import Breach
from domain.principal import Principal
from domain.refusal import Refusal, not_found
from persistence import obligations

ACKNOWLEDGE = "Mutation.acknowledgeBreach"


async def acknowledge_breach(house: House, principal: Principal, *, breach_id: UUID, explanation: str) -> UUID:
    """Acknowledge and explain a breach, once; one that is resolved and was never explained too."""
    rights.need(principal, ACKNOWLEDGE)
    if not explanation.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "An explanation says something.", ("explanation",))

    async def body(work: Work) -> UUID:
        breach = await obligations.breach_by_id(work.connection, breach_id)
        if breach is None or not _seen(breach, principal):
            raise not_found("breach")
        if not await holds(work.connection, principal, ACKNOWLEDGE, breach):
            raise not_found("breach")
        rights.need_party(principal, ACKNOWLEDGE, breach.party)
        acknowledged = breach.acknowledged(principal.signature, explanation, now=work.now)
        if acknowledged == breach:
            return breach_id  # told again, as after a lost answer
        await obligations.update_breaches(work.connection, [acknowledged])
        work.tell(
            "breach.acknowledged",
            ("Breach", breach.id),
            payload=owing.breach_payload(acknowledged) | {"explanation": explanation},
            lead_id=breach.lead_id,
            visible_to=breach.visible_to,
        )
        return breach_id

    return await house.transact(body, principal=principal)


def _seen(breach: Breach, principal: Principal) -> bool:
    """Sales sees the breaches of its teams, and those that concern no lead."""
    return principal.sees_all or breach.lead_id is None or bool(principal.teams & set(breach.visible_to))
