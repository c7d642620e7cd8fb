"""Everything that a person has goes to somebody else, batch by batch [S3.2b]."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from application.handovers.leaving import give_up
from application.judging.conclude import conclude
from application.judging.offering import hand_to, route_of, strategy_of, wish_of
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.account_service import hold_for
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Route
from domain.handovers.handover import Handover
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no
from domain.words.persons import folded, found_among
from persistence.database import idempotency
from persistence.handovers import handovers
from persistence.people import teams
from rules.routing.routing import Assigned

OPERATION = "Mutation.reassignWork"
BATCH = 200
SECONDS = 15.0
"""The time for which one request gives work away; what is left is told, and asking again goes on."""


class WorkKind(StrEnum):
    """The chosen part of a person's work."""

    HANDOVERS = "HANDOVERS"
    """The open handovers that the person has, with what is owed about them."""
    PROSPECTS = "PROSPECTS"
    """The leads in the person's care."""
    OBLIGATIONS = "OBLIGATIONS"
    """The person's obligations about handovers; it goes with them."""


@dataclass(frozen=True, slots=True)
class Work:
    """The work given away, or to be given away."""

    handovers: int = 0
    prospects: int = 0
    obligations: int = 0
    queued: int = 0
    """Of the handovers those for which nobody has room."""
    complete: bool = True

    def __add__(self, other: Work) -> Work:
        return Work(
            self.handovers + other.handovers,
            self.prospects + other.prospects,
            self.obligations + other.obligations,
            self.queued + other.queued,
            self.complete and other.complete,
        )


@dataclass(frozen=True, slots=True)
class Giving:
    """Who gives work away, to whom and why."""

    person: str
    reason: str
    to_team: str | None = None
    to_person: str | None = None

    def faults(self) -> list[Refusal]:
        """Return what is wrong with it."""
        found = [] if self.reason.strip() else [_only("A reason says something.", "reason")]
        if self.to_person is not None and folded(self.to_person) == folded(self.person):
            found.append(_only("The work would stay with the same person.", "toPerson"))
        return found


def _only(message: str, name: str) -> Refusal:
    return Refusal("VALUE_NOT_ALLOWED", message, (name,))


async def reassign_work(
    application: Application,
    principal: Principal,
    giving: Giving,
    *,
    kinds: Sequence[WorkKind] | None = None,
    preview_only: bool = False,
    idempotency_key: str | None = None,
) -> Work:
    """Give away all that a person has: to a team, to a person, else by each handover's route; never back to it.

    Each batch is a transaction of its own, so that asking again after a failure goes on where it stood.
    """
    rights.need(principal, OPERATION)
    need_no(giving.faults())
    wanted = set(kinds or WorkKind)
    if not wanted & {WorkKind.HANDOVERS, WorkKind.OBLIGATIONS}:
        return Work()
    if idempotency_key is not None and not preview_only:
        said = {"person": giving.person, "team": giving.to_team, "to": giving.to_person, "kinds": sorted(wanted)}
        return await _once(application, principal, giving, idempotency_key, said)
    return await _all(application, principal, giving, preview_only=preview_only)


async def _all(application: Application, principal: Principal, giving: Giving, *, preview_only: bool = False) -> Work:
    begun, done, after = time.monotonic(), Work(), None
    while True:
        more, after = await _batch(application, principal, giving, after, preview_only=preview_only)
        done += more
        if after is None:
            return done
        if time.monotonic() - begun > SECONDS:
            return replace(done, complete=False)


async def _once(
    application: Application, principal: Principal, giving: Giving, key: str, said: Mapping[str, Any]
) -> Work:
    """The same once for a key: told again, the first answer is told."""

    async def claimed(transaction: Transaction) -> idempotency.Claim:
        return await idempotency.claim(
            transaction.connection, key_id=principal.key_id, mutation="reassignWork", key=key, given=dict(said)
        )

    async def known(transaction: Transaction) -> Work | None:
        claim = await claimed(transaction)
        if isinstance(claim, idempotency.Reused):
            raise Refusal("IDEMPOTENCY_KEY_REUSED", "The key was used with other input.", ("idempotencyKey",))
        return Work(**claim.answer) if isinstance(claim, idempotency.Answered) else None

    async def keep(transaction: Transaction) -> None:
        claim = await claimed(transaction)
        if isinstance(claim, idempotency.Fresh):
            answer = {name: getattr(done, name) for name in Work.__slots__}
            await idempotency.finish(transaction.connection, claim, answer, now=transaction.now)

    told = await application.transact(known, principal=principal)
    if told is not None:
        return told
    done = await _all(application, principal, giving)
    if done.complete:
        await application.transact(keep, principal=principal)
    return done


async def _batch(
    application: Application, principal: Principal, giving: Giving, after: UUID | None, *, preview_only: bool
) -> tuple[Work, UUID | None]:
    """Give away the next handovers in the order of their leads; where to go on, None at the end."""

    async def body(transaction: Transaction) -> tuple[Work, UUID | None]:
        leads = await handovers.leads_of_assignee(transaction.connection, giving.person, after=after, limit=BATCH)
        unit = await (UnitOfWork.read_only if preview_only else UnitOfWork.open)(transaction, leads)
        own = [h for h in unit.handovers.values() if folded(h.assignee or "") == folded(giving.person)]
        await _need_leader(transaction, principal, own)
        done = Work()
        for handover in sorted(own, key=lambda h: (h.offered_at, h.id)):
            done += await _give(unit, giving, handover)
        if preview_only:
            transaction.events.clear()
            transaction.wakes_at = None
        else:
            await conclude(unit)
        return done, leads[-1] if len(leads) == BATCH else None

    return await application.transact(body, principal=principal)


async def _need_leader(transaction: Transaction, principal: Principal, own: Sequence[Handover]) -> None:
    """Of sales only the leader of the teams that have the work gives it away."""
    if principal.sees_all or not own:
        return
    leaders = await teams.leaders(transaction.connection)
    for team in {handover.team for handover in own if handover.team}:
        of_team = [leaders[team]] if team in leaders else []
        rights.need_person(principal, of_team, "the leader of the team, management or an admin")


async def _give(unit: UnitOfWork, giving: Giving, handover: Handover) -> Work:
    version = await unit.compiled_version(handover.version_id)
    route = route_of(version, handover)
    if giving.to_team is not None:
        route = Route(team=giving.to_team, strategy=strategy_of(version, handover, giving.to_team))
    await hold_for(unit, [handover.lead_id], [route])
    if giving.to_team is not None and giving.to_team not in unit.team_capacity.teams:
        raise Refusal("UNKNOWN_TEAM", f"There is no team {giving.to_team[:80]!r}.", ("toTeam",))
    owed = sum(o.subject_id == handover.id and o.assignee is not None for o in unit.owed(handover.lead_id))
    if giving.to_person is not None:
        team, person = await _named(unit, giving, handover)
        await hand_to(unit, version, handover, team, person, because=giving.reason)
        return Work(1, 0, owed)
    wish = wish_of(unit, handover, exclude=frozenset({handover.assignee or ""}))
    wish = wish if giving.to_team is None else replace(wish, any_team=False)
    choice = unit.team_capacity.choose(route, wish)
    if isinstance(choice, Assigned):
        await hand_to(unit, version, handover, choice.team, choice.person, because=giving.reason, choice=choice)
        return Work(1, 0, owed)
    give_up(unit, version, handover, route, choice)
    return Work(1, 0, owed, 1)


async def _named(unit: UnitOfWork, giving: Giving, handover: Handover) -> tuple[str, str]:
    """The team and the spelling of the person named: in the team named, else in the handover's, else in any."""
    of_person = await teams.active_teams_of(unit.transaction.connection, giving.to_person or "")
    wanted = [giving.to_team] if giving.to_team is not None else of_person
    team = next((key for key in (handover.team, *wanted) if key in of_person and key in wanted), None)
    if team is None:
        message = f"{(giving.to_person or '')[:80]!r} is no active member of {giving.to_team or 'any team'}."
        raise Refusal("UNKNOWN_PERSON", message, ("toPerson",))
    await unit.team_capacity.hold([team])
    members = (member.person for member in unit.team_capacity.teams[team].members if member.active)
    return team, found_among(giving.to_person, members) or ""
