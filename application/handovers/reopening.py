"""A lead comes back to sales after its end: its handover opens again, or a new one is born accepted [S3.3]."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from application.judging.offering import assign, emit, offered_route, wish_of
from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work import obligation_lifecycle
from application.unit_of_work.account_service import hold_for
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.journey import Stage, StageKind
from domain.events.handovers import HandoverOffered, HandoverQueued, HandoverReopened
from domain.handovers.handover import Handover, HandoverState
from domain.leads.lead import Lead
from domain.party import Party
from domain.people.principal import Role
from domain.people.team import Team
from domain.words.ids import new_id
from domain.words.persons import found_among
from rules.routing.routing import Assigned

ENDS = frozenset({StageKind.WON, StageKind.LOST, StageKind.DISQUALIFIED})
"""The kinds of stages that end a handover."""
REOPENED = "REOPENED"
"""Why somebody has it again."""
TRIGGER = "reopened"


def comes_back(lead: Lead, target: Stage) -> bool:
    """Return whether a move brings a lead back to sales after its end."""
    ended = lead.stage_kind in {kind.value for kind in ENDS}
    return ended and target.owner is Party.SALES and target.kind not in ENDS


async def reopen(unit: UnitOfWork, compiled_version: CompiledVersion, lead_id: UUID) -> None:
    """Open the lead's last handover again where that ended lately, else a new one that is accepted at once."""
    history = unit.handover_history.of(lead_id)
    last = history[-1] if history else None
    lead = unit.leads[lead_id]
    if last is not None and await _lately(unit, last):
        compiled_version = await unit.compiled_version(last.version_id)
        handover = last.reopened(now=unit.transaction.now)
    elif (decision_id := lead.decision_id or (last.decision_id if last else None)) is not None:
        handover = _born_accepted(unit, compiled_version, lead, decision_id)
        unit.put_lead(replace(lead, rounds=lead.rounds + 1))
    else:
        return
    unit.put_lead(replace(unit.leads[lead_id], contact_owner=Party.SALES))
    await _give(unit, compiled_version, handover, last.assignee if last and handover.id == last.id else None)


async def _lately(unit: UnitOfWork, last: Handover) -> bool:
    document = (await unit.compiled_version(last.version_id)).document
    within = document.handover.reopen_within.elapsed
    ended = last.closed_at if last.accepted_at is not None and last.outcome is not None else None
    return ended is not None and unit.transaction.now - ended <= within


def _born_accepted(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead, decision_id: UUID) -> Handover:
    now = unit.transaction.now
    return Handover(
        id=new_id(now=now),
        lead_id=lead.id,
        agreement_id=compiled_version.agreement_id,
        version_id=compiled_version.version_id,
        decision_id=decision_id,
        state=HandoverState.ACCEPTED,
        round=lead.rounds + 1,
        trigger=TRIGGER,
        priority=0,
        hand_raiser=False,
        grade=lead.grade or "",
        team=None,
        assignee=None,
        visible_to=(),
        qualified_at=now,
        offered_at=now,
        answered_at=now,
        accepted_at=now,
        route=0,
    )


async def _give(unit: UnitOfWork, version: CompiledVersion, handover: Handover, before: str | None) -> None:
    """Give it to whoever had it, where that person is there; a new one to its mover; else by the route."""
    now = unit.transaction.now
    capacity, route = unit.team_capacity, offered_route(version, handover.route)
    mover = unit.transaction.principal
    by_sales = before is None and mover is not None and mover.role is Role.SALES
    own = mover.teams if mover is not None and by_sales else frozenset()
    person = mover.person if mover is not None and by_sales else before
    await hold_for(unit, [handover.lead_id], [route])
    await capacity.hold({*own, *([handover.team] if handover.team else [])})
    able = [capacity.teams[key] for key in ([handover.team] if before else sorted(own)) if key in capacity.teams]
    present = next(((team.key, name) for team in able if (name := _present(unit, team, person))), None)
    choice = None
    if present is None:
        choice = capacity.choose(route, wish_of(unit, handover))
        present = (choice.team, choice.person) if isinstance(choice, Assigned) else None
    new = unit.handover_history.get(handover.id) is None
    (unit.add_handover if new else unit.put_handover)(handover)
    emit(unit, HandoverOffered() if new else HandoverReopened(), handover, version)
    if present is None:
        assert not isinstance(choice, Assigned) and choice is not None  # noqa: S101, PT018 - nobody was found
        waiting = replace(handover, team=None, assignee=None).waiting(choice.reason, choice.passed_over)
        unit.put_handover(waiting)
        told = HandoverQueued(because=choice.reason, passed_over=[team.to_json() for team in choice.passed_over])
        emit(unit, told, waiting, version)
        obligation_lifecycle.lack_of_capacity(unit, waiting)
        return
    given = handover.assigned(*present, now=now)
    unit.put_handover(given)
    assign(unit, version, given, REOPENED, choice if isinstance(choice, Assigned) else None)


def _present(unit: UnitOfWork, team: Team, person: str | None) -> str | None:
    """Return a person as the team spells it, where it is active and not absent."""
    there = [m.person for m in team.members if m.active and not m.absent(now=unit.transaction.now)]
    return found_among(person, there)
