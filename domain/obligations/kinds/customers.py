"""The base of the kinds about customers: since when one is a customer, what shows in it, who turned to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.document.sections.journey import StageKind
from domain.document.sections.limits import TimeLimit
from domain.document.sections.owners import Owner
from domain.leads.lead import Lead
from domain.obligations.kind import Interaction, ObligationContext, ObligationSpec
from domain.party import Party
from domain.words.keys import ItemSince, PartyDid

_WON = StageKind.WON.value


def customer(context: ObligationContext) -> Lead | None:
    """The lead, if it is a customer."""
    lead = context.lead
    return lead if lead is not None and lead.stage_kind == _WON else None


def became_customer(context: ObligationContext) -> datetime | None:
    """Return when it became one, if that happened here; the imported past owes nothing by itself."""
    lead = customer(context)
    return lead.stage_clock_from if lead else None


def shown(context: ObligationContext, key: str) -> dict[str, datetime]:
    """The occasions on which a sign shows now, at most one, and since when."""
    lead = customer(context)
    signs = map(ItemSince.read, lead.signs if lead else ())
    return {sign.text: sign.since for sign in signs if sign.item == key}


def standing(context: ObligationContext, kind: str, key: str) -> dict[str, datetime]:
    """The occasions of a sign that are still owed, and since when it showed."""
    keys = (ItemSince.read(one.instance_key) for one in context.standing if one.kind == kind)
    return {own.text: own.since for own in keys if own.item == key}


def contact(interaction: Interaction) -> str | None:
    """Return what is remembered of a touch with a customer, where somebody turned to it: the party and what it did."""
    if not interaction.outbound or interaction.party is None or interaction.activity is None:
        return None
    return PartyDid(interaction.party.value, interaction.activity).text


def contacts(context: ObligationContext, kind: str) -> list[tuple[datetime, Party, str]]:
    """Return when whom turned to the customer with what, in order."""
    named = (
        (fulfilment.at, PartyDid.read(fulfilment.instance_key))
        for fulfilment in context.fulfilments
        if fulfilment.kind == kind
    )
    return sorted((at, Party(party), activity) for at, (party, activity) in named)


def answered(
    context: ObligationContext, kind: str, owner: Owner, activities: Iterable[str], *, since: datetime
) -> Iterator[datetime]:
    """Return when the party that owes turned to the customer from a moment on, with certain activities or with any."""
    wanted = frozenset(activities)
    for at, party, activity in contacts(context, kind):
        if at >= since and party is owner.party and (not wanted or activity in wanted):
            yield at


def claim_of(
    owner: Owner, limit: TimeLimit, instance_key: str, start: datetime, met_at: datetime | None = None
) -> ObligationSpec:
    """Return what is owed to a customer by an owner from a moment on."""
    return ObligationSpec(
        start=start,
        limit=limit,
        instance_key=instance_key,
        met_at=met_at,
        party=owner.party,
        team=owner.team,
        assignee=owner.person,
    )
