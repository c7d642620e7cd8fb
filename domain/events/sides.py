"""The former state of its object that an event keeps, so that a follower can tell what came and what left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

BEFORE, SEEN_BY = "before", "seenBy"


def sides(
    after: Mapping[str, Any], before: Mapping[str, Any] | None, seen_after: Sequence[str], seen_before: Sequence[str]
) -> dict[str, Any]:
    """Return what goes into the payload of an event beside the state after it.

    `before` holds only what differed, and is missing where there was nothing before; `seenBy` are the keys of the teams
    that see the object, where they are others than before.
    """
    if before is None:
        return {}
    differed: dict[str, Any] = {name: value for name, value in before.items() if after.get(name) != value}
    moved = set(seen_before) != set(seen_after)
    if moved:
        differed[SEEN_BY] = list(seen_before)
    return {BEFORE: differed, **({SEEN_BY: list(seen_after)} if moved else {})}


def state_before(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the payload of an event as it would have been before it; None where nothing stood or nothing is known."""
    before = payload.get(BEFORE)
    return None if before is None else {**payload, **before}
