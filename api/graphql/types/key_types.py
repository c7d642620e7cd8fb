"""Who is signed in, and the keys with which one signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.graphql.parts import nodes
from api.graphql.parts.context import Context
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import published
from api.graphql.parts.shown import shown
from application.reading import single
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal, Role


@published
class Viewer:
    """Who asks."""

    role: Role
    """Its rights."""
    party: Party | None
    """The party it belongs to."""
    person: str | None
    """The person, where it is one."""
    teams: list[str]
    """The keys of the teams whose handovers it sees."""
    scopes: list[str]
    """The purpose of its key."""

    @classmethod
    def of(cls, principal: Principal) -> Viewer:
        """The principal as it is shown."""
        return cls(
            role=principal.role,
            party=principal.party,
            person=principal.person,
            teams=sorted(principal.teams),
            scopes=sorted(principal.scopes),
        )


@published
class ApiKey(Node):
    """A key with which a person or a tool signs in; its secret is told once, when it is made."""

    name: str
    """Its name."""
    role: Role
    """Its rights."""
    party: Party | None
    """The party it signs for."""
    person: str | None
    """The person it belongs to."""
    teams: list[str]
    """The keys of the teams whose handovers it sees."""
    scopes: list[str]
    """Its purpose."""
    created_at: datetime
    """When it was made."""
    expires_at: datetime | None
    """When it expires."""
    last_used_at: datetime | None
    """When it was last used, to the minute."""
    revoked_at: datetime | None
    """When it was revoked."""

    @classmethod
    def of(cls, record: single.ApiKey) -> ApiKey:
        """The key as it is shown."""
        return shown(
            cls,
            record,
            id=global_id("ApiKey", record.id),
        )


@nodes.loads("ApiKey")
async def api_keys(context: Context, ids: list[UUID]) -> Sequence[ApiKey | None]:
    """Keys by id; only admins see them."""
    if not rights.may(context.principal, "Node.ApiKey"):
        return [None] * len(ids)
    return [None if k is None else ApiKey.of(k) for k in await single.keys_by_ids(context.application, ids)]
