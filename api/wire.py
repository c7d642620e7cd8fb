"""JSON on the wire: read strictly, written with orjson."""

from __future__ import annotations

from typing import Any

import orjson

from api.errors import ApiError, Code, bad_input


def read_json(data: bytes | str) -> Any:
    """Read JSON text; BAD_USER_INPUT for what is none (NaN, bad UTF-8, lone surrogates, too deep) or holds NUL."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ApiError(Code.BAD_USER_INPUT, "The body is not valid JSON.") from None
    if ("\\u0000" in data if isinstance(data, str) else b"\\u0000" in data) and holds_nul(value):
        raise bad_input("A text holds the character NUL, which is not allowed.")
    return value


def holds_nul(value: Any) -> bool:
    """Whether any text in the JSON value, keys included, holds the character NUL."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            if "\x00" in item:
                return True
        elif isinstance(item, list):
            rest.extend(item)
        elif isinstance(item, dict):
            rest.extend(item)
            rest.extend(item.values())
    return False


def write_json(value: Any) -> bytes:
    """Write JSON as UTF-8 bytes."""
    return orjson.dumps(value)
