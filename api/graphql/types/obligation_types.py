"""Obligations and breaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import strawberry

from api.graphql.lists.connections import Connection
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import field, published
from api.graphql.parts.shown import shown
from api.graphql.types import version_types
from api.graphql.types.links import SlaVersionLink
from api.graphql.types.pages import listed
from application.reading import lists, single
from application.reading.lateness import late_by, late_by_business
from domain import obligation as domain
from domain.obligation import BreachSeverity, BreachState, ObligationState
from domain.obligations.all_kinds import item_of
from domain.obligations.labels import named
from domain.party import Party

OBLIGATIONS = Cursors("obligations", datetime, UUID, nullable=frozenset({0}))
BREACHES = Cursors("breaches", datetime, UUID)
NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for the due instant of what never falls due."""


@published
class Obligation(Node):
    """Who owes what by when."""

    kind: str
    """The duty."""
    item: str | None
    """The key of the document's item that it is about, such as a piece of material or a meeting."""
    party: Party
    """The party that owes it."""
    team: str | None
    """The key of the team that owes it."""
    assignee: str | None
    """The person who owes it."""
    state: ObligationState
    """Where it stands."""
    opened_at: datetime
    """Since when it is owed."""
    warn_at: datetime | None
    """When the clock warns."""
    due_at: datetime
    """The instant after which it is late."""
    met_at: datetime | None
    """When what was owed was done."""
    paused: bool
    """True if its clock stands still."""
    late_by: timedelta | None
    """The time by which it was met late, or is by now while it is missed, on the elapsed clock; null when it is not
    late."""
    paused_until: datetime | None
    """Until when its clock stands still; null while it runs."""
    breached_at: datetime | None
    """When it was missed, whatever became of it."""
    closed_at: datetime | None
    """When it became known that it is no longer owed; null while it is."""
    closing_reason: str | None
    """Why it was waived or cancelled."""
    closed_by: str | None
    """The person who said that it was done, or who forgave it."""
    evidence: str | None
    """The proof of that person."""
    _obligation: strawberry.Private[domain.Obligation]

    @classmethod
    def of(cls, record: domain.Obligation, *, now: datetime) -> Obligation:
        """The obligation as it is shown."""
        return shown(
            cls,
            record,
            id=global_id("Obligation", record.id),
            item=item_of(record.kind, record.instance_key),
            due_at=record.due_at or NEVER,
            paused=record.paused(now=now),
            late_by=late_by(record, now=now),
            paused_until=record.paused_until if record.paused(now=now) else None,
            _obligation=record,
        )

    @field
    async def label(self, info: Info) -> str | None:
        """The duty in the words of the document, or of the meeting that decided on it; null for other kinds."""
        compiled_version = await info.context.load(version_types.compiled_versions, self._obligation.version_id)
        record = self._obligation
        return named(compiled_version.document, record.kind, record.instance_key, info.context.language)

    @field
    async def late_by_business(self, info: Info) -> timedelta | None:
        """The same in open time of the calendar by which it counts."""
        if self.late_by is None:
            return None
        compiled_version = await info.context.load(version_types.compiled_versions, self._obligation.version_id)
        return late_by_business(self._obligation, compiled_version, now=info.context.now())

    @field
    async def subject(self, info: Info) -> Node | None:
        """The subject."""
        return await nodes.subject(info.context, self._obligation.subject_type, self._obligation.subject_id)

    @field
    async def sla_version(self, info: Info) -> SlaVersionLink:
        """The version under which it was opened."""
        found = await info.context.load(version_types.versions, self._obligation.version_id)
        assert found is not None  # noqa: S101 - versions stay
        return found


@published
class Breach(Node):
    """An obligation missed, or another promise not kept."""

    state: BreachState
    """Where it stands."""
    severity: BreachSeverity
    """Its severity."""
    kind: str
    """The duty that was not kept: the obligation's kind, or no-capacity."""
    party: Party
    """The party in breach."""
    due_at: datetime | None
    """When it had been due."""
    opened_at: datetime
    """When the promise was broken."""
    detected_at: datetime
    """When it was found."""
    acknowledged_by: str | None
    """The person who explained it."""
    explanation: str | None
    """Why it happened."""
    resolved_at: datetime | None
    """When it became known that what was owed was done, or is no longer owed; of a contact-collision never, as nothing
    can make it good."""
    met_in_time: bool
    """True if what was owed turned out to have been done in time, and was only told late."""
    team: str | None
    """The key of the team in breach."""
    assignee: str | None
    """The person in breach."""
    reasons: list[str]
    """Of a contact-collision: why the contact was not allowed, by the codes of contactPermission."""
    _breach: strawberry.Private[domain.Breach]

    @classmethod
    def of(cls, record: domain.Breach) -> Breach:
        """The breach as it is shown."""
        return shown(
            cls,
            record,
            id=global_id("Breach", record.id),
            _breach=record,
        )

    @field
    async def obligation(self, info: Info) -> Obligation | None:
        """The obligation that was missed."""
        obligation_id = self._breach.obligation_id
        return await info.context.load(obligations, obligation_id) if obligation_id else None

    @field
    async def subject(self, info: Info) -> Node | None:
        """The subject."""
        return await nodes.subject(info.context, self._breach.subject_type, self._breach.subject_id)


async def obligation_connection(
    info: Info,
    wanted: lists.ObligationFilter,
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Connection[Obligation]:
    """The obligations that are wanted and that the asker sees, the earliest due first."""
    context, now = info.context, info.context.now()
    return await listed(
        info,
        lists.obligations(context.application, context.principal, wanted),
        cursors=OBLIGATIONS,
        key=lambda row: (row.due_at, row.id),
        node=lambda row: Obligation.of(row, now=now),
        first=first,
        after=after,
        last=last,
        before=before,
    )


async def breach_connection(
    info: Info,
    wanted: lists.BreachFilter,
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Connection[Breach]:
    """The breaches that are wanted and that the asker sees, the newest first."""
    context = info.context
    return await listed(
        info,
        lists.breaches(context.application, context.principal, wanted),
        cursors=BREACHES,
        key=lambda row: (row.opened_at, row.id),
        node=Breach.of,
        first=first,
        after=after,
        last=last,
        before=before,
    )


@nodes.loads("Obligation")
async def obligations(context: Context, ids: list[UUID]) -> Sequence[Obligation | None]:
    """Obligations by id that the asker sees."""
    found, now = await single.obligations(context.application, context.principal, ids), context.now()
    return [None if r is None else Obligation.of(r, now=now) for r in found]


async def obligations_of_handovers(context: Context, handover_ids: list[UUID]) -> Sequence[list[Obligation]]:
    """All obligations about each handover."""
    found, now = await single.obligations_of(context.application, handover_ids), context.now()
    return [[Obligation.of(r, now=now) for r in of_handover] for of_handover in found]


@nodes.loads("Breach")
async def breaches(context: Context, ids: list[UUID]) -> Sequence[Breach | None]:
    """Breaches by id that the asker sees."""
    found = await single.breaches(context.application, context.principal, ids)
    return [None if r is None else Breach.of(r) for r in found]
