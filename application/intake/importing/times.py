"""Times of a file: by `strptime`, ISO 8601, the serial numbers of spreadsheets, or cells that are times already."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from application.intake.importing.cells import Cell, text_of
from domain.time.wall_clock import representable

SERIALS = {"excel": date(1899, 12, 31), "excel-1904": date(1904, 1, 1)}
"""By format, the day 0 of the serial numbers."""
_LAST_SERIAL = 2_958_465
_NO_SUCH_DAY = 60
"""To spreadsheets that count from 1900 this is 29 February 1900, which never was; days behind it count one too many."""
_SERIAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,18})?")


def moment_of(cell: Cell, form: str | None, zone: ZoneInfo | None) -> datetime:
    """The moment of a cell in UTC; a ValueError or an OverflowError where it is none, or nobody knows its zone."""
    told = _told(cell, form)
    if told.tzinfo is None and zone is None:
        raise ValueError("no time zone")
    at = (told.replace(tzinfo=zone) if told.tzinfo is None else told).astimezone(UTC)
    if not representable(at):
        raise ValueError(cell)
    return at


def day_of(cell: Cell, form: str | None) -> str:
    """The day of a cell in ISO 8601; a ValueError where it is none."""
    if isinstance(cell, str) and form is None:
        return date.fromisoformat(cell).isoformat()
    return _told(cell, form).date().isoformat()


def _told(cell: Cell, form: str | None) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    text = text_of(cell)
    return _serial(text, form) if form in SERIALS else _parsed(text, form)


@lru_cache(maxsize=4096)
def _parsed(text: str, form: str | None) -> datetime:
    """The moment of a text; days repeat themselves, and `strptime` is slow."""
    return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - zone comes next


def _serial(text: str, form: str) -> datetime:
    if _SERIAL.fullmatch(text) is None:
        raise ValueError(text)
    whole, _, fraction = text.partition(".")
    days = int(whole)
    if not 1 <= days <= _LAST_SERIAL or (form == "excel" and days == _NO_SUCH_DAY):
        raise ValueError(text)
    if form == "excel" and days > _NO_SUCH_DAY:
        days -= 1
    seconds = round(float(f"0.{fraction or 0}") * timedelta(days=1).total_seconds())
    return datetime.combine(SERIALS[form], time()) + timedelta(days=days, seconds=seconds)
