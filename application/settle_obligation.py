"""People settle what is owed: whoever owes says that it was done, whoever is owed forgives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application import owing
from application.desk import Desk
from application.incoming import moment_faults
from application.work import House, Work
from domain.obligation import Obligation, ObligationState
from domain.owed.kind import Subject
from domain.principal import Forbidden, Principal, Right, Role
from domain.refusal import Refusal, not_found
from persistence import obligations, visibility

PARTIES = frozenset({Role.MARKETING, Role.SALES})
"""The roles that act for a party, and as a person only."""
LONGEST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class _Matter:
    desk: Desk
    obligation: Obligation


async def meet_obligation(
    house: House, principal: Principal, *, obligation_id: UUID, evidence: str | None = None, at: datetime | None = None
) -> UUID:
    """Say that what was owed was done, and when; one that counted as late turns out met if it was done in time."""
    principal.require(Right.MEET)
    _check_text(evidence, "evidence")

    async def act(matter: _Matter) -> None:
        desk, obligation = matter.desk, matter.obligation
        _need_person(principal, owing_party=True, obligation=obligation)
        if faults := moment_faults(at, "at", now=desk.work.now):
            raise faults[0]
        done = min(at or desk.work.now, desk.work.now)
        about = {"person": principal.signature, "evidence": evidence}
        late = obligation.state is ObligationState.MET_LATE
        if obligation.is_open:
            await owing.meet(desk, obligation, at=done, **about)
        elif late and obligation.due_at is not None and done <= obligation.due_at:
            await owing.correct(desk, obligation, at=done, **about)
        else:
            raise _settled(obligation)

    return await _with(house, principal, obligation_id, act)


async def waive_obligation(house: House, principal: Principal, *, obligation_id: UUID, reason: str) -> UUID:
    """Forgive what is owed to one's own party; the breach of a missed one is resolved."""
    principal.require(Right.WAIVE)
    if not reason.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "A reason says something.", ("reason",))
    _check_text(reason, "reason")

    async def act(matter: _Matter) -> None:
        _need_person(principal, owing_party=False, obligation=matter.obligation)
        if not matter.obligation.is_open:
            raise _settled(matter.obligation)
        await owing.waive(matter.desk, matter.obligation, reason, principal.signature)

    return await _with(house, principal, obligation_id, act)


async def _with(
    house: House, principal: Principal, obligation_id: UUID, act: Callable[[_Matter], Awaitable[None]]
) -> UUID:
    async def body(work: Work) -> UUID:
        seen = await obligations.by_id(work.connection, obligation_id)
        if seen is None or not await _sees(work, principal, seen):
            raise not_found("obligation")
        lead_ids = [seen.lead_id] if seen.lead_id else []
        desk = await Desk.open(work, lead_ids, agreement_ids=[] if lead_ids else [seen.agreement_id])
        current = await obligations.by_id(work.connection, obligation_id)
        if current is None:
            raise not_found("obligation")
        await act(_Matter(desk, current))
        desk.changed[current.subject_id] = Subject(current.subject_type)
        await desk.save()
        return obligation_id

    return await house.transact(body, principal=principal)


async def _sees(work: Work, principal: Principal, obligation: Obligation) -> bool:
    """Sales sees what its teams owe, what is owed about their handovers and leads, and about agreements."""
    if principal.sees_all or obligation.lead_id is None or obligation.team in principal.teams:
        return True
    return bool(await visibility.obligations_of_teams(work.connection, [obligation.id], principal.teams))


def _need_person(principal: Principal, *, owing_party: bool, obligation: Obligation) -> None:
    """Of the parties only a person of the right one settles; management may, whoever owes."""
    if principal.role not in PARTIES:
        return
    if principal.person is None:
        raise Forbidden("Only a person settles what is owed.")
    if (principal.party is obligation.party) is not owing_party:
        who = "that owes" if owing_party else "that is owed"
        raise Forbidden(f"Only a person of the party {who}, or management, may do that.")


def _settled(obligation: Obligation) -> Refusal:
    return Refusal("WRONG_STATE", f"The obligation is {obligation.state}; nothing is owed any longer.")


def _check_text(given: str | None, name: str) -> None:
    if given is not None and (len(given) > LONGEST_TEXT or "\x00" in given):
        raise Refusal("VALUE_NOT_ALLOWED", f"At most {LONGEST_TEXT} characters, without NUL.", (name,))
