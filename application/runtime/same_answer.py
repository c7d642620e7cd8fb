"""The same answer told again, as after a lost reply: it changes nothing and is no error."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from application.runtime.transaction import Transaction
from domain.people.principal import Principal
from domain.words.persons import folded
from persistence.database import idempotency


@dataclass(frozen=True, slots=True)
class Answer:
    """The request that somebody repeats about an object: the operation and its input."""

    operation: str
    about: UUID
    said: Mapping[str, Any]

    @property
    def _input_hash(self) -> bytes:
        return hashlib.sha256(json.dumps(self.said, sort_keys=True, default=str).encode()).digest()

    async def told_before(self, transaction: Transaction, principal: Principal) -> bool:
        """Return whether this is the last thing that the same person, else the same key, answered about the object.

        The object is locked.
        """
        last = await idempotency.last_input(transaction.connection, _who(principal), self.operation, str(self.about))
        return last == self._input_hash

    async def keep(self, transaction: Transaction, principal: Principal) -> None:
        """Remember the answer, in the transaction of its effect."""
        about = {"key_id": _who(principal), "mutation": self.operation, "key": str(self.about)}
        await idempotency.keep_input(transaction.connection, about, self._input_hash, now=transaction.now)


def _who(principal: Principal) -> UUID:
    """Return an id of the person in any spelling, so that a second key of the same person counts; else of the key."""
    return principal.key_id if principal.person is None else uuid5(_PERSONS, folded(principal.person))


_PERSONS = UUID("5b6fd6b4-54ef-4b0c-8a34-6f0a1b0f4d1e")
