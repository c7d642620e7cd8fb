"""The leads and activities that senders may send, checked before anything is touched, all faults at once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from application.runtime.compiled_versions import ActiveVersions
from application.runtime.item_faults import key_faults, moment_faults, not_storable, read_fields, storable, text_faults
from domain.facts import Canonical, is_blank
from domain.leads.lead import COMPANY_NAME, COMPANY_OWNER
from domain.party import Party
from domain.refusal import Refusal
from domain.words.near_words import did_you_mean

MAX_ITEMS = 500


class ItemStatus(StrEnum):
    """The result of one item of a batch."""

    CREATED = "CREATED"
    """A new lead."""
    UPDATED = "UPDATED"
    """A known lead that changed."""
    UNCHANGED = "UNCHANGED"
    """A known lead of which all was known."""
    RECORDED = "RECORDED"
    """A new activity."""
    DUPLICATE = "DUPLICATE"
    """An activity known already."""
    REFUSED = "REFUSED"
    """Not taken; the errors say why."""


class Absent(Enum):
    """The mark of a property that a sender leaves out, so that what is known stays."""

    ABSENT = "ABSENT"


ABSENT = Absent.ABSENT


class OnFault(StrEnum):
    """The treatment of a lead of which one value cannot be taken."""

    REFUSE_ITEM = "REFUSE_ITEM"
    """The lead is refused; the errors say why."""
    SKIP_VALUE = "SKIP_VALUE"
    """The value is left out and told in the errors; all the rest of the lead counts."""


@dataclass(frozen=True)
class IncomingAccount:
    """A company as a sender describes it; what is absent stays as it is known, None and blank clear it."""

    key: str
    name: str | Absent | None = ABSENT
    owner: str | Absent | None = ABSENT
    fields: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Blank is nothing."""
        _clear_blanks(self, ("name", "owner"))

    @property
    def known_by(self) -> dict[str, str | None]:
        """Return what is told of its name and owner."""
        said = {COMPANY_NAME: self.name, COMPANY_OWNER: self.owner}
        return {name: value for name, value in said.items() if not isinstance(value, Absent)}


@dataclass(frozen=True)
class IncomingLead:
    """A lead as a sender describes it; fields are merged into what is known, None clears."""

    external_id: str
    fields: Any
    account: IncomingAccount | Absent | None = ABSENT
    """The company; None: it belongs to none any more."""
    created_at: datetime | None = None
    observed_at: datetime | None = None
    same_as: tuple[str, str] | None = None
    """Another sender's source and key of the same lead."""

    @property
    def company(self) -> IncomingAccount | None:
        """The company it is said to belong to, if one is named."""
        return self.account if isinstance(self.account, IncomingAccount) else None


@dataclass(frozen=True)
class IncomingActivity:
    """An activity as a sender describes it."""

    key: str
    lead: str
    type: str
    occurred_at: datetime
    party: Party | None = None
    person: str | None = None
    channel: str | None = None
    campaign: str | None = None
    content: str | None = None
    fields: Any = None

    def __post_init__(self) -> None:
        """Blank is nothing."""
        _clear_blanks(self, ("person", "channel", "campaign", "content"))


def _clear_blanks(item: object, names: Iterable[str]) -> None:
    for name in names:
        said = getattr(item, name)
        if isinstance(said, str) and is_blank(said):
            object.__setattr__(item, name, None)


@dataclass
class ItemResult:
    """The result of one item."""

    index: int
    key: str | None
    status: ItemStatus = ItemStatus.REFUSED
    lead_id: UUID | None = None
    handover_id: UUID | None = None
    faults: list[Refusal] = field(default_factory=list)


def check_batch(items: Sequence[Any], source: str) -> list[Refusal]:
    """The faults of a batch as a whole."""
    faults = key_faults(source, ("source",))
    if len(items) > MAX_ITEMS:
        faults.append(Refusal("TOO_MANY_ITEMS", f"At most {MAX_ITEMS} items at a time."))
    return faults


@dataclass
class CheckedLead:
    """A lead whose fields are known and whose values have their types."""

    item: IncomingLead
    fields: dict[str, Canonical | None]
    account_fields: dict[str, Canonical | None]

    @property
    def company(self) -> IncomingAccount | None:
        """The company it is said to belong to, if one is named."""
        return self.item.company


@dataclass(frozen=True)
class Carried:
    """The fields of which a lead and a company have a value."""

    lead: Container[str] = ()
    account: Container[str] = ()


def check_lead(
    item: IncomingLead, active: ActiveVersions, *, now: datetime, carried: Carried = Carried()
) -> tuple[CheckedLead, list[Refusal]]:
    """Check one lead against the vocabulary in force, and against what it carries already."""
    faults = key_faults(item.external_id, ("externalId",))
    if item.same_as is not None and not all(map(storable, item.same_as)):
        faults.append(not_storable(("sameAs",)))
    faults += moment_faults(item.created_at, "createdAt", now=now)
    faults += moment_faults(item.observed_at, "observedAt", now=now)
    fields, wrong = read_fields(item.fields, active.lead_fields, ("fields",), carried.lead)
    if item.fields is None:
        wrong = [Refusal("WRONG_TYPE", "Fields are an object of key and value.", ("fields",))]
    account_fields: dict[str, Canonical | None] = {}
    if isinstance(item.account, IncomingAccount):
        faults += key_faults(item.account.key, ("account", "key"))
        faults += text_faults({"name": item.account.name, "owner": item.account.owner}, ("account",))
        place = ("account", "fields")
        account_fields, more = read_fields(item.account.fields, active.account_fields, place, carried.account)
        wrong += more
    return CheckedLead(item, fields, account_fields), faults + wrong


def check_activity(
    item: IncomingActivity, active: ActiveVersions, *, now: datetime
) -> tuple[dict[str, Canonical], list[Refusal]]:
    """Check one activity against the vocabulary in force; tell its canonical fields."""
    faults = [*key_faults(item.key, ("key",)), *key_faults(item.lead, ("lead",))]
    faults += moment_faults(item.occurred_at, "occurredAt", now=now)
    said = {"person": item.person, "channel": item.channel, "campaign": item.campaign, "content": item.content}
    faults += text_faults(said, ())
    activity_type = active.activity_types.get(item.type)
    if activity_type is None and not storable(item.type):
        return {}, [*faults, not_storable(("type",))]
    if activity_type is None:
        near = did_you_mean(item.type, active.activity_types)
        message = f"No version that counts here defines an activity type {item.type[:80]!r}.{near}"
        return {}, [*faults, Refusal("UNKNOWN_ACTIVITY_TYPE", message, ("type",))]
    known = {definition.key: definition for definition in activity_type.fields}
    fields, wrong = read_fields(item.fields, known, ("fields",))
    values = {key: value for key, value in fields.items() if not (value is None or is_blank(value))}
    for key, definition in known.items():
        if definition.required and key not in values and not any(fault.path == ("fields", key) for fault in wrong):
            message = f"An activity of type {item.type} needs its field {key}."
            wrong.append(Refusal("FIELD_REQUIRED", message, ("fields", key)))
    return values, faults + wrong


def refuse_all(results: Sequence[ItemResult], good: Sequence[ItemResult] | None = None) -> None:
    """Refuse the good items of an atomic batch that has bad ones; those without fault, unless they are named."""
    for result in [r for r in results if not r.faults] if good is None else good:
        result.status = ItemStatus.REFUSED
        result.faults.append(Refusal("BATCH_REFUSED", "Another item of this atomic batch is at fault."))
        result.lead_id = None
