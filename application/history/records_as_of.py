"""The stored state of a lead at a moment, and how answers and moves since the decision left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.handovers.answering import cool_off_until
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.heirs import Heirs
from application.runtime.transaction import Application
from domain.agreements.heirs import StagePosition
from domain.document.sections.journey import StageKind
from domain.facts import LastReturn, LeadFacts
from domain.handovers.handover import HandoverState
from domain.leads.lead import UNGOVERNED_STAGE, Lead
from domain.party import Party
from persistence.as_of.known import DecisionRow, HandoverThen, StageThen

FieldsAsked = tuple[UUID, UUID | None, datetime, datetime, int | None]
"""A lead and its account, the moments as of which the fields of each are asked for, and the last value that counts."""
_BACK = frozenset({"RETURNED", "DISCARDED", "WITHDRAWN"})
"""The states of handovers after which a lead comes again only with something new."""


@dataclass(frozen=True)
class RecordsAsOf:
    """The stored state of a lead at a moment, but for its fields and activities."""

    lead: Lead
    at: datetime
    decision: DecisionRow | None
    stage: StageThen | None
    handovers: Sequence[HandoverThen]
    owner: Party
    """The party that owned contact."""
    account: UUID | None
    """The lead's account then."""

    @property
    def basis(self) -> Mapping[str, Any] | None:
        """The basis of the decision that held then."""
        return None if self.decision is None else self.decision.basis

    @property
    def asked(self) -> FieldsAsked:
        """Return whose fields are asked for, and as of when."""
        return self.lead.id, self.account, self.at, self.at, None

    @property
    def open_handover(self) -> HandoverThen | None:
        """The handover that was open then."""
        return next((h for h in self.handovers if h.closed_at is None or h.closed_at > self.at), None)

    @property
    def handover_state(self) -> HandoverState | None:
        """The state of the handover that was open then."""
        open_then = self.open_handover
        if open_then is None:
            return None
        accepted = open_then.accepted_at is not None and open_then.accepted_at <= self.at
        return HandoverState.ACCEPTED if accepted else HandoverState.OFFERED

    @property
    def moved_on(self) -> bool:
        """Return whether people or the clock answered a handover or moved the lead since the decision."""
        if self.decision is None or self.decision.basis is None:
            return True
        since = self.decision.at
        moments = [moment for h in self.handovers for moment in (h.accepted_at, h.closed_at)]
        moments += [self.stage.recorded_at] if self.stage else []
        return any(moment is not None and since < moment <= self.at for moment in moments)


async def moved(
    application: Application, connection: AsyncConnection, records: RecordsAsOf, facts: LeadFacts
) -> LeadFacts:
    """The facts as answers and moves since the decision left them."""
    over = [h for h in records.handovers if h.state in _BACK and h.closed_at is not None and h.closed_at <= records.at]
    last = max(over, key=lambda h: h.closed_at or records.at, default=None)
    returned = facts.last_return
    if last is not None and last.closed_at is not None and (returned is None or returned.at < last.closed_at):
        compiled_version = await application.version_cache.version(connection, last.version_id)
        reason = next(
            (r for r in compiled_version.document.handover.return_reasons if r.key == last.return_reason), None
        )
        returned = LastReturn(
            last.closed_at, cool_off_until(reason, last.closed_at), news=False, reason=last.return_reason
        )
    return replace(
        facts,
        stage=records.stage.to_stage if records.stage else facts.stage,
        stage_since=records.stage.at if records.stage else facts.stage_since,
        open_handover=records.open_handover is not None,
        rounds=max(facts.rounds, len(records.handovers)),
        last_return=returned,
        contact_owner=records.owner,
    )


async def stage_in_version(
    application: Application,
    connection: AsyncConnection,
    records: RecordsAsOf,
    facts: LeadFacts,
    compiled_version: CompiledVersion,
) -> str:
    """The stage of the lead as the version that judges knows it."""
    stage = facts.stage or UNGOVERNED_STAGE
    before = (
        await application.version_cache.version(connection, records.decision.version_id) if records.decision else None
    )
    kind = records.stage.to_kind if records.stage and records.stage.to_stage == stage else StageKind.PROSPECT.value
    if records.stage is None or records.stage.to_stage != stage:
        found = before.document.journey.stage(stage) if before else None
        kind = kind if found is None else found.kind.value
    standing = StagePosition(stage, StageKind(kind), records.handover_state if facts.open_handover else None)
    heirs = Heirs(connection, application.version_cache)
    agreement_id = before.agreement_id if before else None
    return (await heirs.stage(compiled_version, standing, agreement_id=agreement_id)).key
