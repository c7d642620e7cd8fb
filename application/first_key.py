"""The first key: on a database without keys an operator would have nothing to sign in with."""

from __future__ import annotations

from application.work import House, Work
from domain.principal import Role
from persistence import first_come, keys

NAME = "first admin"


async def make_first_key(house: House) -> str | None:
    """The secret of a new ADMIN key when there is no key yet, else None; of many who ask at once one gets it."""

    async def body(work: Work) -> str | None:
        await first_come.wait(work.connection)
        if await keys.list_all(work.connection):
            return None
        key, secret = await keys.create(work.connection, name=NAME, role=Role.ADMIN, now=work.now)
        payload = {"name": NAME, "role": Role.ADMIN.value, "person": None}
        work.tell("key.created", ("ApiKey", key.id), payload=payload)
        return secret

    return await house.transact(body)
