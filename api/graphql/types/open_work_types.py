"""Open work that passes to another version: what would change, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.published import argument, field, published, published_interface
from api.graphql.types.finding_types import SlaFinding, findings_of
from api.graphql.types.links import HandoverLink, LeadLink
from application.agreements.version_migrations import SHOWN, Preview
from application.reading import single
from domain.agreements import open_work as domain
from domain.agreements.open_work import ClockChange

Shown = Annotated[int, argument(f"The largest number, up to {SHOWN}.")]


@published
class MovedClock:
    """A clock that another version changes."""

    kind: str
    """The kind of what is owed, such as answer."""
    change: ClockChange
    """The result."""
    team: str | None
    """The team that owes it."""
    assignee: str | None
    """The person who owes it."""
    due_before: datetime | None
    """When it is due now; null where nothing is owed yet."""
    due_after: datetime | None
    """When it would be due; null where nothing would be owed."""
    _clock: strawberry.Private[domain.MovedClock]

    @classmethod
    def of(cls, record: domain.MovedClock) -> MovedClock:
        """The clock as it is shown."""
        owed = record.obligation
        return cls(
            kind=owed.kind,
            change=record.change,
            team=owed.team,
            assignee=owed.assignee,
            due_before=record.due_before,
            due_after=record.due_after,
            _clock=record,
        )

    @field
    async def handover(self, info: Info) -> HandoverLink | None:
        """The handover that it is about."""
        owed = self._clock.obligation
        about = owed.subject_id if owed.subject_type == "Handover" else None
        return await nodes.node(info.context, "Handover", about) if about else None

    @field
    async def lead(self, info: Info) -> LeadLink | None:
        """The lead that it is about."""
        lead_id = self._clock.obligation.lead_id
        return await nodes.node(info.context, "Lead", lead_id) if lead_id else None


@published_interface
class OpenWorkCounts:
    """The amount of open work that passes to another version, and what of its clocks changes by that."""

    handovers: int
    """Open handovers that pass to the version."""
    leads: int
    """Leads of which something passes to it."""
    clocks_shorter: int
    """Clocks that are due earlier."""
    clocks_longer: int
    """Clocks that are due later."""
    clocks_unchanged: int
    """Clocks that stay due when they were."""
    due_at_once: int
    """Clocks that are overdue at once; they are counted as shorter, or as opened, too."""
    opened: int
    """The obligations that begin."""
    cancelled: int
    """The obligations that no longer hold."""


@published
class OpenWorkPreview(OpenWorkCounts):
    """The effect of moving open work to a version, as things are now."""

    complete: bool
    """True if all open work was looked at; of very much only as much as a request has time for."""
    vocabulary: list[SlaFinding]
    """The treatment of leads that carry words which the version takes away, such as stages; whether or not open work is
    moved."""
    _items: strawberry.Private[list[domain.MovedClock]]

    @classmethod
    def of(cls, tried: Preview) -> OpenWorkPreview:
        """The preview as it is shown."""
        return cls(
            **tried.counts.to_json(),
            complete=tried.complete,
            vocabulary=findings_of(tried.vocabulary),
            _items=tried.items,
        )

    @field
    def items(self, first: Shown = 20) -> list[MovedClock]:
        """The clocks that would change, the most urgent first: due at once, shorter, cancelled, opened, longer."""
        return [MovedClock.of(one) for one in self._items[: max(0, min(first, SHOWN))]]


@published
class OpenWorkMovement(OpenWorkCounts):
    """The moving of open work to a version that came into force, with what was moved so far."""

    started_at: datetime
    """When it began."""
    finished_at: datetime | None
    """When it ended; null while it lasts."""
    stopped: bool
    """True if another version came into force before all was moved."""

    @classmethod
    def of(cls, record: domain.Movement) -> OpenWorkMovement:
        """The movement as it is shown."""
        return cls(
            started_at=record.started_at,
            finished_at=record.finished_at,
            stopped=record.stopped,
            **record.counts.to_json(),
        )


async def movements(context: Context, version_ids: list[UUID]) -> Sequence[OpenWorkMovement | None]:
    """The moving of open work to each version."""
    found = await single.movements_to(context.application, version_ids)
    return [None if m is None else OpenWorkMovement.of(m) for m in found]
