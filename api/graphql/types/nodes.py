"""Nodes: what can be read again by its global id, and what events, obligations and breaches are about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from api.graphql.parts.context import Context
from api.graphql.parts.global_ids import Node, NodeReader
from api.graphql.types import (
    activity_types,
    comment_types,
    decision_types,
    event_types,
    handover_types,
    key_types,
    lead_types,
    obligation_types,
    simulation_types,
    team_types,
    version_types,
)
from domain.people import rights

Loader = Callable[[Context, list[UUID]], Awaitable[Sequence[Any]]]


def loaders() -> dict[str, Loader]:
    """By type, how its things are read by their ids, as far as the asker sees them."""
    return {
        "Lead": lead_types.leads,
        "Account": lead_types.accounts,
        "Activity": activity_types.activities,
        "Decision": decision_types.decisions_seen,
        "Handover": handover_types.handovers,
        "Obligation": obligation_types.obligations,
        "Breach": obligation_types.breaches,
        "Agreement": version_types.agreements,
        "SlaVersion": version_types.versions,
        "SectionComment": comment_types.comments,
        "Team": team_types.teams,
        "ApiKey": key_types.api_keys,
        "Simulation": simulation_types.simulations,
        "Event": event_types.events,
    }


def readers() -> dict[str, NodeReader]:
    """By type, how one thing is read by its id."""
    return {name: _reader(name, loader) for name, loader in loaders().items()}


def _reader(name: str, loader: Loader) -> NodeReader:
    async def read(context: Context, key: UUID) -> Any:
        rights.need(context.principal, f"Node.{name}")
        return await context.load(loader, key)

    return read


async def subject(context: Context, type_name: str, key: UUID) -> Node | None:
    """What something is about, if the asker sees it."""
    loader = loaders().get(type_name)
    if loader is None or not rights.may(context.principal, f"Node.{type_name}"):
        return None
    found: Node | None = await context.load(loader, key)
    return found
