"""Conditions over what is counted."""

from __future__ import annotations

from typing import Any

from tests.rules.samples import HOT, when


def trigger(condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A change that lets the sample hand over on a condition."""
    return {"handover__triggers": {"hot": {**HOT, "when": condition}}, **more}


def comparison(field: str, op: str, value: Any, **more: Any) -> dict[str, Any]:
    """A comparison with `within` or `where`."""
    return when(field, op, value) | more
