"""People settle what is owed: whoever owes says that it was done or whoever is owed confirms it, and may forgive it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.judging.conclude import conclude
from application.runtime.item_faults import moment_faults
from application.runtime.same_answer import Answer
from application.runtime.transaction import Application, Transaction
from application.unit_of_work import obligation_lifecycle
from application.unit_of_work.holding import holds
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.obligation import Obligation, ObligationState
from domain.obligations.all_kinds import CONFIRMED, MET_BY
from domain.obligations.kind import Subject
from domain.obligations.kinds import material
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no, not_found
from persistence.handovers import obligations
from persistence.people import visibility

MEET, WAIVE = "Mutation.meetObligation", "Mutation.waiveObligation"
LONGEST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Matter:
    """An obligation that somebody settles, on a desk."""

    unit: UnitOfWork
    obligation: Obligation


async def meet_obligation(
    application: Application,
    principal: Principal,
    *,
    obligation_id: UUID,
    evidence: str | None = None,
    at: datetime | None = None,
) -> UUID:
    """Say that what was owed was done, and when; one that counted as late turns out met if it was done in time."""
    rights.need(principal, MEET)

    async def act(matter: Matter) -> None:
        unit, obligation = matter.unit, matter.obligation
        # what the owed party confirms is settled as it is waived
        rights.need_party(principal, WAIVE if obligation.kind in CONFIRMED else MEET, obligation.party)
        await _need_confirmer(unit, principal, obligation)
        if obligation.kind in MET_BY:
            raise Refusal("WRONG_STATE", f"Nobody's word meets this obligation, only {MET_BY[obligation.kind]} does.")
        wrong_moment = moment_faults(at, "at", now=unit.transaction.now, since=obligation.opened_at)
        need_no([*text_faults(evidence, "evidence"), *wrong_moment])
        done = min(at or unit.transaction.now, unit.transaction.now)
        about = {"person": principal.signature, "evidence": evidence}
        late = obligation.state is ObligationState.MET_LATE
        if obligation.is_open:
            await obligation_lifecycle.meet(unit, obligation, at=done, **about)
        elif late and obligation.due_at is not None and done <= obligation.due_at:
            await obligation_lifecycle.correct(unit, obligation, at=done, **about)
        else:
            raise settled(obligation)

    answer = Answer("meetObligation", obligation_id, {"evidence": evidence, "at": at})
    return await settling(application, principal, MEET, obligation_id, act, answer)


async def waive_obligation(application: Application, principal: Principal, *, obligation_id: UUID, reason: str) -> UUID:
    """Forgive what is owed to one's own party; the breach of a missed one is resolved."""
    rights.need(principal, WAIVE)
    need_no(text_faults(reason, "reason"))
    if not reason.strip():
        raise Refusal("VALUE_NOT_ALLOWED", "A reason says something.", ("reason",))

    async def act(matter: Matter) -> None:
        rights.need_party(principal, WAIVE, matter.obligation.party)
        if not matter.obligation.is_open:
            raise settled(matter.obligation)
        await obligation_lifecycle.waive(matter.unit, matter.obligation, reason, principal.signature)

    answer = Answer("waiveObligation", obligation_id, {"reason": reason})
    return await settling(application, principal, WAIVE, obligation_id, act, answer)


async def settling(
    application: Application,
    principal: Principal,
    operation: str,
    obligation_id: UUID,
    act: Callable[[Matter], Awaitable[None]],
    answer: Answer | None = None,
) -> UUID:
    """Do something about an obligation that the principal sees and holds, in one transaction; the same only once."""

    async def body(transaction: Transaction) -> UUID:
        seen = await obligations.by_id(transaction.connection, obligation_id)
        if seen is None or not await _sees(transaction, principal, seen):
            raise not_found("obligation")
        lead_ids = [seen.lead_id] if seen.lead_id else []
        unit = await UnitOfWork.open(transaction, lead_ids, agreement_ids=[] if lead_ids else [seen.agreement_id])
        current = await obligations.by_id(transaction.connection, obligation_id)
        if current is None or not await holds(transaction.connection, principal, operation, current):
            raise not_found("obligation")
        if answer is not None and await answer.told_before(transaction, principal):
            return obligation_id
        await act(Matter(unit, current))
        unit.changed[current.subject_id] = Subject(current.subject_type)
        await conclude(unit)
        if answer is not None:
            await answer.keep(transaction, principal)
        return obligation_id

    return await application.transact(body, principal=principal)


async def _sees(transaction: Transaction, principal: Principal, obligation: Obligation) -> bool:
    """Sales sees what its teams owe, what is owed about their handovers and leads, and about agreements."""
    if principal.sees_all or obligation.lead_id is None or obligation.team in principal.teams:
        return True
    return bool(await visibility.obligations_of_teams(transaction.connection, [obligation.id], principal.teams))


async def _need_confirmer(unit: UnitOfWork, principal: Principal, obligation: Obligation) -> None:
    """Material is confirmed by the person whom the document names, or by management."""
    if obligation.kind != material.WORD or principal.role not in rights.ACTING:
        return
    compiled_version = await unit.compiled_version(obligation.version_id)
    confirmer = material.confirmer_of(compiled_version.document, obligation.instance_key)
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
