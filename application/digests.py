"""Telling gathered notices: one event for each recipient whose oldest notice has waited long enough [S3.2b]."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from application.work import House, Work
from domain.notice import split_key
from persistence import notices
from persistence.notices import Gathered

RECIPIENTS = 50
"""How many recipients are told in one transaction."""


async def send_digests(house: House) -> bool:
    """Tell what was gathered for those whose time has come; True when more may be waiting."""
    async with house.database.reading() as connection:
        if not await notices.any_due(connection, now=house.time.now()):
            return False

    async def body(work: Work) -> bool:
        taken = await notices.take_due(work.connection, now=work.now, limit=RECIPIENTS)
        told = 0
        for (recipient, _), found in groupby(taken, key=lambda n: (n.recipient, n.agreement_id)):
            _tell(work, recipient, list(found))
            told += 1
        return told == RECIPIENTS

    return await house.transact(body)


def _tell(work: Work, recipient: str, found: list[Gathered]) -> None:
    first = found[0]
    payload = {
        "recipient": split_key(recipient),
        "count": first.number,
        "stillOpen": first.still_open,
        "notices": [{**n.about, "at": n.at.isoformat(), "open": n.open} for n in found],
    }
    visible = _seen_by_all_of(found) if recipient.startswith("person:") else ()
    work.tell("notice.digest", ("Agreement", first.agreement_id), payload=payload, visible_to=visible)


def _seen_by_all_of(found: Iterable[Any]) -> list[str]:
    """The teams that see every one of the notices; a digest for a whole party is for those who see everything."""
    return sorted(set.intersection(*(set(n.visible_to) for n in found)))
