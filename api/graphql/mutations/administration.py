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
from api.graphql.types.team_types import Team
from application.directory import edit_team, manage_keys, set_absence
from application.reading import follow_events
from domain.party import Party
from domain.people import team as domain
from domain.people.principal import Role
from domain.refusal import Refusal


@published_input
class TeamMemberInput:
    """A member of a team."""

    person: str
    """Who."""
    active: bool | None = None
    """Whether the person gets handovers at all; yes, if absent."""
    weight: int | None = None
    """The person's share of the team's handovers, where the route weighs; 1, if absent."""
    max_open: int | None = None
    """How many open handovers at most; without bound, if absent."""
    max_per_month: int | None = None
    """How many new ones in a calendar month of the team's time zone at most; without bound, if absent."""
    skills: list[str] | None = None
    """What the person is good at, as routes name it."""

    def member(self) -> domain.Member:
        """The member as the directory knows it."""
        return domain.Member(
            person=self.person,
            active=self.active is not False,
            weight=1 if self.weight is None else self.weight,
            max_open=self.max_open,
            max_per_month=self.max_per_month,
            skills=tuple(self.skills or ()),
        )


@published_input
class UpsertTeamInput:
    """A team as it is to be; members that are not named are no longer in it."""

    key: str
    """Its key, by which documents name it."""
    title: str
    """Its title."""
    party: Party
    """Its party."""
    lead_person: str | None = None
    """Its leader."""
    calendar: str | None = None
    """The key of the calendar by which it works."""
    members: list[TeamMemberInput]
    """Its members, in order."""


@published_input
class SetAbsenceInput:
    """A time in which a person gets nothing new; absences that touch or overlap become one."""

    person: str
    """Who; a member of a team."""
    from_: datetime
    """From when."""
    until: datetime
    """To when; later than from."""
    cancel: bool | None = None
    """Whether the person is there in that time after all: it is taken out of the absences."""


@published_input
class CreateApiKeyInput:
    """A key for a person or a tool."""

    name: str
    """What it is called."""
    role: Role
    """What it may do."""
    party: Party | None = None
    """The party it signs for; roles that belong to a party have it."""
    person: str | None = None
    """The person it belongs to; only a person signs."""
    teams: list[str] | None = None
    """The keys of the teams whose handovers it sees; each has to be in the directory."""
    scopes: list[str] | None = None
    """What it is limited to; there are none yet, so each is VALUE_NOT_ALLOWED."""
    expires_at: datetime | None = None
    """When it expires; never, if absent."""


@published_input
class RevokeApiKeyInput:
    """A key that is to be revoked."""

    api_key: strawberry.ID
    """The id of the key."""


@published_input
class AckEventsInput:
    """How far a consumer has dealt with the events."""

    consumer: str
    """The consumer's name; each key has consumers of its own."""
    cursor: Cursor
    """The cursor of the last event that was dealt with."""


@published
class Unattended:
    """What a person had who is an active member of no team any longer."""

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
    """What people have who left by this."""
    errors: list[UserError]
    """What is wrong with the input."""

    @staticmethod
    def of_refusal(_refusal: Refusal) -> dict[str, list[Unattended]]:
        """What else the answer holds when the mutation was refused."""
        return {"unattended": []}


@published
class CreateApiKeyPayload:
    """The new key."""

    api_key: ApiKey | None = None
    """The key."""
    secret: str | None = None
    """What one signs in with; it is told here and never again."""
    errors: list[UserError]
    """What is wrong with the input."""


@published
class RevokeApiKeyPayload:
    """The revoked key."""

    api_key: ApiKey | None = None
    """The key."""
    errors: list[UserError]
    """What is wrong with the input."""


@published
class AckEventsPayload:
    """Where the consumer stands."""

    cursor: Cursor | None = None
    """The cursor up to which it has acknowledged; never goes backwards."""
    errors: list[UserError]
    """What is wrong with the input."""


@published
class Administration:
    """Teams, keys and consumers."""

    @mutation(TeamPayload)
    async def upsert_team(self, info: Info, input: UpsertTeamInput) -> TeamPayload:
        """Create a team, or replace what is known of it."""
        team = domain.Team(
            input.key, input.title, input.party, input.lead_person, input.calendar,
            tuple(member.member() for member in input.members),
        )  # fmt: skip
        edited = await edit_team.upsert_team(info.context.application, info.context.principal, team=team)
        unattended = [shown(Unattended, one) for one in edited.unattended]
        return TeamPayload(team=await team_types.team(info.context, edited.key), unattended=unattended, errors=[])

    @mutation(TeamPayload)
    async def set_absence(self, info: Info, input: SetAbsenceInput) -> TeamPayload:
        """Note when a person is absent; handovers the person has stay, new ones go to others."""
        key = await set_absence.set_absence(
            info.context.application, info.context.principal, person=input.person,
            absence=domain.Absence(input.from_, input.until), cancel=input.cancel is True,
        )  # fmt: skip
        return TeamPayload(team=await team_types.team(info.context, key), unattended=[], errors=[])

    @mutation(CreateApiKeyPayload)
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
        """Make a key; its secret is told once."""
        key, secret = await manage_keys.create_key(
            info.context.application, info.context.principal, name=input.name, role=input.role, party=input.party,
            person=input.person, team_keys=input.teams or (), scopes=input.scopes or (), expires_at=input.expires_at,
        )  # fmt: skip
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
