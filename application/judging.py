"""Judging stored leads: the differences become stage changes, handovers and events in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from application import offering
from application.books import Book
from application.buying_centres import buying_centres, judge_others_again
from application.decision_basis import basis_json
from application.decision_record import decision_json
from application.given_consents import consents_of, given_consents
from application.heirs import AGREEMENT, VERSION, go_to, stage_in
from application.offering import Due
from application.turns import in_turns
from domain.contact import Consent
from domain.decision import Decision
from domain.document.journey import Stage, StageKind
from domain.facts import FUTURE_TOLERANCE, ActivityFact, BuyingCentre, LeadFacts
from domain.ids import new_id
from domain.lead import UNGOVERNED_STAGE, Lead
from persistence import activities
from rules.judge import judge

if TYPE_CHECKING:
    from application.desk import Desk

_BAND_STEP = 10**12
_POINT_LIMIT = 10**11


_Mark = tuple[int | None, datetime | None]
"""By what a judgement was made: the epoch of the versions, and when the lead's company had changed last."""


@dataclass(frozen=True)
class _Judged:
    lead: Lead
    book: Book
    facts: LeadFacts
    begins: Stage
    """The stage at which the lead stands under that version."""
    decision: Decision


async def judge_leads(
    desk: Desk, lead_ids: Iterable[UUID], *, happened: Mapping[UUID, datetime] = MappingProxyType({})
) -> None:
    """Judge leads by the version in force and open the handovers that are due; `happened` says when what is new did."""
    ids = [lead_id for lead_id in lead_ids if lead_id in desk.leads]
    if not ids:
        return
    known = await _activities(desk, ids)
    centres = await buying_centres(desk, ids)
    consents = await consents_of(desk, ids)
    due: list[Due] = []
    async for lead_id in in_turns(ids):
        beside = (centres.get(lead_id), consents.get(lead_id, ()))
        judged = await _judge(desk, desk.leads[lead_id], known.get(lead_id, []), *beside)
        if judged is not None:
            found = _take_over(desk, judged, happened.get(lead_id))
            if found is not None:
                due.append(found)
    await judge_others_again(desk, ids)
    await offering.offer(desk, due)
    desk.unjudged.difference_update(ids)  # what it led to is a fact of the next judgement, not of this one


async def _activities(desk: Desk, ids: list[UUID]) -> dict[UUID, list[ActivityFact]]:
    active = desk.active
    if not ids or not active.activity_types_needed:
        return {}
    since = active.activities_since(now=desk.work.now)
    return await activities.facts(
        desk.work.connection,
        ids,
        types=active.activity_types_needed,
        since=None if since is None else since - FUTURE_TOLERANCE,
        attributes=active.attributes_needed,
    )


async def _judge(
    desk: Desk, lead: Lead, known: list[ActivityFact], centre: BuyingCentre | None, said: Sequence[Consent]
) -> _Judged | None:
    handover = desk.handovers.get(lead.id)
    account = desk.account_fields(lead)
    facts = lead.facts(
        account=account,
        activities=known,
        open_handover=handover is not None,
        buying_centre=centre,
    )
    book = desk.active.of_agreement(handover.agreement_id) if handover else desk.active.governing(facts)
    if book is None:
        _ungoverned(desk, lead)
        return None
    begins = await stage_in(desk, book, lead)
    facts = replace_stage(facts, begins.key)
    if said:
        facts = replace(facts, consents=given_consents(said, desk.active.contact, book, now=desk.work.now))
    return _Judged(lead, book, facts, begins, judge(book.rulebook, facts, now=desk.work.now))


def replace_stage(facts: LeadFacts, stage: str) -> LeadFacts:
    """The facts with the lead at a stage of the document that judges."""
    return facts if facts.stage == stage else replace(facts, stage=stage)


def _ungoverned(desk: Desk, lead: Lead) -> None:
    """No agreement governs the lead: it is kept, not judged, and visible as such."""
    if lead.id in desk.handovers:
        if lead.valid_until is not None:
            desk.put_lead(replace(lead, valid_until=None))
        return
    wanted = replace(
        lead,
        agreement_id=None,
        stage=UNGOVERNED_STAGE,
        stage_kind=StageKind.PROSPECT.value,
        decision_id=None,
        decision_digest=None,
        grade=None,
        priority=0,
        valid_until=None,
        historical=False,
        stage_clock_from=None,
        stage_version_id=None,
    )
    if wanted != lead:
        desk.put_lead(wanted)
        _tell_agreement(desk, lead, None)


def _tell_agreement(desk: Desk, lead: Lead, book: Book | None) -> None:
    """Tell that another agreement governs a lead than before, or none; the first one of a new lead is no news."""
    if lead.agreement_id == (book.agreement_id if book else None) or lead.id in desk.created:
        return
    before = desk.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
    told = {
        "before": before.agreement_key if before else None,
        "agreement": book.agreement_key if book else None,
    }
    desk.work.tell(
        "lead.agreement", ("Lead", lead.id), payload=told, lead_id=lead.id, visible_to=desk.teams_of(lead.id)
    )


def _take_over(desk: Desk, judged: _Judged, happened: datetime | None) -> Due | None:
    lead, book, decision = judged.lead, judged.book, judged.decision
    stage = book.stage(decision.stage)
    changed = decision.digest != lead.decision_digest
    decision_id = new_id(now=desk.work.now) if changed or lead.decision_id is None else lead.decision_id
    mark = _mark(desk, judged)
    present = (lead.valid_until, lead.judged_epoch, lead.judged_account_at)
    if changed or lead.historical or present != (decision.valid_until, *mark):
        _tell_agreement(desk, lead, book)
        lead = _with(desk, judged, decision_id, stage, mark)
        desk.put_lead(lead)
    if changed:
        _remember(desk, lead, judged, decision_id)
    if lead.stage != stage.key or lead.stage_kind != stage.kind.value:
        _go(desk, lead, judged, stage)
    offering.route_anew(desk, book, lead.id, decision)
    if not decision.verdict.due:
        return None
    return Due(lead.id, decision, decision_id, book, _due_since(judged.lead, happened, now=desk.work.now))


def _go(desk: Desk, lead: Lead, judged: _Judged, stage: Stage) -> None:
    """Bring a lead to where the version has it, and from there to where its entry conditions lead."""
    was = judged.lead.agreement_id
    if was is not None:
        because = VERSION if was == judged.book.agreement_id else AGREEMENT
        lead = go_to(desk, judged.book, lead, judged.begins, because=because)
    desk.move(lead, stage, reason="entry", forward=True)


def still_stands(desk: Desk, lead: Lead) -> bool:
    """Whether a judgement would give a lead the decision that it has.

    So it is while no activity of a type that counts has come, nothing else that is judged of it has changed
    (`Desk.put_lead` sees to it), the same versions are in force and the decision is still valid by the clock. Where it
    may depend on more than that, on handovers or on other leads, the answer is no.
    """
    account = desk.account_of(lead)
    known = lead.judged_epoch == desk.active.epoch and lead.judged_account_at == (account and account.changed_at)
    alone = lead.returned_at is None and not desk.rounds.of(lead.id) and not desk.active.buying_centre_needed
    return known and alone and (lead.valid_until is None or desk.work.now < lead.valid_until)


def _mark(desk: Desk, judged: _Judged) -> _Mark:
    """By what a judgement was made; nothing where it moves the lead on, so that it is judged again at its new stage."""
    lead, book, facts = judged.lead, judged.book, judged.facts
    stays = judged.decision.stage == facts.stage
    account = desk.account_of(lead)
    if not stays or (lead.stage != facts.stage and desk.active.governing(facts) is not book):
        return None, None
    return desk.active.epoch, account.changed_at if account else None


def _due_since(lead: Lead, happened: datetime | None, *, now: datetime) -> datetime:
    """Since when a handover that is due now is due: since what is new happened, or since time alone made it so.

    Not before the end of a cool-off, nor before the last return.
    """
    expired = lead.valid_until if lead.valid_until is not None and lead.valid_until <= now else now
    since = min(now, expired if happened is None else happened)
    earliest = [at for at in (lead.returned_at, lead.cool_off_until) if at is not None and at <= now]
    return max([since, *earliest])


def _with(desk: Desk, judged: _Judged, decision_id: UUID, stage: Stage, mark: _Mark) -> Lead:
    """The lead as a decision leaves it; where it starts is no change of stage."""
    lead, book, decision = judged.lead, judged.book, judged.decision
    starts = lead.decision_id is None and lead.agreement_id != book.agreement_id and stage.kind is StageKind.PROSPECT
    return replace(
        lead,
        stage_clock_from=desk.work.now if starts else lead.stage_clock_from,
        stage_version_id=book.version_id if starts or _is_old_customer(lead) else lead.stage_version_id,
        signs=_signs(lead, decision, now=desk.work.now),
        stage=stage.key if starts else lead.stage,
        stage_kind=stage.kind.value if starts else lead.stage_kind,
        agreement_id=book.agreement_id,
        decision_id=decision_id,
        decision_digest=decision.digest,
        grade=decision.grade,
        priority=priority(book, decision),
        valid_until=decision.valid_until,
        historical=False,
        judged_epoch=mark[0],
        judged_account_at=mark[1],
    )


def _is_old_customer(lead: Lead) -> bool:
    """Whether the lead was a customer before any version counted its time: what shows in it is answered from now on."""
    return lead.stage_version_id is None and lead.stage_kind == StageKind.WON.value


def _signs(lead: Lead, decision: Decision, *, now: datetime) -> tuple[str, ...]:
    """What shows in a customer, each since when: what time alone brought about, since that very moment."""
    known = {sign.split(" ")[0]: sign for sign in lead.signs}
    since = lead.valid_until if lead.valid_until is not None and lead.valid_until < now else now
    return tuple(known.get(key, f"{key} {since.isoformat()}") for key in decision.signs)


def _remember(desk: Desk, lead: Lead, judged: _Judged, decision_id: UUID) -> None:
    book, decision = judged.book, judged.decision
    account = desk.accounts.get(lead.account_id) if lead.account_id else None
    desk.add_decision(
        {
            "id": decision_id,
            "lead_id": lead.id,
            "version_id": book.version_id,
            "at": decision.at,
            "valid_until": decision.valid_until,
            "digest": decision.digest,
            "result": decision_json(decision),
            "basis": basis_json(judged.facts, account),
        }
    )
    desk.work.tell(
        "decision.changed",
        ("Lead", lead.id),
        payload={
            "decision": decision_id,
            "agreement": book.agreement_key,
            "grade": decision.grade,
            "stage": decision.stage,
            "fit": str(decision.fit.points),
            "interest": str(decision.interest.points),
            "due": decision.verdict.due,
            "trigger": decision.verdict.trigger,
        },
        lead_id=lead.id,
        visible_to=desk.teams_of(lead.id),
    )


def priority(book: Book, decision: Decision) -> int:
    """The order of calling as one number: the better fit band first, within it the higher interest."""
    bands = book.document.scoring.fit.bands
    rank = next(len(bands) - place for place, band in enumerate(bands) if band.key == decision.fit.band)
    interest = int(decision.interest.points * 100)
    return rank * _BAND_STEP + max(-_POINT_LIMIT, min(_POINT_LIMIT, interest))
