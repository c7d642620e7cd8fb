"""Mutations of teams, keys and consumers of events."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.lists.event_cursors import read_event_cursor, write_event_cursor
from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Info
from api.graphql.parts.published import published, published_input
from api.graphql.parts.scalars import Cursor
from api.graphql.parts.shown import shown
from api.graphql.parts.user_errors import UserError
from api.graphql.types import team_types
from api.graphql.types.ids import row_of
from api.graphql.types.key_types import ApiKey
from api.graphql.types.team_inputs import SetAbsenceInput, UpsertTeamInput
from api.graphql.types.team_types import Team
from application.directory import edit_team, manage_keys, set_absence
from application.reading import follow_events
from domain.party import Party
from domain.people import team as domain
from domain.people.principal import Role
from domain.refusal import Refusal


@published_input
class CreateApiKeyInput:
    """A key for a person or a tool."""

    name: str
    """Its name."""
    role: Role
    """Its rights."""
    party: Party | None = None
    """The party it signs for; roles that belong to a party have it."""
    person: str | None = None
    """The person it belongs to; only a person signs."""
    teams: list[str] | None = None
    """The keys of the teams whose handovers it sees; each has to be in the directory."""
    scopes: list[str] | None = None
    """Its scopes; there are none yet, so each is VALUE_NOT_ALLOWED."""
    expires_at: datetime | None = None
    """When it expires; never, if absent."""


@published_input
class RevokeApiKeyInput:
    """A key that is to be revoked."""

    api_key: strawberry.ID
    """The id of the key."""


@published_input
class AckEventsInput:
    """The place up to which a consumer has dealt with the events."""

    consumer: str
    """The consumer's name; each key has consumers of its own."""
    cursor: Cursor
    """The cursor of the last event that was dealt with."""


@published
class Unattended:
    """The work of a person who is an active member of no team any longer."""

    person: str
    """The person."""
    handovers: int
    """The number of accepted handovers that somebody has to take over."""
    prospects: int
    """The number of leads in the person's care."""
    obligations: int
    """The number of obligations about those handovers."""
    rerouted: int
    """The number of offered handovers that were routed again."""


@published
class TeamPayload:
    """A team after what was done."""

    team: Team | None = None
    """The team."""
    unattended: list[Unattended]
    """The work of people who left by this."""
    errors: list[UserError]
    """The faults of the input."""

    @staticmethod
    def of_refusal(_refusal: Refusal) -> dict[str, list[Unattended]]:
        """The rest of the answer when the mutation was refused."""
        return {"unattended": []}


@published
class CreateApiKeyPayload:
    """The new key."""

    api_key: ApiKey | None = None
    """The key."""
    secret: str | None = None
    """The secret that one signs in with; it is told here and never again."""
    errors: list[UserError]
    """The faults of the input."""


@published
class RevokeApiKeyPayload:
    """The revoked key."""

    api_key: ApiKey | None = None
    """The key."""
    errors: list[UserError]
    """The faults of the input."""


@published
class AckEventsPayload:
    """Where the consumer stands."""

    cursor: Cursor | None = None
    """The cursor up to which it has acknowledged; never goes backwards."""
    errors: list[UserError]
    """The faults of the input."""


@published
class Administration:
    """Teams, keys and consumers."""

    @mutation(TeamPayload)
    async def upsert_team(self, info: Info, input: UpsertTeamInput) -> TeamPayload:
        """Create a team, or replace what is known of it."""
        team = domain.Team(
            input.key,
            input.title,
            input.party,
            input.lead_person,
            input.calendar,
            tuple(member.member() for member in input.members),
        )
        edited = await edit_team.upsert_team(info.context.application, info.context.principal, team=team)
        unattended = [shown(Unattended, one) for one in edited.unattended]
        return TeamPayload(team=await team_types.team(info.context, edited.key), unattended=unattended, errors=[])

    @mutation(TeamPayload)
    async def set_absence(self, info: Info, input: SetAbsenceInput) -> TeamPayload:
        """Note when a person is absent; handovers the person has stay, new ones go to others."""
        key = await set_absence.set_absence(
            info.context.application,
            info.context.principal,
            person=input.person,
            absence=domain.Absence(input.from_, input.until),
            cancel=input.cancel is True,
        )
        return TeamPayload(team=await team_types.team(info.context, key), unattended=[], errors=[])

    @mutation(CreateApiKeyPayload)
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
        """Make a key; its secret is told once."""
        key, secret = await manage_keys.create_key(
            info.context.application,
            info.context.principal,
            name=input.name,
            role=input.role,
            party=input.party,
            person=input.person,
            team_keys=input.teams or (),
            scopes=input.scopes or (),
            expires_at=input.expires_at,
        )
        return CreateApiKeyPayload(api_key=ApiKey.of(key), secret=secret, errors=[])

    @mutation(RevokeApiKeyPayload)
    async def revoke_api_key(self, info: Info, input: RevokeApiKeyInput) -> RevokeApiKeyPayload:
        """Revoke a key for good; within a second nobody signs in with it and its subscriptions end."""
        key = await manage_keys.revoke_key(
            info.context.application, info.context.principal, key_id=row_of(input.api_key, "ApiKey")
        )
        return RevokeApiKeyPayload(api_key=ApiKey.of(key), errors=[])

    @mutation(AckEventsPayload)
    async def ack_events(self, info: Info, input: AckEventsInput) -> AckEventsPayload:
        """Remember how far a consumer has dealt with the events; its subscriptions go on from there."""
        position = await follow_events.acknowledge(
            info.context.application,
            info.context.principal,
            consumer=input.consumer,
            position=read_event_cursor(input.cursor, "cursor"),
        )
        return AckEventsPayload(cursor=write_event_cursor(position), errors=[])
