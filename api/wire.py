"""JSON on the wire: read strictly, written with orjson."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import orjson

from api.errors import ApiError, Code
from domain.document.base import FORBIDDEN

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


class NoJson(ValueError):
    """A text that is no JSON."""


def read_json(data: bytes | str) -> Any:
    """Read JSON text; BAD_USER_INPUT for what is none: NaN, bad UTF-8, too deep."""
    try:
        return parsed(data)
    except NoJson:
        raise ApiError(Code.BAD_USER_INPUT, "The body is not valid JSON.") from None


def parsed(data: bytes | str) -> Any:
    """The value of a JSON text; NoJson where it is none.

    Halves of surrogate pairs are read too, so that whoever checks the texts can say where they stand.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        text = data if isinstance(data, str) else data.decode()
        if _HALF.search(text):
            value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
            if holds_half(value):
                return value
    except (ValueError, RecursionError):
        pass
    raise NoJson("no JSON")


def _refuse(_constant: str) -> NoReturn:
    raise NoJson("no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        _refuse(text)
    return number


def holds_half(value: Any) -> bool:
    """Return whether a text holds half of a pair: else it was something else that the strict reader had against it."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str) and _LONE.search(item):
            return True
        if isinstance(item, list):
            rest.extend(item)
        elif isinstance(item, dict):
            rest.extend(item)
            rest.extend(item.values())
    return False


def not_storable(text: Any) -> bool:
    """Return whether it is a text with a character that no text may hold."""
    return isinstance(text, str) and FORBIDDEN.search(text) is not None


def write_json(value: Any) -> bytes:
    """Write JSON as UTF-8 bytes; what cannot be written of a text that is told back is replaced by U+FFFD."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return orjson.dumps(_writable(value))


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return value
