"""The first key: on a database without keys an operator would have nothing to sign in with."""

from __future__ import annotations

from application.runtime.transaction import Application, Transaction
from domain.events.people import KeyCreated
from domain.people.principal import Role
from persistence.database import first_come
from persistence.people import keys

NAME = "first admin"


async def make_first_key(application: Application) -> str | None:
    """The secret of a new ADMIN key when there is no key yet, else None; of many who ask at once one gets it."""

    async def body(transaction: Transaction) -> str | None:
        await first_come.wait(transaction.connection)
        if await keys.list_all(transaction.connection):
            return None
        key, secret = await keys.create(transaction.connection, name=NAME, role=Role.ADMIN, now=transaction.now)
        transaction.emit(KeyCreated(name=NAME, role=Role.ADMIN.value, person=None), key.id)
        return secret

    return await application.transact(body)
