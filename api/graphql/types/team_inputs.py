"""The inputs about teams."""

from __future__ import annotations

from datetime import datetime

from api.graphql.parts.published import published_input
from domain.party import Party
from domain.people import team as domain


@published_input
class TeamMemberInput:
    """A member of a team."""

    person: str
    """Who."""
    active: bool | None = None
    """True if the person gets handovers at all; yes, if absent."""
    weight: int | None = None
    """The person's share of the team's handovers, where the route weighs; 1, if absent."""
    max_open: int | None = None
    """The most open handovers; without bound, if absent."""
    max_per_month: int | None = None
    """The most new ones in a calendar month of the team's time zone; without bound, if absent."""
    skills: list[str] | None = None
    """The skills of the person, as routes name it."""

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
    """True if the person is there in that time after all: it is taken out of the absences."""
