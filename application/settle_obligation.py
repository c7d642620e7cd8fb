"""People settle what is owed: whoever owes says that it was done or whoever is owed confirms it, and may forgive it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application import owing
from application.desk import Desk
from application.holding import holds
from application.incoming import moment_faults
from application.work import House, Work
from domain import rights
from domain.obligation import Obligation, ObligationState
from domain.owed import material
from domain.owed.kind import Subject
from domain.owed.kinds import CONFIRMED, MET_BY
from domain.principal import Principal
from domain.refusal import Refusal, need_no, not_found
from persistence import obligations, visibility

MEET, WAIVE = "Mutation.meetObligation", "Mutation.waiveObligation"
LONGEST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Matter:
    """An obligation that somebody settles, on a desk."""

    desk: Desk
    obligation: Obligation


async def meet_obligation(
    house: House, principal: Principal, *, obligation_id: UUID, evidence: str | None = None, at: datetime | None = None
) -> UUID:
    """Say that what was owed was done, and when; one that counted as late turns out met if it was done in time."""
    rights.need(principal, MEET)

    async def act(matter: Matter) -> None:
        desk, obligation = matter.desk, matter.obligation
        # what the owed party confirms is settled as it is waived
        rights.need_party(principal, WAIVE if obligation.kind in CONFIRMED else MEET, obligation.party)
        await _need_confirmer(desk, principal, obligation)
        if obligation.kind in MET_BY:
            raise Refusal("WRONG_STATE", f"Nobody's word meets this obligation, only {MET_BY[obligation.kind]} does.")
        wrong_moment = moment_faults(at, "at", now=desk.work.now, since=obligation.opened_at)
        need_no([*text_faults(evidence, "evidence"), *wrong_moment])
        done = min(at or desk.work.now, desk.work.now)
        about = {"person": principal.signature, "evidence": evidence}
        late = obligation.state is ObligationState.MET_LATE
        if obligation.is_open:
            await owing.meet(desk, obligation, at=done, **about)
        elif late and obligation.due_at is not None and done <= obligation.due_at:
            await owing.correct(desk, obligation, at=done, **about)
        else:
            raise settled(obligation)

    return await settling(house, principal, MEET, obligation_id, act)


async def waive_obligation(house: House, principal: Principal, *, obligation_id: UUID, reason: str) -> UUID:
    """Forgive what is owed to one's own party; the breach of a missed one is resolved."""
    rights.need(principal, WAIVE)
    need_no(text_faults(reason, "reason"))
    if not reason.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "A reason says something.", ("reason",))

    async def act(matter: Matter) -> None:
        rights.need_party(principal, WAIVE, matter.obligation.party)
        if not matter.obligation.is_open:
            raise settled(matter.obligation)
        await owing.waive(matter.desk, matter.obligation, reason, principal.signature)

    return await settling(house, principal, WAIVE, obligation_id, act)


async def settling(
    house: House, principal: Principal, operation: str, obligation_id: UUID, act: Callable[[Matter], Awaitable[None]]
) -> UUID:
    """Do something about an obligation that the principal sees and holds, in one transaction."""

    async def body(work: Work) -> UUID:
        seen = await obligations.by_id(work.connection, obligation_id)
        if seen is None or not await _sees(work, principal, seen):
            raise not_found("obligation")
        lead_ids = [seen.lead_id] if seen.lead_id else []
        desk = await Desk.open(work, lead_ids, agreement_ids=[] if lead_ids else [seen.agreement_id])
        current = await obligations.by_id(work.connection, obligation_id)
        if current is None or not await holds(work.connection, principal, operation, current):
            raise not_found("obligation")
        await act(Matter(desk, current))
        desk.changed[current.subject_id] = Subject(current.subject_type)
        await desk.save()
        return obligation_id

    return await house.transact(body, principal=principal)


async def _sees(work: Work, principal: Principal, obligation: Obligation) -> bool:
    """Sales sees what its teams owe, what is owed about their handovers and leads, and about agreements."""
    if principal.sees_all or obligation.lead_id is None or obligation.team in principal.teams:
        return True
    return bool(await visibility.obligations_of_teams(work.connection, [obligation.id], principal.teams))


async def _need_confirmer(desk: Desk, principal: Principal, obligation: Obligation) -> None:
    """Material is confirmed by the person whom the document names, or by management."""
    if obligation.kind != material.WORD or principal.role not in rights.ACTING:
        return
    book = await desk.book(obligation.version_id)
    confirmer = material.confirmer_of(book.document, obligation.occasion)
    if confirmer is not None:
        rights.need_person(principal, [confirmer], "who confirms it, or management,")


def settled(obligation: Obligation) -> Refusal:
    """The refusal when nothing is owed any longer."""
    return Refusal("WRONG_STATE", f"The obligation is {obligation.state}; nothing is owed any longer.")


def text_faults(given: str | None, name: str) -> list[Refusal]:
    """The fault of a text that is too long to keep."""
    if given is None or (len(given) <= LONGEST_TEXT and "\x00" not in given):
        return []
    return [Refusal("VALUE_NOT_ALLOWED", f"At most {LONGEST_TEXT} characters, without NUL.", (name,))]
