"""CSV that Baton writes: a text stays a text, also in a program that takes some of them for formulas."""

from __future__ import annotations

from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text_cell(value: Any) -> Any:
    """The cell of a value: an apostrophe before a text that a spreadsheet would work out instead of showing it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
