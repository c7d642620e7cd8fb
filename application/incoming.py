"""What senders may send: the shape of leads and activities, checked before anything is touched, all faults at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from application.books import ActiveBooks
from domain.document.fields import Typed
from domain.facts import FUTURE_TOLERANCE, Canonical
from domain.party import Party
from domain.refusal import Refusal
from domain.values import ValueFault, canonical_value
from domain.wall_clock import tellable

MAX_ITEMS = 500
_KEY = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
MAX_TEXT = 500


class ItemStatus(StrEnum):
    """What became of one item of a batch."""

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


@dataclass(frozen=True)
class IncomingAccount:
    """A company as a sender describes it."""

    key: str
    name: str | None = None
    owner: str | None = None
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class IncomingLead:
    """A lead as a sender describes it; fields are merged into what is known, None clears."""

    external_id: str
    fields: Any
    account: IncomingAccount | None = None
    created_at: datetime | None = None
    observed_at: datetime | None = None
    same_as: tuple[str, str] | None = None
    """Another sender's source and key of the same lead."""


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


@dataclass
class ItemResult:
    """What became of one item."""

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


def key_faults(key: str, path: Sequence[str]) -> list[Refusal]:
    """The faults of a sender's key: 1 to 200 characters, no control characters, no blanks around it."""
    if _KEY.fullmatch(key) and key == key.strip():
        return []
    return [
        Refusal("MALFORMED_KEY", "A key has 1 to 200 characters, no control characters and no blanks around it.", path)
    ]


def read_fields(
    given: Any, known: Mapping[str, Typed], path: Sequence[str]
) -> tuple[dict[str, Canonical | None], list[Refusal]]:
    """The canonical values of given fields, and the faults: unknown fields, wrong types, values not allowed."""
    if given is None:
        return {}, []
    if not isinstance(given, Mapping):
        return {}, [Refusal("WRONG_TYPE", "Fields are an object of key and value.", path)]
    values: dict[str, Canonical | None] = {}
    faults: list[Refusal] = []
    for key, value in given.items():
        definition = known.get(key)
        if definition is None:
            faults.append(Refusal("UNKNOWN_FIELD", f"No active agreement knows a field {key[:80]!r}.", (*path, key)))
            continue
        try:
            values[key] = None if value is None else canonical_value(definition, value)
        except ValueFault as fault:
            faults.append(Refusal(fault.code, fault.message, (*path, key)))
    return values, faults


def moment_faults(at: datetime | None, name: str, *, now: datetime, since: datetime | None = None) -> list[Refusal]:
    """The fault of a moment that lies ahead by more than a sender's clock may be wrong, or stands for none.

    `since` is when what is done something with was there; before it nothing can be done.
    """
    if at is not None and since is not None and at < since:
        return [Refusal("VALUE_NOT_ALLOWED", f"{name} lies before {since.isoformat()}, when it began.", (name,))]
    if at is not None and not tellable(at):
        return [Refusal("VALUE_NOT_ALLOWED", f"{name} lies before 1900 or after 9999.", (name,))]
    if at is None or at <= now + FUTURE_TOLERANCE:
        return []
    return [Refusal("IN_FUTURE", f"{name} lies more than five minutes ahead.", (name,))]


@dataclass
class CheckedLead:
    """A lead whose fields are known and whose values have their types."""

    item: IncomingLead
    fields: dict[str, Canonical | None]
    account_fields: dict[str, Canonical | None]


def check_lead(item: IncomingLead, active: ActiveBooks, *, now: datetime) -> tuple[CheckedLead, list[Refusal]]:
    """Check one lead against the vocabulary in force."""
    faults = key_faults(item.external_id, ("externalId",))
    faults += moment_faults(item.created_at, "createdAt", now=now)
    faults += moment_faults(item.observed_at, "observedAt", now=now)
    fields, wrong = read_fields(item.fields, active.lead_fields, ("fields",))
    if item.fields is None:
        wrong = [Refusal("WRONG_TYPE", "Fields are an object of key and value.", ("fields",))]
    account_fields: dict[str, Canonical | None] = {}
    if item.account is not None:
        faults += key_faults(item.account.key, ("account", "key"))
        faults += _text_faults({"name": item.account.name, "owner": item.account.owner}, ("account",))
        account_fields, more = read_fields(item.account.fields, active.account_fields, ("account", "fields"))
        wrong += more
    return CheckedLead(item, fields, account_fields), faults + wrong


def check_activity(
    item: IncomingActivity, active: ActiveBooks, *, now: datetime
) -> tuple[dict[str, Canonical], list[Refusal]]:
    """Check one activity against the vocabulary in force; tell its canonical fields."""
    faults = [*key_faults(item.key, ("key",)), *key_faults(item.lead, ("lead",))]
    faults += moment_faults(item.occurred_at, "occurredAt", now=now)
    said = {"person": item.person, "channel": item.channel, "campaign": item.campaign, "content": item.content}
    faults += _text_faults(said, ())
    activity_type = active.activity_types.get(item.type)
    if activity_type is None:
        message = f"No active agreement knows an activity type {item.type[:80]!r}."
        return {}, [*faults, Refusal("UNKNOWN_ACTIVITY_TYPE", message, ("type",))]
    if item.fields is None:
        return {}, faults
    known = {definition.key: definition for definition in activity_type.fields}
    fields, wrong = read_fields(item.fields, known, ("fields",))
    return {key: value for key, value in fields.items() if value is not None}, faults + wrong


def _text_faults(texts: Mapping[str, str | None], path: Sequence[str]) -> list[Refusal]:
    return [
        Refusal("WRONG_TYPE", f"At most {MAX_TEXT} characters, without NUL.", (*path, name))
        for name, value in texts.items()
        if value is not None and (len(value) > MAX_TEXT or "\x00" in value)
    ]


def refuse_all(results: Sequence[ItemResult]) -> None:
    """Refuse the good items of an atomic batch that has bad ones."""
    for result in results:
        if not result.faults:
            result.status = ItemStatus.REFUSED
            result.faults.append(Refusal("BATCH_REFUSED", "Another item of this atomic batch is at fault."))
            result.lead_id = None
