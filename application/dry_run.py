"""Asking without storing: a decision on any lead under any version, and when something would be due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.books import ActiveBooks, Book
from application.channels import heard_channel
from application.hindsight import Then
from application.incoming import (
    MAX_ITEMS,
    IncomingActivity,
    IncomingLead,
    check_activity,
    check_lead,
)
from application.work import House
from domain.business_time import NeverOpen
from domain.document.limits import TimeLimit
from domain.facts import ActivityFact, Canonical, LeadFacts
from domain.refusal import BadRequest, Refusal
from persistence import versions
from rules.rulebook import UnsoundDocument


async def dry_run(
    house: House,
    *,
    lead: IncomingLead,
    activities: Sequence[IncomingActivity] = (),
    agreement: str | None = None,
    version_id: UUID | None = None,
    at: datetime | None = None,
) -> Then:
    """Judge a lead as described, by a version, by an agreement's active version, or by whichever governs it."""
    now = house.time.now()
    async with house.database.reading() as connection:
        book, words = await _books(house, connection, agreement, version_id)
    facts, faults = _facts(lead, activities, words, now=now)
    if faults:
        raise BadRequest(faults)
    if book is None:
        book = words.governing(facts)
    if book is None:
        raise BadRequest([Refusal("NOT_FOUND", "No active agreement governs this lead.", ("agreement",))])
    try:
        then = Then(at or now, facts, book, recorded=False)
        then.decision  # noqa: B018 - judges
    except OverflowError:
        message = "At this moment the agreement's periods reach beyond the calendar."
        raise BadRequest([Refusal("VALUE_NOT_ALLOWED", message, ("at",))]) from None
    return then


async def _books(
    house: House, connection: AsyncConnection, agreement: str | None, version_id: UUID | None
) -> tuple[Book | None, ActiveBooks]:
    active = await house.shelf.active(connection)
    if agreement is None and version_id is None:
        return None, active
    book = await named_book(house, connection, agreement, version_id)
    try:
        book.rulebook  # noqa: B018 - compiles it, or tells why it cannot be judged by
    except UnsoundDocument as unsound:
        faults = [Refusal("INVALID_DOCUMENT", f"{f.path}: {f.message}", ("version",)) for f in unsound.findings]
        raise BadRequest(faults) from None
    return book, ActiveBooks([book], -1)


async def named_book(house: House, connection: AsyncConnection, agreement: str | None, version_id: UUID | None) -> Book:
    """The version that was named, or the active one of the agreement that was; BadRequest when there is none."""
    found = await versions.agreement_by(connection, key=agreement) if agreement is not None else None
    if agreement is not None and found is None:
        raise BadRequest([Refusal("NOT_FOUND", "There is no such agreement.", ("agreement",))])
    if version_id is None and found is not None:
        active = (await house.shelf.active(connection)).of_agreement(found.id)
        if active is None:
            raise BadRequest([Refusal("NOT_FOUND", "The agreement has no active version.", ("agreement",))])
        return active
    try:
        book = await house.shelf.version(connection, version_id) if version_id else None
    except LookupError:
        book = None
    if book is None or (found is not None and book.agreement_id != found.id):
        raise BadRequest([Refusal("NOT_FOUND", "There is no such version.", ("version",))])
    return book


def _facts(
    lead: IncomingLead, activities: Sequence[IncomingActivity], words: ActiveBooks, *, now: datetime
) -> tuple[LeadFacts, list[Refusal]]:
    checked, found = check_lead(lead, words, now=now)
    faults = [_below(fault, "lead") for fault in found]
    if len(activities) > MAX_ITEMS:
        faults.append(Refusal("TOO_MANY_ITEMS", f"At most {MAX_ITEMS} activities.", ("activities",)))
    known: dict[str, ActivityFact] = {}
    for index, item in enumerate(activities[:MAX_ITEMS]):
        fields, wrong = check_activity(item, words, now=now)
        wrong += heard_channel(item, words).unknown
        if item.lead != lead.external_id:
            wrong.append(Refusal("UNKNOWN_LEAD", "The activity is of another lead.", ("lead",)))
        faults += [_below(fault, "activities", str(index)) for fault in wrong]
        if not wrong:
            known.setdefault(item.key, _fact(item, fields, words))
    facts = LeadFacts(
        fields={key: value for key, value in checked.fields.items() if value is not None},
        account={key: value for key, value in checked.account_fields.items() if value is not None},
        activities=list(known.values()),
    )
    return facts, faults


def _fact(item: IncomingActivity, fields: dict[str, Canonical], words: ActiveBooks) -> ActivityFact:
    return ActivityFact(
        id=item.key,
        type=item.type,
        occurred_at=item.occurred_at,
        party=item.party,
        channel=heard_channel(item, words).channel,
        campaign=item.campaign,
        content=item.content,
        fields=fields,
    )


def _below(fault: Refusal, *path: str) -> Refusal:
    return Refusal(fault.code, fault.message, (*path, *(fault.path or ())))


async def deadline(
    house: House,
    *,
    start: datetime,
    limit: TimeLimit,
    agreement: str | None = None,
    version_id: UUID | None = None,
    calendar: str | None = None,
) -> datetime:
    """When a time limit that starts then is due, on a calendar of a version (default: the one the version names)."""
    async with house.database.reading() as connection:
        if agreement is None and version_id is None:
            books = (await house.shelf.active(connection)).books
            if len(books) != 1:
                message = f"{len(books)} agreements are active: name an agreement or a version."
                raise BadRequest([Refusal("VALUE_NOT_ALLOWED", message, ("agreement",))])
            book = books[0]
        else:
            book = await named_book(house, connection, agreement, version_id)
    key = calendar or book.document.default_calendar
    if key not in book.calendars:
        known = ", ".join(book.calendars)
        raise BadRequest([Refusal("NOT_FOUND", f"Known calendars: {known}.", ("calendar",))])
    try:
        return book.calendars[key].deadline(start, limit.duration, limit.clock)
    except (NeverOpen, OverflowError):
        raise BadRequest([Refusal("VALUE_NOT_ALLOWED", "The limit ends beyond the calendar.", ("limit",))]) from None
