"""Creating mutations that may be repeated: the same key and the same input give the same answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from application.runtime.transaction import Application, Transaction
from domain.people.principal import Principal
from domain.refusal import Refusal
from persistence.database import idempotency


async def idempotently(
    application: Application,
    principal: Principal,
    mutation: str,
    key: str | None,
    said: Mapping[str, Any],
    body: Callable[[Transaction], Awaitable[Any]],
) -> Any:
    """Run a use case once for a key; its answer is JSON and is told again when the same is asked again."""
    if key is None:
        return await application.transact(body, principal=principal)
    if not 1 <= len(key) <= 200:
        raise Refusal("MALFORMED_KEY", "An idempotency key has 1 to 200 characters.", ("idempotencyKey",))

    async def once(transaction: Transaction) -> Any:
        claim = await idempotency.claim(
            transaction.connection, key_id=principal.key_id, mutation=mutation, key=key, given=dict(said)
        )
        if isinstance(claim, idempotency.Answered):
            return claim.answer
        if isinstance(claim, idempotency.InProgress):
            message = "The first request with this key still runs."
            raise Refusal("IDEMPOTENCY_IN_PROGRESS", message, ("idempotencyKey",))
        if isinstance(claim, idempotency.Reused):
            message = "The key was used with other input."
            raise Refusal("IDEMPOTENCY_KEY_REUSED", message, ("idempotencyKey",))
        answer = await body(transaction)
        await idempotency.finish(transaction.connection, claim, answer, now=transaction.now)
        return answer

    return await application.transact(once, principal=principal)
