"""The values by which stored values are compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from domain.document.sections.fields import FieldType

NUMBER = re.compile(r"([+-]?)(\d{1,40})(?:\.(\d{1,400}))?", re.ASCII)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Comparable = int | str | bool | tuple[str, ...]


def comparable(type: FieldType, scale: int | None, canonical: object) -> Comparable | None:
    """The value by which a stored value is compared: decimals as whole numbers scaled by 10^scale, days as ordinals,
    moments as milliseconds since 1970; None when the stored value is not of the type, or carries nothing."""
    return COMPARED[type](canonical, scale)


def _same_text(canonical: object, _scale: int | None) -> str | None:
    return canonical if isinstance(canonical, str) and canonical.strip() else None


def _same_number(canonical: object, _scale: int | None) -> int | None:
    return canonical if isinstance(canonical, int) and not isinstance(canonical, bool) else None


def _same_truth(canonical: object, _scale: int | None) -> bool | None:
    return canonical if isinstance(canonical, bool) else None


def _texts(canonical: object, _scale: int | None) -> tuple[str, ...] | None:
    if not isinstance(canonical, list | tuple):
        return None
    for item in canonical:
        if not isinstance(item, str):
            return None
    return tuple([item for item in canonical if item.strip()]) or None


def _units(canonical: object, scale: int | None) -> int | None:
    return units(canonical, scale or 0) if isinstance(canonical, str) else None


def _days(canonical: object, _scale: int | None) -> int | None:
    return ordinal(canonical) if isinstance(canonical, str) else None


def _instant(canonical: object, _scale: int | None) -> int | None:
    return _milliseconds(canonical) if isinstance(canonical, str) else None


COMPARED: dict[FieldType, Callable[[object, int | None], Comparable | None]] = {
    FieldType.TEXT: _same_text,
    FieldType.ENUM: _same_text,
    FieldType.INTEGER: _same_number,
    FieldType.BOOLEAN: _same_truth,
    FieldType.LIST: _texts,
    FieldType.DECIMAL: _units,
    FieldType.DATE: _days,
    FieldType.DATE_TIME: _instant,
}
"""By type, what a stored value of that scale is compared by."""


def ordinal(text: str) -> int | None:
    """The number of a written day, or None."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def _milliseconds(text: str) -> int | None:
    if len(text) != 24 or text[23] != "Z" or text[10] != "T":
        return None
    try:
        since = datetime.fromisoformat(text) - _EPOCH
    except ValueError:
        return None
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def units(text: str, scale: int) -> int | None:
    """The decimal text times 10^scale; None when it is no number or has more significant decimals than that."""
    whole, point, decimals = text.partition(".")
    if point and len(decimals) == scale and len(whole) <= 20 and (whole + decimals).isdecimal() and text.isascii():
        return int(whole + decimals)
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, decimals = match.groups()
    decimals = (decimals or "").rstrip("0")
    if len(decimals) > scale:
        return None
    scaled = int(whole + decimals.ljust(scale, "0"))
    return -scaled if sign == "-" else scaled
