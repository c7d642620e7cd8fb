"""The values known of a moment, which stay: the same file again finds all of it known."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from uuid import UUID

from application.intake.learning import value_at
from domain.facts import Canonical
from domain.leads.lead import COMPANY, COMPANY_NAME, COMPANY_OWNER
from persistence.as_of.past import Timelines

_BESIDE = {COMPANY_NAME: "account.name", COMPANY_OWNER: "account.owner"}
"""The people's names of the values remembered beside fields."""


def keep_first_words(
    timelines: Timelines, subject: UUID, given: dict[str, Canonical | None], observed: datetime, *, dated: bool
) -> list[str]:
    """Take out of what is given what is known of the same moment; what contradicts it, in words.

    Without a time of its own a row tells of now, so that what holds now is known as well.
    """
    contradictions = []
    for name, value in list(given.items()):
        timeline = timelines.get((subject, name), [])
        if not dated and value_at(timeline, observed) == value:
            del given[name]
            continue
        begin = bisect_left(timeline, observed, key=lambda entry: entry[0])
        known = [entry[1] for entry in timeline[begin:] if entry[0] == observed]
        if known and value not in known:
            contradictions.append(_contradiction(name, value, known[0]))
        if known:
            del given[name]
    return contradictions


def _contradiction(name: str, value: Canonical | None, known: Canonical | None) -> str:
    if name == COMPANY:
        return "the account is another one than is known of that time, which stays"
    return f"{_BESIDE.get(name, name)} is {value!r}, but {known!r} is known of that time and stays"
