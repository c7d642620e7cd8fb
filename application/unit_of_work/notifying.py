"""Whom a warning or an escalation step reaches: named in its event, and gathered where the document wishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Audience, EscalationStep
from domain.handovers.handover import Handover
from domain.handovers.notice import Concerned, Notice, Recipient, recipients
from domain.obligation import Obligation, Step
from domain.obligations.kinds.answer import WORD as ANSWER
from domain.words.ids import new_id


async def reached(
    unit: UnitOfWork, obligation: Obligation, handover: Handover | None, audience: Audience | None
) -> tuple[Recipient, ...]:
    """Return who is told something about what is owed; nobody where the step names no audience."""
    if audience is None:
        return ()
    accountable = (await unit.compiled_version(obligation.version_id)).document.accountable
    return recipients(audience, concerning(obligation, handover), await unit.staff(), accountable=accountable)


def escalation_of(compiled_version: CompiledVersion, obligation: Obligation) -> Sequence[EscalationStep]:
    """The escalation while something is missing: of an answer as the handover says, else as the kind's rule does."""
    if obligation.kind == ANSWER:
        return compiled_version.document.handover.escalation
    return next((r.escalation for r in compiled_version.document.obligations if r.key == obligation.kind), ())


def concerning(obligation: Obligation, handover: Handover | None) -> Concerned:
    """Those whom something owed concerns: who owes it, and where it waits for somebody the teams that may take it."""
    teams = (obligation.team,) if obligation.team else (handover.visible_to if handover else ())
    return Concerned(obligation.party, obligation.assignee, teams, named=handover is None)


def gather(
    unit: UnitOfWork,
    compiled_version: CompiledVersion,
    obligation: Obligation,
    step: Step,
    told: tuple[Recipient, ...],
    about: Mapping[str, Any],
    visible_to: tuple[str, ...],
) -> None:
    """Keep a notice for each recipient until it is told with others; nothing where the document gathers nothing."""
    length = compiled_version.document.notices.digest
    if length is None:
        return
    send_at = unit.transaction.now + timedelta(days=length.days, seconds=length.seconds)
    subject = {"type": obligation.subject_type, "id": str(obligation.subject_id)}
    due_at = obligation.due_at.isoformat() if obligation.due_at else None
    written = {"act": step.act.value, "obligation": obligation.kind, "obligationId": str(obligation.id)}
    for recipient in told:
        unit.add_notice(
            Notice(
                id=new_id(now=unit.transaction.now),
                recipient=recipient.key,
                agreement_id=obligation.agreement_id,
                lead_id=obligation.lead_id,
                obligation_id=obligation.id,
                visible_to=visible_to,
                at=step.at,
                send_at=send_at,
                about={**written, "dueAt": due_at, "subject": subject, **about},
            )
        )
