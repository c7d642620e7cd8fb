"""From a row of a table to a lead, activities and stages, as a mapping says; faults are kept with the row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from application.intake.importing.amounts import ACCOUNT, LEAD, NONE, Amounts
from application.intake.importing.header import Header
from application.intake.importing.mapping import Mapping
from application.intake.importing.mapping_parts import (
    PLACE,
    ActivityMap,
    LetterCase,
    StageMap,
    TimeColumn,
    ValueColumn,
    ValueType,
)
from application.intake.importing.numbers import Ambiguous, certain, decimal, whole
from application.intake.importing.records import Record
from application.runtime.incoming import ABSENT, Absent, IncomingAccount, IncomingActivity, IncomingLead, OnFault
from domain.refusal import Refusal
from domain.time.wall_clock import representable

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


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
    """The content of one row, or the faults for which it says nothing."""

    number: int
    """The line of the file at which the row begins; 1 is the header."""
    lead: IncomingLead
    activities: list[IncomingActivity] = field(default_factory=list)
    stages: list[PastStage] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)
    skipped: list[Refusal] = field(default_factory=list)
    """Why values of it were left out, which does not refuse it."""
    left_out: bool = False
    """True if it holds nothing at all."""
    unread: bool = False
    """True if its faults are such that nothing of it could be read."""


class RowReading:
    """Reads the rows of one file."""

    def __init__(self, mapping: Mapping, header: Header, amounts: Amounts = NONE) -> None:
        self._mapping = mapping
        self._amounts = amounts
        self._header = header
        self._zones = {name: ZoneInfo(name) for name in mapping.zones()}
        self._cells: dict[str, str] = {}
        self._faults: list[Refusal] = []
        self._skipped: list[Refusal] = []

    def row(self, record: Record) -> ImportedRow:
        """Return what a row says; of one cause only one fault is told."""
        self._faults, self._skipped = [], []
        number, cells, width = record.line, record.cells, self._header.width
        self._cells = {name: cells[place] for name, place in self._header.places.items() if place < len(cells)}
        external_id = self._pattern(self._mapping.external_id)
        nobody = IncomingLead(external_id, {})
        if record.blank:
            return ImportedRow(number, nobody, left_out=True)
        if record.fault is not None:
            message = f"The quotes of this line are not in order: {record.fault}."
            return ImportedRow(number, nobody, faults=[Refusal("ROW_QUOTING", message)], unread=True)
        if len(cells) != width:
            message = f"The row has {len(cells)} columns, the header {width}."
            return ImportedRow(number, nobody, faults=[Refusal("ROW_LENGTH", message)], unread=True)
        if not external_id:
            fault = _no_key(self._mapping.external_id, ("externalId",))
            return ImportedRow(number, nobody, faults=[fault], unread=True)
        row = ImportedRow(number, self._lead(), faults=self._faults, skipped=self._skipped)
        row.activities = [a for a in map(self._activity, self._mapping.activities) if a is not None]
        row.stages = [s for s in map(self._stage, self._mapping.stages) if s is not None]
        return row

    def _lead(self) -> IncomingLead:
        mapping = self._mapping
        return IncomingLead(
            external_id=self._pattern(mapping.external_id),
            fields=self._values(LEAD, mapping.fields),
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
        return IncomingAccount(key, name, owner, self._values(ACCOUNT, mapped.fields))

    def _activity(self, mapped: ActivityMap) -> IncomingActivity | None:
        at = self._time(mapped.at)
        if at is None:
            return None
        key = self._pattern(mapped.key)
        if not key:
            self._faults.append(_no_key(mapped.key, ("activities", "key")))
            return None
        return IncomingActivity(
            key=key,
            lead=self._pattern(self._mapping.external_id),
            type=mapped.type,
            occurred_at=at,
            party=mapped.party,
            person=self._text(mapped.person),
            channel=self._text(mapped.channel),
            campaign=self._text(mapped.campaign),
            content=self._text(mapped.content),
            fields=self._values(mapped.type, mapped.fields),
        )

    def _stage(self, mapped: StageMap) -> PastStage | None:
        at = self._time(mapped.at)
        if at is None:
            return None
        value = self._text(mapped.value)
        try:
            amount = None if value is None else Decimal(decimal(value, self._mapping.numbers))
        except Ambiguous:
            self._ambiguous(str(mapped.value), value or "")
            return None
        except ValueError:
            self._fault(str(mapped.value), f"{(value or '')[:80]!r} is no number.")
            return None
        return PastStage(mapped.stage, at, amount, mapped.currency, self._text(mapped.reason))

    def _pattern(self, pattern: str) -> str:
        """The text of a pattern; nothing where one of its places is empty, since then it would name several."""
        cells = self._cells
        if PLACE.search(pattern) is None:
            return cells.get(pattern, "").strip()
        if not all(cells.get(column, "").strip() for column in PLACE.findall(pattern)):
            return ""
        return PLACE.sub(lambda place: cells[place[1]].strip(), pattern).strip()

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

    def _fault(self, column: str, message: str, code: str = "WRONG_TYPE", *, skip: bool = False) -> None:
        told = self._skipped if skip else self._faults
        if not any(fault.path == (column,) and fault.message == message for fault in told):
            told.append(Refusal(code, message, (column,)))

    def _ambiguous(self, column: str, text: str, *, skip: bool = False) -> None:
        message = (
            f"{text[:80]!r} may be a number with decimals or one with thousands; say `numbers: PLAIN`, or mend it."
        )
        self._fault(column, message, "AMBIGUOUS_NUMBER", skip=skip)

    def _moment(self, text: str, mapped: TimeColumn | ValueColumn) -> datetime:
        zone = mapped.time_zone or self._mapping.time_zone
        return _moment(text, mapped.format, self._zones.get(zone) if zone else None)

    def _values(self, has: str, mapped: dict[str, ValueColumn]) -> dict[str, Any]:
        read = {name: self._value(one, (has, name) in self._amounts) for name, one in mapped.items()}
        return {name: value for name, value in read.items() if value is not None}

    def _value(self, mapped: ValueColumn, amount: bool) -> Any:
        if mapped.column is None:
            return mapped.constant
        text = _evened(self._cells.get(mapped.column, "").strip(), mapped.case)
        if text in mapped.values:
            return mapped.values[text]
        if not text:
            return None
        skip = (mapped.on_fault or self._mapping.on_fault) is OnFault.SKIP_VALUE
        try:
            if amount and mapped.type is ValueType.TEXT:
                certain(text, mapped.numbers or self._mapping.numbers)
            return _READERS[mapped.type](self, text, mapped)
        except Ambiguous:
            self._ambiguous(mapped.column, text, skip=skip)
        except (ValueError, OverflowError):
            form = f" of the form {mapped.format}" if mapped.format else ""
            self._fault(mapped.column, f"{text[:80]!r} is no {mapped.type.value}{form}.", skip=skip)
        return None

    def _read_whole(self, text: str, mapped: ValueColumn) -> int:
        return whole(text, mapped.numbers or self._mapping.numbers)

    def _read_decimal(self, text: str, mapped: ValueColumn) -> str:
        return decimal(text, mapped.numbers or self._mapping.numbers)

    def _read_date_time(self, text: str, mapped: ValueColumn) -> str:
        return self._moment(text, mapped).isoformat()


@lru_cache(maxsize=4096)
def _moment(text: str, form: str | None, zone: ZoneInfo | None) -> datetime:
    """The moment of a text; days repeat themselves, and `strptime` is slow."""
    moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - zone comes next
    at = (moment.replace(tzinfo=zone) if moment.tzinfo is None and zone is not None else moment).astimezone(UTC)
    if not representable(at):
        raise ValueError(text)
    return at


def _evened(text: str, case: LetterCase) -> str:
    if case is LetterCase.AS_IS:
        return text
    return text.lower() if case is LetterCase.LOWER else "_".join(text.lower().split())


def _no_key(pattern: str, path: tuple[str, ...]) -> Refusal:
    return Refusal("MALFORMED_KEY", f"The key {pattern!r} has an empty place in this row.", path)


def _boolean(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError(text)
    return _WORDS[text.lower()]


def _date(text: str, form: str | None) -> str:
    day = datetime.strptime(text, form).date() if form else date.fromisoformat(text)  # noqa: DTZ007 - a day has no zone
    return day.isoformat()


_READERS: dict[ValueType, Callable[[RowReading, str, ValueColumn], Any]] = {
    ValueType.TEXT: lambda _, text, __: text,
    ValueType.INTEGER: RowReading._read_whole,
    ValueType.DECIMAL: RowReading._read_decimal,
    ValueType.BOOLEAN: lambda _, text, __: _boolean(text),
    ValueType.LIST: lambda _, text, m: [part.strip() for part in text.split(m.separator) if part.strip()],
    ValueType.DATE: lambda _, text, m: _date(text, m.format),
    ValueType.DATE_TIME: RowReading._read_date_time,
}
