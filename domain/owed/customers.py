"""What kinds about customers have in common: since when one is a customer, what shows in it, who turned to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.document.journey import StageKind
from domain.document.limits import TimeLimit
from domain.document.owners import Owner
from domain.lead import Lead
from domain.owed.kind import Case, Claim, Touch
from domain.party import Party

_WON = StageKind.WON.value


def customer(case: Case) -> Lead | None:
    """The lead, if it is a customer."""
    lead = case.lead
    return lead if lead is not None and lead.stage_kind == _WON else None


def became_customer(case: Case) -> datetime | None:
    """When it became one, if that happened here; the imported past owes nothing by itself."""
    lead = customer(case)
    return lead.stage_clock_from if lead else None


def shown(case: Case, key: str) -> dict[str, datetime]:
    """The occasions on which a sign shows now, at most one, and since when."""
    lead = customer(case)
    named = (sign.split(" ") for sign in (lead.signs if lead else ()))
    return {f"{own} {since}": datetime.fromisoformat(since) for own, since in named if own == key}


def standing(case: Case, kind: str, key: str) -> dict[str, datetime]:
    """The occasions of a sign that are still owed, and since when it showed."""
    named = [(one.occasion, one.occasion.split(" ")) for one in case.standing if one.kind == kind]
    return {occasion: datetime.fromisoformat(since) for occasion, (own, since) in named if own == key}


def contact(touch: Touch) -> str | None:
    """What is remembered of a touch with a customer, where somebody turned to it: the party and what it did."""
    if not touch.outbound or touch.party is None or touch.activity is None:
        return None
    return f"{touch.party.value} {touch.activity}"


def contacts(case: Case, kind: str) -> list[tuple[datetime, Party, str]]:
    """When whom turned to the customer with what, in order."""
    named = ((deed.at, deed.occasion.split(" ")) for deed in case.deeds if deed.kind == kind)
    return sorted((at, Party(party), activity) for at, (party, activity) in named)


def answered(case: Case, kind: str, owner: Owner, activities: Iterable[str], *, since: datetime) -> Iterator[datetime]:
    """When the party that owes turned to the customer from a moment on, with certain activities or with any."""
    wanted = frozenset(activities)
    for at, party, activity in contacts(case, kind):
        if at >= since and party is owner.party and (not wanted or activity in wanted):
            yield at


def claim_of(owner: Owner, limit: TimeLimit, occasion: str, start: datetime, met_at: datetime | None = None) -> Claim:
    """What is owed to a customer by an owner from a moment on."""
    return Claim(
        start=start,
        limit=limit,
        occasion=occasion,
        met_at=met_at,
        party=owner.party,
        team=owner.team,
        assignee=owner.person,
    )
