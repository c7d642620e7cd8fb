"""EventSource gathered notices: one event for each recipient whose oldest notice has waited long enough [S3.2b]."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from application.runtime.transaction import Application, Transaction
from domain.events.obligations import NoticeDigest
from domain.handovers.notice import split_key
from persistence.handovers import notices
from persistence.handovers.notices import Gathered

RECIPIENTS = 50
"""The number of recipients told in one transaction."""


async def send_digests(application: Application) -> bool:
    """Tell what was gathered for those whose time has come; True when more may be waiting."""
    async with application.database.reading() as connection:
        if not await notices.any_due(connection, now=application.time.now()):
            return False

    async def body(transaction: Transaction) -> bool:
        taken = await notices.take_due(transaction.connection, now=transaction.now, limit=RECIPIENTS)
        told = 0
        for (recipient, _), found in groupby(taken, key=lambda n: (n.recipient, n.agreement_id)):
            _tell(transaction, recipient, list(found))
            told += 1
        return told == RECIPIENTS

    return await application.transact(body)


def _tell(transaction: Transaction, recipient: str, found: list[Gathered]) -> None:
    first = found[0]
    event = NoticeDigest(
        recipient=split_key(recipient),
        count=first.number,
        still_open=first.still_open,
        notices=[{**n.about, "at": n.at.isoformat(), "open": n.open} for n in found],
    )
    visible = _seen_by_all_of(found) if recipient.startswith("person:") else ()
    transaction.emit(event, first.agreement_id, visible_to=visible)


def _seen_by_all_of(found: Iterable[Any]) -> list[str]:
    """The teams that see every one of the notices; a digest for a whole party is for those who see everything."""
    return sorted(set.intersection(*(set(n.visible_to) for n in found)))
