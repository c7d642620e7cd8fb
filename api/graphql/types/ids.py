"""Global ids that clients send, as the ids of rows."""

from __future__ import annotations

from uuid import UUID

from api.graphql.parts.global_ids import key_of, read_global_id

NOBODY = UUID(int=0)
"""The key for an id that is none, or of another type: no row has it, so it is as unknown as any other."""


def row_of(text: str, type_name: str) -> UUID:
    """The row of a global id of that type."""
    return key_of(text, type_name) or NOBODY


def any_row_of(text: str) -> UUID:
    """The row of a global id of any type."""
    read = read_global_id(text)
    return NOBODY if read is None else read[1]
