"""Texts of errors, cut to a length that a client can read."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_MESSAGE = 300


MAX_NAME = 200
"""Characters of a name in a path."""


_HINT = re.compile(r"\s*Did you mean.*", re.DOTALL)


_NONE = re.compile(r"Expected value of non-null type '([^']{1,100})' not to be None\.")


_FOUND_NONE = re.compile(r"found: None\.$")
"""Python's word for null in messages of the library."""


def short(message: str) -> str:
    """A message of GraphQL's own without hints at names of the schema, and with at most 300 characters."""
    return cut(
        _FOUND_NONE.sub("found: null.", _NONE.sub(r"Null is not allowed here; wanted: \1.", _HINT.sub("", message)))
    )


def cut(message: str) -> str:
    """The message with at most 300 characters."""
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"


def short_path(path: Sequence[str] | None) -> list[str] | None:
    """The path of an input, which may hold names that a client made up, however long."""
    return None if path is None else [part if len(part) <= MAX_NAME else part[: MAX_NAME - 1] + "…" for part in path]
