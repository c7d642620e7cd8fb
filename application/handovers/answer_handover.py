"""People answer handovers: accept, return, reassign, withdraw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from application.handovers import answering
from application.handovers.evidence import need_evidence
from application.judging.conclude import conclude
from application.judging.offering import hand_to, route_of, strategy_of, wish_of
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.same_answer import Answer
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.account_service import hold_for
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Route
from domain.handovers.handover import Handover, HandoverState
from domain.people import rights
from domain.people.principal import Principal
from domain.people.team import Team
from domain.refusal import Refusal, not_found
from domain.words.persons import found_among
from persistence.handovers import handovers
from persistence.people import teams
from rules.routing.routing import Assigned


@dataclass
class HandoverCase:
    """An open handover on the desk, and who acts on it."""

    unit: UnitOfWork
    compiled_version: CompiledVersion
    handover: Handover
    principal: Principal


async def accept_handover(
    application: Application, principal: Principal, *, handover_id: UUID, comment: str | None
) -> UUID:
    """Accept an offered handover; a queued one is assigned first."""
    rights.need(principal, "Mutation.acceptHandover")

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        if case.handover.state is not HandoverState.OFFERED:
            case.handover.accepted(comment=None, now=case.unit.transaction.now)
        if case.handover.queued:
            case.handover = await _take(case)
        await answering.accept(case.unit, case.compiled_version, case.handover, comment=comment)

    answer = Answer("acceptHandover", handover_id, {"comment": comment})
    return await with_handover(application, principal, handover_id, act, answer)


async def return_handover(
    application: Application,
    principal: Principal,
    *,
    handover_id: UUID,
    reason: str,
    comment: str | None,
    missing: Sequence[str] | None = None,
) -> UUID:
    """Return a handover with a coded reason, at once or after it was accepted; for missing data, perhaps which."""
    rights.need(principal, "Mutation.returnHandover")

    async def act(case: HandoverCase) -> None:
        need_its_team(case)
        coded = answering.reason_of(case.compiled_version, reason)
        awaited = answering.awaited_fields(case.compiled_version, coded, missing)
        await need_evidence(case.unit, case.compiled_version, case.handover, coded, comment=comment, named="reason")
        gone = await answering.give_back(
            case.unit, case.compiled_version, case.handover, coded, comment=comment, awaited=awaited
        )
        case.unit.put_handover(gone.answered_in_queue(case.principal.teams & set(case.handover.visible_to)))

    said = {"reason": reason, "comment": comment, "missing": list(missing or ())}
    return await with_handover(application, principal, handover_id, act, Answer("returnHandover", handover_id, said))


ASSIGNEE_ABSENT, ASSIGNEE_FULL = "ASSIGNEE_ABSENT", "ASSIGNEE_FULL"
"""The notes on a person who gets a handover all the same."""


async def reassign_handover(
    application: Application, principal: Principal, *, handover_id: UUID, team: str, assignee: str | None, reason: str
) -> tuple[UUID, list[str]]:
    """Give an open handover to another team or member; told is whether that person is away or full."""
    rights.need(principal, "Mutation.reassignHandover")
    notes: list[str] = []

    async def act(case: HandoverCase) -> None:
        await case.unit.team_capacity.hold([team])
        found = case.unit.team_capacity.teams.get(team)
        if found is None:
            raise Refusal("UNKNOWN_TEAM", f"There is no team {team[:80]!r}.", ("team",))
        await _need_leader(case)
        person = _member(found, assignee) if assignee else _free_member(case, found)
        notes[:] = _notes(found, person, now=case.unit.transaction.now)
        await hand_to(case.unit, case.compiled_version, case.handover, team, person, because=reason)

    return await with_handover(application, principal, handover_id, act), notes


def _notes(team: Team, person: str, *, now: datetime) -> list[str]:
    """Return what is worth knowing about a person who gets a handover by hand."""
    member = next(member for member in team.members if member.person == person)
    notes = [ASSIGNEE_ABSENT] if member.absent(now=now) else []
    return notes + ([ASSIGNEE_FULL] if member.full else [])


async def withdraw_handover(application: Application, principal: Principal, *, handover_id: UUID, reason: str) -> UUID:
    """Take an unanswered handover back."""
    rights.need(principal, "Mutation.withdrawHandover")

    async def act(case: HandoverCase) -> None:
        await answering.take_back(case.unit, case.compiled_version, case.handover, reason=reason)

    answer = Answer("withdrawHandover", handover_id, {"reason": reason})
    return await with_handover(application, principal, handover_id, act, answer)


async def with_handover(
    application: Application,
    principal: Principal,
    handover_id: UUID,
    act: Callable[[HandoverCase], Awaitable[None]],
    answer: Answer | None = None,
) -> UUID:
    """Do something with an open handover that the principal sees, in one transaction; the same answer only once."""

    async def body(transaction: Transaction) -> UUID:
        handover = await handovers.by_id(transaction.connection, handover_id)
        if handover is None or not rights.reaches(principal, "Node.Handover", handover.visible_to):
            raise not_found("handover")
        unit = await UnitOfWork.open(transaction, [handover.lead_id])
        if answer is not None and await answer.told_before(transaction, principal):
            return handover_id
        current = answering.handover_on(unit, handover_id, handover.lead_id)
        await act(HandoverCase(unit, await unit.compiled_version(current.version_id), current, principal))
        await conclude(unit)
        if answer is not None:
            await answer.keep(transaction, principal)
        return handover_id

    return await application.transact(body, principal=principal)


def need_its_team(case: HandoverCase) -> None:
    """Sales answers for its own teams only."""
    if not rights.reaches(case.principal, "Mutation.acceptHandover", case.handover.visible_to):
        raise not_found("handover")


async def _need_leader(case: HandoverCase) -> None:
    """Of sales only the leader of the handover's team reassigns."""
    if case.principal.sees_all:
        return
    own = await teams.read_teams(
        case.unit.transaction.connection, case.handover.visible_to, now=case.unit.transaction.now
    )
    leaders = [team.lead_person for team in own.values() if team.lead_person]
    rights.need_person(case.principal, leaders, "the leader of the handover's team, management or an admin")


async def _take(case: HandoverCase) -> Handover:
    """Assign a queued handover to whoever accepts it, else to whoever has room, else to the next in turn."""
    team_capacity, route = case.unit.team_capacity, route_of(case.compiled_version, case.handover)
    await hold_for(case.unit, [case.handover.lead_id], [route])
    own = [team for team in team_capacity.teams.values() if _spelled(team, case.principal.person)]
    if own and (person := _spelled(own[0], case.principal.person)):
        team = own[0].key
    else:
        choice = team_capacity.choose(route, wish_of(case.unit, case.handover))
        if not isinstance(choice, Assigned):
            raise Refusal("WRONG_STATE", "The handover waits in the queue and nobody has room; name who takes it.")
        team, person = choice.team, choice.person
    return await hand_to(
        case.unit, case.compiled_version, case.handover, team, person, because="accepted from the queue"
    )


def _member(team: Team, person: str) -> str:
    named = found_among(person, (member.person for member in team.members if member.active))
    if named is None:
        raise Refusal("UNKNOWN_PERSON", f"{person[:80]!r} is no active member of {team.key}.", ("assignee",))
    return named


def _spelled(team: Team, person: str | None) -> str | None:
    """A person as the team spells it; None when it is no member."""
    return found_among(person, (member.person for member in team.members))


def _free_member(case: HandoverCase, team: Team) -> str:
    taken = frozenset({case.handover.assignee} if case.handover.assignee else ())
    route = Route(team=team.key, strategy=strategy_of(case.compiled_version, case.handover, team.key))
    wish = replace(wish_of(case.unit, case.handover, exclude=taken), skills=frozenset(), any_team=False)
    choice = case.unit.team_capacity.choose(route, wish)
    if not isinstance(choice, Assigned):
        raise Refusal("WRONG_STATE", f"Nobody in {team.key} has room; name who takes it.", ("assignee",))
    return choice.person
