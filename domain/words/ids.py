"""Identifiers: UUIDs of version 7, which sort by when they were made, in one process even within a millisecond."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from random import getrandbits
from uuid import UUID

_numbers = count()
_NOISE = 48
"""Random bits behind the running number; ids are no secrets, and a forked process begins with randomness of its own."""


def new_id(*, now: datetime) -> UUID:
    """A fresh UUIDv7 (RFC 9562, method 1): 48 bits of milliseconds, a running number of 26 bits, 48 random bits."""
    number = next(_numbers) & (2**26 - 1)
    return UUID(int=_frame(now) | (number >> 14) << 64 | (number & 0x3FFF) << _NOISE | getrandbits(_NOISE))


@lru_cache(maxsize=16)
def _frame(now: datetime) -> int:
    """Return what the ids of a moment have in common: its milliseconds, the version and the variant."""
    milliseconds = int(now.timestamp() * 1000) & (2**48 - 1)
    return milliseconds << 80 | 0x7 << 76 | 0b10 << 62


def made_at(id_: UUID) -> datetime:
    """The moment at which an id was made, to the millisecond below."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, tz=UTC)
