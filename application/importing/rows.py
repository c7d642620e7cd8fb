"""From a row of a table to a lead, activities and stages, as a mapping says; faults are kept with the row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from application.importing.mapping import Mapping
from application.importing.mapping_parts import (
    PLACE,
    ActivityMap,
    Case,
    StageMap,
    TimeColumn,
    ValueColumn,
    ValueType,
)
from application.incoming import ABSENT, Absent, IncomingAccount, IncomingActivity, IncomingLead
from domain.refusal import Refusal
from domain.wall_clock import tellable

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}(\.0*)?")
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True)
class PastStage:
    """A stage that a lead reached, as a file tells it."""

    stage: str
    at: datetime
    value: Decimal | None = None
    currency: str | None = None
    reason: str | None = None


@dataclass
class ImportedRow:
    """What one row says, or the faults for which it says nothing."""

    number: int
    """The line of the file at which the row ends; 1 is the header."""
    lead: IncomingLead
    activities: list[IncomingActivity] = field(default_factory=list)
    stages: list[PastStage] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)


class RowReading:
    """Reads the rows of one file."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self._mapping = mapping
        self._header = header
        self._zones = {name: ZoneInfo(name) for name in mapping.zones()}
        self._cells: dict[str, str] = {}
        self._faults: list[Refusal] = []

    def row(self, number: int, cells: Sequence[str]) -> ImportedRow:
        """What a row says."""
        self._faults = []
        if len(cells) != len(self._header):
            message = f"The row has {len(cells)} columns, the header {len(self._header)}."
            self._faults.append(Refusal("ROW_LENGTH", message))
        self._cells = dict(zip(self._header, cells, strict=False))
        row = ImportedRow(number, self._lead(), faults=self._faults)
        if len(cells) == len(self._header):
            row.activities = [a for a in map(self._activity, self._mapping.activities) if a is not None]
            row.stages = [s for s in map(self._stage, self._mapping.stages) if s is not None]
        return row

    def _lead(self) -> IncomingLead:
        mapping = self._mapping
        return IncomingLead(
            external_id=self._pattern(mapping.external_id),
            fields=self._values(mapping.fields),
            account=self._account(),
            created_at=self._time(mapping.created_at),
            observed_at=self._time(mapping.observed_at),
        )

    def _account(self) -> IncomingAccount | Absent:
        mapped = self._mapping.account
        key = self._pattern(mapped.key) if mapped else ""
        if mapped is None or not key.strip():
            return ABSENT
        name, owner = (self._text(column) or ABSENT for column in (mapped.name, mapped.owner))
        return IncomingAccount(key, name, owner, self._values(mapped.fields))

    def _activity(self, mapped: ActivityMap) -> IncomingActivity | None:
        at = self._time(mapped.at)
        if at is None:
            return None
        return IncomingActivity(
            key=self._pattern(mapped.key),
            lead=self._pattern(self._mapping.external_id),
            type=mapped.type,
            occurred_at=at,
            party=mapped.party,
            person=self._text(mapped.person),
            channel=self._text(mapped.channel),
            campaign=self._text(mapped.campaign),
            content=self._text(mapped.content),
            fields=self._values(mapped.fields),
        )

    def _stage(self, mapped: StageMap) -> PastStage | None:
        at = self._time(mapped.at)
        if at is None:
            return None
        value = self._text(mapped.value)
        if value is not None and _NUMBER.fullmatch(value) is None:
            self._fault(str(mapped.value), f"{value[:80]!r} is no number.")
            return None
        amount = None if value is None else Decimal(value)
        return PastStage(mapped.stage, at, amount, mapped.currency, self._text(mapped.reason))

    def _pattern(self, pattern: str) -> str:
        cells = self._cells
        if PLACE.search(pattern) is None:
            return cells.get(pattern, "").strip()
        return PLACE.sub(lambda place: cells.get(place[1], "").strip(), pattern)

    def _text(self, column: str | None) -> str | None:
        return self._cells.get(column, "").strip() or None if column is not None else None

    def _time(self, mapped: TimeColumn | None) -> datetime | None:
        text = self._text(mapped.column) if mapped else None
        if mapped is None or text is None:
            return None
        try:
            return self._moment(text, mapped)
        except (ValueError, OverflowError):
            self._fault(mapped.column, f"{text[:80]!r} is no time of the form {mapped.format or 'ISO 8601'}.")
            return None

    def _fault(self, column: str, message: str) -> None:
        self._faults.append(Refusal("WRONG_TYPE", message, (column,)))

    def _moment(self, text: str, mapped: TimeColumn | ValueColumn) -> datetime:
        zone = mapped.time_zone or self._mapping.time_zone
        return _moment(text, mapped.format, self._zones.get(zone) if zone else None)

    def _values(self, mapped: dict[str, ValueColumn]) -> dict[str, Any]:
        read = {name: self._value(one) for name, one in mapped.items()}
        return {name: value for name, value in read.items() if value is not None}

    def _value(self, mapped: ValueColumn) -> Any:
        if mapped.column is None:
            return mapped.constant
        text = _evened(self._cells.get(mapped.column, "").strip(), mapped.case)
        if text in mapped.values:
            return mapped.values[text]
        if not text:
            return None
        try:
            return _READERS[mapped.type](self, text, mapped)
        except (ValueError, OverflowError):
            form = f" of the form {mapped.format}" if mapped.format else ""
            self._fault(mapped.column, f"{text[:80]!r} is no {mapped.type.value}{form}.")
            return None

    def _read_date_time(self, text: str, mapped: ValueColumn) -> str:
        return self._moment(text, mapped).isoformat()


@lru_cache(maxsize=4096)
def _moment(text: str, form: str | None, zone: ZoneInfo | None) -> datetime:
    """The moment of a text; days repeat themselves, and `strptime` is slow."""
    moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - zone comes next
    at = (moment.replace(tzinfo=zone) if moment.tzinfo is None and zone is not None else moment).astimezone(UTC)
    if not tellable(at):
        raise ValueError(text)
    return at


def _evened(text: str, case: Case) -> str:
    if case is Case.AS_IS:
        return text
    return text.lower() if case is Case.LOWER else "_".join(text.lower().split())


def _need(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _boolean(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError(text)
    return _WORDS[text.lower()]


def _date(text: str, form: str | None) -> str:
    day = datetime.strptime(text, form).date() if form else date.fromisoformat(text)  # noqa: DTZ007 - a day has no zone
    return day.isoformat()


_READERS: dict[ValueType, Callable[[RowReading, str, ValueColumn], Any]] = {
    ValueType.TEXT: lambda _, text, __: text,
    ValueType.INTEGER: lambda _, text, __: int(_need(_WHOLE, text).split(".", maxsplit=1)[0]),
    ValueType.DECIMAL: lambda _, text, __: _need(_NUMBER, text),
    ValueType.BOOLEAN: lambda _, text, __: _boolean(text),
    ValueType.LIST: lambda _, text, m: [part.strip() for part in text.split(m.separator) if part.strip()],
    ValueType.DATE: lambda _, text, m: _date(text, m.format),
    ValueType.DATE_TIME: RowReading._read_date_time,
}
