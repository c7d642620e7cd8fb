"""Creating mutations that may be repeated: the same key and the same input give the same answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from application.work import House, Work
from domain.principal import Principal
from domain.refusal import Refusal
from persistence import idempotency


async def idempotently(
    house: House,
    principal: Principal,
    mutation: str,
    key: str | None,
    said: Mapping[str, Any],
    body: Callable[[Work], Awaitable[Any]],
) -> Any:
    """Run a use case once for a key; its answer is JSON and is told again when the same is asked again."""
    if key is None:
        return await house.transact(body, principal=principal)
    if not 1 <= len(key) <= 200:
        raise Refusal("MALFORMED_KEY", "An idempotency key has 1 to 200 characters.", ("idempotencyKey",))

    async def once(work: Work) -> Any:
        claim = await idempotency.claim(
            work.connection, key_id=principal.key_id, mutation=mutation, key=key, given=dict(said)
        )
        if isinstance(claim, idempotency.Answered):
            return claim.answer
        if isinstance(claim, idempotency.InProgress):
            message = "The first request with this key still runs."
            raise Refusal("IDEMPOTENCY_IN_PROGRESS", message, ("idempotencyKey",))
        if isinstance(claim, idempotency.Reused):
            message = "The key was used with other input."
            raise Refusal("IDEMPOTENCY_KEY_REUSED", message, ("idempotencyKey",))
        answer = await body(work)
        await idempotency.finish(work.connection, claim, answer, now=work.now)
        return answer

    return await house.transact(once, principal=principal)
