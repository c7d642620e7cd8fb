"""Judging stored leads: the differences become stage changes, handovers and events in the same transaction."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from application.judging import offering
from application.judging.buying_centres import buying_centres, judge_others_again
from application.judging.decision_basis import basis_json
from application.judging.decision_on_lead import is_another, kept_on, priority, signs_of, to_keep
from application.judging.decision_record import decision_json
from application.judging.given_consents import consents_of, given_consents
from application.judging.heirs import AGREEMENT, VERSION, go_to, stage_in
from application.judging.offering import Due
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.turns import in_turns
from application.unit_of_work import stages
from domain.document.sections.journey import Stage, StageKind
from domain.events.leads import DecisionChanged, LeadAgreement
from domain.facts import FUTURE_TOLERANCE, ActivityFact, BuyingCentre, LeadFacts
from domain.leads.contact import Consent
from domain.leads.decision import Decision
from domain.leads.lead import UNGOVERNED_STAGE, Lead
from domain.words.ids import new_id
from persistence.leads import activities
from rules.judge import judge

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

_Mark = tuple[int | None, datetime | None]
"""By what a judgement was made: the epoch of the versions, and when the lead's company had changed last."""


@dataclass(frozen=True)
class _Judged:
    lead: Lead
    compiled_version: CompiledVersion
    facts: LeadFacts
    begins: Stage
    """The stage at which the lead stands under that version."""
    decision: Decision
    news: bool = False
    """True if an activity was told that versions look at."""


async def judge_leads(
    unit: UnitOfWork,
    lead_ids: Iterable[UUID],
    *,
    happened: Mapping[UUID, datetime] = MappingProxyType({}),
    news: Container[UUID] = (),
) -> None:
    """Judge leads by the version in force and open the handovers that are due.

    `happened` says when what is new did; `news` names the leads of which activities were told that versions look at.
    """
    ids = [lead_id for lead_id in lead_ids if lead_id in unit.leads]
    if not ids:
        return
    known = await _activities(unit, ids)
    centres = await buying_centres(unit, ids)
    consents = await consents_of(unit, ids)
    due: list[Due] = []
    async for lead_id in in_turns(ids):
        beside = (centres.get(lead_id), consents.get(lead_id, ()))
        judged = await _judge(unit, unit.leads[lead_id], known.get(lead_id, []), *beside)
        if judged is not None:
            judged = replace(judged, news=True) if lead_id in news else judged
            found = _take_over(unit, judged, happened.get(lead_id))
            if found is not None:
                due.append(found)
    await judge_others_again(unit, ids)
    await offering.offer(unit, due)
    unit.unjudged.difference_update(ids)  # what it led to is a fact of the next judgement, not of this one


async def _activities(unit: UnitOfWork, ids: list[UUID]) -> dict[UUID, list[ActivityFact]]:
    active = unit.active
    if not ids or not active.activity_types_needed:
        return {}
    since = active.activities_since(now=unit.transaction.now)
    return await activities.facts(
        unit.transaction.connection,
        ids,
        types=active.activity_types_needed,
        since=None if since is None else since - FUTURE_TOLERANCE,
        attributes=active.attributes_needed,
    )


async def _judge(
    unit: UnitOfWork, lead: Lead, known: list[ActivityFact], centre: BuyingCentre | None, said: Sequence[Consent]
) -> _Judged | None:
    handover = unit.handovers.get(lead.id)
    account = unit.account_fields(lead)
    facts = lead.facts(
        account=account,
        activities=known,
        open_handover=handover is not None,
        buying_centre=centre,
    )
    compiled_version = unit.active.of_agreement(handover.agreement_id) if handover else unit.active.governing(facts)
    if compiled_version is None:
        _ungoverned(unit, lead)
        return None
    begins = await stage_in(unit, compiled_version, lead)
    facts = replace_stage(facts, begins.key)
    if said:
        facts = replace(
            facts, consents=given_consents(said, unit.active.contact, compiled_version, now=unit.transaction.now)
        )
    return _Judged(
        lead, compiled_version, facts, begins, judge(compiled_version.compiled_rules, facts, now=unit.transaction.now)
    )


def replace_stage(facts: LeadFacts, stage: str) -> LeadFacts:
    """The facts with the lead at a stage of the document that judges."""
    return facts if facts.stage == stage else replace(facts, stage=stage)


def _ungoverned(unit: UnitOfWork, lead: Lead) -> None:
    """No agreement governs the lead: it is kept, not judged, and visible as such."""
    if lead.id in unit.handovers:
        if lead.next_crossing is not None:
            unit.put_lead(replace(lead, next_crossing=None))
        return
    wanted = replace(
        lead,
        agreement_id=None,
        stage=UNGOVERNED_STAGE,
        stage_kind=StageKind.PROSPECT.value,
        decision_id=None,
        decision_digest=None,
        decision_meaning=None,
        grade=None,
        priority=0,
        next_crossing=None,
        historical=False,
        stage_clock_from=None,
        stage_version_id=None,
    )
    if wanted != lead:
        unit.put_lead(wanted)
        _tell_agreement(unit, lead, None)


def _tell_agreement(unit: UnitOfWork, lead: Lead, compiled_version: CompiledVersion | None) -> None:
    """Tell that another agreement governs a lead than before, or none; the first one of a new lead is no news."""
    if lead.agreement_id == (compiled_version.agreement_id if compiled_version else None) or lead.id in unit.created:
        return
    before = unit.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
    event = LeadAgreement(
        before=before.agreement_key if before else None,
        agreement=compiled_version.agreement_key if compiled_version else None,
    )
    unit.transaction.emit(event, lead.id, lead_id=lead.id, visible_to=unit.teams_of(lead.id))


def _take_over(unit: UnitOfWork, judged: _Judged, happened: datetime | None) -> Due | None:
    lead, compiled_version, decision = judged.lead, judged.compiled_version, judged.decision
    stage = compiled_version.stage(decision.stage)
    changed = is_another(lead, decision, news=judged.news)
    decision_id = new_id(now=unit.transaction.now) if changed or lead.decision_id is None else lead.decision_id
    mark = _mark(unit, judged)
    if changed or lead.historical or kept_on(lead) != (to_keep(compiled_version, decision) + mark):
        _tell_agreement(unit, lead, compiled_version)
        digest = decision.digest if changed else lead.decision_digest
        lead = _with(unit, judged, (decision_id, digest), stage, mark)
        unit.put_lead(lead)
    if changed:
        _remember(unit, lead, judged, decision_id)
    if lead.stage != stage.key or lead.stage_kind != stage.kind.value:
        _go(unit, lead, judged, stage)
    offering.route_anew(unit, compiled_version, lead.id, decision)
    if not decision.verdict.due:
        return None
    return Due(
        lead.id, decision, decision_id, compiled_version, _due_since(judged.lead, happened, now=unit.transaction.now)
    )


def _go(unit: UnitOfWork, lead: Lead, judged: _Judged, stage: Stage) -> None:
    """Bring a lead to where the version has it, and from there to where its entry conditions lead."""
    was = judged.lead.agreement_id
    if was is not None:
        because = VERSION if was == judged.compiled_version.agreement_id else AGREEMENT
        lead = go_to(unit, judged.compiled_version, lead, judged.begins, because=because)
    stages.move(unit, lead, stage, reason="entry", forward=True)


def still_stands(unit: UnitOfWork, lead: Lead) -> bool:
    """Return whether a judgement would give a lead the decision that it has.

    So it is while no activity of a type that counts has come, nothing else that is judged of it has changed
    (`UnitOfWork.put_lead` sees to it), the same versions are in force and time alone has changed no more than points.
    Where it may depend on more than that, on handovers or on other leads, the answer is no.
    """
    account = unit.account_of(lead)
    known = lead.judged_epoch == unit.active.epoch and lead.judged_account_at == (account and account.changed_at)
    alone = lead.returned_at is None and not unit.handover_history.of(lead.id) and not unit.active.buying_centre_needed
    return known and alone and (lead.next_crossing is None or unit.transaction.now < lead.next_crossing)


def _mark(unit: UnitOfWork, judged: _Judged) -> _Mark:
    """By what a judgement was made; nothing where it moves the lead on, so that it is judged again at its new stage."""
    lead, compiled_version, facts = judged.lead, judged.compiled_version, judged.facts
    stays = judged.decision.stage == facts.stage
    account = unit.account_of(lead)
    if not stays or (lead.stage != facts.stage and unit.active.governing(facts) is not compiled_version):
        return None, None
    return unit.active.epoch, account.changed_at if account else None


def _due_since(lead: Lead, happened: datetime | None, *, now: datetime) -> datetime:
    """Since when a handover that is due now is due: since what is new happened, or since time alone made it so.

    Not before the end of a cool-off, nor before the last return.
    """
    expired = lead.next_crossing if lead.next_crossing is not None and lead.next_crossing <= now else now
    since = min(now, expired if happened is None else happened)
    earliest = [at for at in (lead.returned_at, lead.cool_off_until) if at is not None and at <= now]
    return max([since, *earliest])


def _with(unit: UnitOfWork, judged: _Judged, known_as: tuple[UUID, str | None], stage: Stage, mark: _Mark) -> Lead:
    """The lead as a decision leaves it; where it starts is no change of stage."""
    lead, compiled_version, decision = judged.lead, judged.compiled_version, judged.decision
    starts = (
        lead.decision_id is None
        and lead.agreement_id != compiled_version.agreement_id
        and stage.kind is StageKind.PROSPECT
    )
    return replace(
        lead,
        stage_clock_from=unit.transaction.now if starts else lead.stage_clock_from,
        stage_version_id=compiled_version.version_id if starts or _is_old_customer(lead) else lead.stage_version_id,
        signs=signs_of(lead, decision, now=unit.transaction.now),
        stage=stage.key if starts else lead.stage,
        stage_kind=stage.kind.value if starts else lead.stage_kind,
        agreement_id=compiled_version.agreement_id,
        decision_id=known_as[0],
        decision_digest=known_as[1],
        decision_meaning=decision.meaning,
        grade=decision.grade,
        priority=priority(compiled_version, decision),
        next_crossing=decision.next_crossing,
        historical=False,
        judged_epoch=mark[0],
        judged_account_at=mark[1],
    )


def _is_old_customer(lead: Lead) -> bool:
    """True if the lead was a customer before any version counted its time: what shows in it is answered from now on."""
    return lead.stage_version_id is None and lead.stage_kind == StageKind.WON.value


def _remember(unit: UnitOfWork, lead: Lead, judged: _Judged, decision_id: UUID) -> None:
    compiled_version, decision = judged.compiled_version, judged.decision
    account = unit.accounts.get(lead.account_id) if lead.account_id else None
    unit.add_decision(
        {
            "id": decision_id,
            "lead_id": lead.id,
            "version_id": compiled_version.version_id,
            "at": decision.at,
            "valid_until": decision.valid_until,
            "digest": decision.digest,
            "result": decision_json(decision),
            "basis": basis_json(judged.facts, account),
        }
    )
    event = DecisionChanged(
        decision=decision_id,
        agreement=compiled_version.agreement_key,
        grade=decision.grade,
        stage=decision.stage,
        fit=str(decision.fit.points),
        interest=str(decision.interest.points),
        due=decision.verdict.due,
        trigger=decision.verdict.trigger,
    )
    unit.transaction.emit(event, lead.id, lead_id=lead.id, visible_to=unit.teams_of(lead.id))
