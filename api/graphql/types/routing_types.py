"""The record of how a handover found somebody: who was passed over and why, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.graphql.parts.published import published
from domain.handovers import handover as domain
from domain.handovers import routing
from domain.handovers.routing import Obstacle, QueueReason


@published
class MemberPassedOver:
    """A person who could not take a handover."""

    person: str
    """Who."""
    obstacle: Obstacle
    """The reason against it."""


@published
class TeamPassedOver:
    """A team that could not take a handover."""

    team: str
    """The key of the team."""
    reason: QueueReason
    """Why not."""
    members: list[MemberPassedOver]
    """The reasons against each of its members."""


def teams_passed_over(passed: Sequence[routing.TeamPassedOver]) -> list[TeamPassedOver]:
    """The teams as they are shown."""
    return [TeamPassedOver(team=one.team, reason=one.reason, members=_members(one.members)) for one in passed]


def _members(passed: Sequence[routing.MemberPassedOver]) -> list[MemberPassedOver]:
    return [MemberPassedOver(person=one.person, obstacle=one.obstacle) for one in passed]


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    """The elapsed time between two instants; null where one is missing, nothing where they are turned."""
    return None if start is None or end is None else max(end - start, timedelta())


@published
class SystemDelay:
    """From a lead's being due to somebody's having it; elapsed time."""

    to_offer: timedelta
    """From qualifiedAt to offeredAt."""
    to_assign: timedelta | None
    """From offeredAt to firstAssignedAt, the time in the queue; null while it waits there."""
    total: timedelta | None
    """From qualifiedAt to firstAssignedAt."""

    @classmethod
    def of(cls, record: domain.Handover) -> SystemDelay:
        """The delay of a handover."""
        return cls(
            to_offer=max(record.offered_at - record.qualified_at, timedelta()),
            to_assign=_between(record.offered_at, record.first_assigned_at),
            total=_between(record.qualified_at, record.first_assigned_at),
        )


@published
class HumanDelay:
    """From somebody's having it to the answer and the first contact; elapsed time."""

    to_answer: timedelta | None
    """From firstAssignedAt to answeredAt; null without one of them."""
    to_attempt: timedelta | None
    """From answeredAt to firstAttemptAt, nothing where the attempt came first; null without one of them."""
    to_contact: timedelta | None
    """From answeredAt to contactedAt, nothing where the contact came first; null without one of them."""
    total: timedelta | None
    """From firstAssignedAt to contactedAt."""

    @classmethod
    def of(cls, record: domain.Handover) -> HumanDelay:
        """The delay of a handover."""
        return cls(
            to_answer=_between(record.first_assigned_at, record.answered_at),
            to_attempt=_between(record.answered_at, record.first_attempt_at),
            to_contact=_between(record.answered_at, record.contacted_at),
            total=_between(record.first_assigned_at, record.contacted_at),
        )
