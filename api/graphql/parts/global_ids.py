"""Global ids: opaque text that says which type and which row; what is malformed is nobody's id."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.parts.context import Context
from api.graphql.parts.published import published_interface
from domain.people.principal import Forbidden
from domain.refusal import Refusal

MAX_ID = 200
NodeReader = Callable[[Context, UUID], Awaitable[Any]]
"""Reads the published object of an id; None, a NOT_FOUND refusal or Forbidden when the asker is not to see it."""


@published_interface
class Node:
    """Something that has a global id and can be read again by it."""

    id: strawberry.ID
    """The global id: opaque, the same for ever."""


def global_id(type_name: str, key: UUID) -> strawberry.ID:
    """The global id of a row."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode())


def read_global_id(text: str) -> tuple[str, UUID] | None:
    """Type and row of a global id; None when it is none."""
    if len(text) > MAX_ID:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
        type_name, _, key = raw.partition(":")
        uuid = UUID(key)
    except (ValueError, binascii.Error):
        return None
    return (type_name, uuid) if str(uuid) == key else None


def key_of(text: str, type_name: str) -> UUID | None:
    """The row of a global id of that type; None when it is malformed or of another type."""
    read = read_global_id(text)
    return read[1] if read is not None and read[0] == type_name else None


async def read_node(context: Context, text: str, readers: Mapping[str, NodeReader]) -> Any:
    """The node of a global id; None for a malformed, an unknown and a forbidden one alike."""
    read = read_global_id(text)
    reader = None if read is None else readers.get(read[0])
    if read is None or reader is None:
        return None
    try:
        return await reader(context, read[1])
    except Forbidden:
        return None
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            return None
        raise
