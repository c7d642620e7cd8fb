"""From a row of a table to a lead, activities, stages and consents, as a mapping says; faults are kept with the row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from application.intake.importing.agreed_types import ACCOUNT, LEAD, NONE, AgreedTypes
from application.intake.importing.cells import SHOWN, RowCells
from application.intake.importing.header import Header
from application.intake.importing.mapping import Mapping
from application.intake.importing.mapping_parts import ActivityMap, ConsentMap, StageMap
from application.intake.importing.records import Record
from application.intake.importing.row_values import ValueReading
from application.intake.record_consent import SaidConsent
from application.runtime.incoming import ABSENT, Absent, IncomingAccount, IncomingActivity, IncomingLead
from domain.party import Party
from domain.refusal import Refusal


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
    consents: list[SaidConsent] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)
    skipped: list[Refusal] = field(default_factory=list)
    """Why values of it were left out, which does not refuse it."""
    left_out: bool = False
    """True if it holds nothing at all, or the mapping leaves it out."""
    unread: bool = False
    """True if its faults are such that nothing of it could be read."""


class RowReading:
    """Reads the rows of one file."""

    def __init__(self, mapping: Mapping, header: Header, types: AgreedTypes = NONE) -> None:
        self._mapping = mapping
        self._header = header
        self._read = ValueReading(mapping, types)

    @property
    def unmapped(self) -> dict[str, list[str]]:
        """By column, the first texts that the mapping does not name."""
        return self._read.unmapped

    def row(self, record: Record) -> ImportedRow:
        """Return what a row says; of one cause only one fault is told."""
        number, cells, width = record.line, record.cells, self._header.width
        row = RowCells({name: cells[place] for name, place in self._header.places.items() if place < len(cells)})
        external_id = row.pattern(self._mapping.external_id)
        nobody = IncomingLead(external_id, {})
        if record.blank:
            return ImportedRow(number, nobody, left_out=True)
        unread = _unread(record, width)
        if unread is not None:
            return ImportedRow(number, nobody, faults=[unread], unread=True)
        skip = self._mapping.skip
        if skip is not None and skip.holds(row.text(skip.column)):
            return ImportedRow(number, nobody, left_out=True)
        if not external_id:
            fault = _no_key(self._mapping.external_id, ("externalId",))
            return ImportedRow(number, nobody, faults=[fault], unread=True)
        mapping = self._mapping
        read = ImportedRow(number, self._lead(row, external_id), faults=row.faults, skipped=row.skipped)
        told = (self._activity(row, external_id, one) for one in mapping.activities)
        read.activities = [activity for activity in told if activity is not None]
        read.stages = [stage for stage in (self._stage(row, one) for one in mapping.stages) if stage is not None]
        said = (self._consent(row, one, read.lead) for one in mapping.consents)
        read.consents = [consent for consent in said if consent is not None]
        return read

    def _lead(self, row: RowCells, external_id: str) -> IncomingLead:
        mapping = self._mapping
        return IncomingLead(
            external_id=external_id,
            fields=self._read.values(row, LEAD, mapping.fields),
            account=self._account(row),
            created_at=self._read.time(row, mapping.created_at),
            observed_at=self._read.time(row, mapping.observed_at),
        )

    def _account(self, row: RowCells) -> IncomingAccount | Absent | None:
        mapped = self._mapping.account
        if mapped is None:
            return ABSENT
        nothing = None if mapped.empty_clears else ABSENT
        key = row.pattern(mapped.key)
        if not key:
            return nothing
        name, owner = (
            ABSENT if column is None else row.text(column) or nothing for column in (mapped.name, mapped.owner)
        )
        return IncomingAccount(key, name, owner, self._read.values(row, ACCOUNT, mapped.fields))

    def _activity(self, row: RowCells, external_id: str, mapped: ActivityMap) -> IncomingActivity | None:
        if not row.text(mapped.at.column) or (mapped.when and not mapped.when.holds(row.text(mapped.when.column))):
            return None
        kind = self._read.text_word(row, mapped.type)
        at = self._read.time(row, mapped.at) if kind is not None else None
        if kind is None or at is None:
            return None
        key = row.pattern(mapped.key)
        if not key:
            row.faults.append(_no_key(mapped.key, ("activities", "key")))
            return None
        party = self._read.text_word(row, mapped.party)
        if party is not None and party not in set(Party):
            row.fault(str(mapped.party and mapped.party.column), f"{party[:SHOWN]!r} is no party.")
            return None
        return IncomingActivity(
            key=key,
            lead=external_id,
            type=kind,
            occurred_at=at,
            party=Party(party) if party is not None else None,
            person=row.text(mapped.person) or None,
            channel=self._read.text_word(row, mapped.channel),
            campaign=self._read.text_word(row, mapped.campaign),
            content=row.text(mapped.content) or None,
            fields=self._read.values(row, kind, mapped.fields),
        )

    def _stage(self, row: RowCells, mapped: StageMap) -> PastStage | None:
        if not row.text(mapped.at.column) or (mapped.when and not mapped.when.holds(row.text(mapped.when.column))):
            return None
        stage = self._read.text_word(row, mapped.stage)
        at = self._read.time(row, mapped.at) if stage is not None else None
        if stage is None or at is None:
            return None
        if mapped.value is None or not row.text(mapped.value):
            return PastStage(stage, at, None, None, self._read.text_word(row, mapped.reason))
        currency = self._read.text_word(row, mapped.currency)
        amount = self._read.amount(row, mapped.value, currency)
        if amount is None:
            return None
        return PastStage(stage, at, Decimal(amount), currency, self._read.text_word(row, mapped.reason))

    def _consent(self, row: RowCells, mapped: ConsentMap, lead: IncomingLead) -> SaidConsent | None:
        granted = self._read.truth(row, mapped.granted)
        purpose, channel = (self._read.text_word(row, word) for word in (mapped.purpose, mapped.channel))
        if granted is None or purpose is None or channel is None:
            return None
        at = self._read.time(row, mapped.at) or lead.observed_at
        expires_at = self._read.time(row, mapped.expires_at) if granted else None
        return SaidConsent(purpose, channel, granted, at, row.text(mapped.evidence) or None, expires_at)


def _unread(record: Record, width: int) -> Refusal | None:
    if record.fault is not None:
        return Refusal("ROW_QUOTING", f"The quotes of this line are not in order: {record.fault}.")
    if len(record.cells) != width:
        return Refusal("ROW_LENGTH", f"The row has {len(record.cells)} columns, the header {width}.")
    return None


def _no_key(pattern: str, path: tuple[str, ...]) -> Refusal:
    return Refusal("MALFORMED_KEY", f"The key {pattern!r} has an empty place in this row.", path)
