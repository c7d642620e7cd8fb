"""Looking back: what was known of leads at moments of the past, and what follows from it.

A decision's own consequences (the handover it opens, the stages it moves the lead to) are facts of the next judgement,
not of this one: until something else becomes known, judging again at a later moment gives the same decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.answering import cool_off_until
from application.books import ActiveBooks, Book
from application.decision_basis import account_of, read_basis
from application.heirs import heir_in
from application.judging import replace_stage
from application.work import House
from domain.decision import Decision
from domain.document.journey import StageKind
from domain.facts import FUTURE_TOLERANCE, Canonical, LastReturn, LeadFacts
from domain.handover import HandoverState
from domain.heirs import Standing
from domain.ids import made_at
from domain.lead import UNGOVERNED_STAGE, Lead
from domain.party import Party
from domain.refusal import BadRequest, Refusal
from persistence import known, lookups
from persistence.known import DecisionRow, HandoverThen, Moment, StageThen
from rules.judge import judge

_Subjects = tuple[UUID, UUID | None, datetime, datetime, int | None]
"""A lead and its account, the moments as of which the fields of each are asked for, and the last value that counts."""
_BACK = frozenset({"RETURNED", "DISCARDED", "WITHDRAWN"})
"""The states of handovers after which a lead comes again only with something new."""
_SLACK = 2
"""Days read beyond how far versions look back: for rounding, and for clocks that go wrong by minutes."""


@dataclass(frozen=True)
class Then:
    """What was known of a lead at a moment, and the version that counted."""

    at: datetime
    facts: LeadFacts
    book: Book
    recorded: bool = True
    """Whether it was recorded, not only described: its activities are those that are stored."""

    @cached_property
    def decision(self) -> Decision:
        """The decision that follows."""
        return judge(self.book.rulebook, self.facts, now=self.at)


@dataclass(frozen=True)
class _Ground:
    """What the tables say of a lead at a moment, but for its fields and activities."""

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
    def asked(self) -> _Subjects:
        """Whose fields are asked for, and as of when."""
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
        """Whether people or the clock answered a handover or moved the lead since the decision."""
        if self.decision is None or self.decision.basis is None:
            return True
        since = self.decision.at
        moments = [moment for h in self.handovers for moment in (h.accepted_at, h.closed_at)]
        moments += [self.stage.recorded_at] if self.stage else []
        return any(moment is not None and since < moment <= self.at for moment in moments)


def need_past(house: House, at: datetime) -> None:
    """Refuse a moment that has not come yet; clocks may differ by minutes."""
    if at > house.time.now() + FUTURE_TOLERANCE:
        raise BadRequest([Refusal("IN_FUTURE", "Nobody knows yet what will be known then.", ("at",))])


async def known_at(house: House, moments: Sequence[Moment]) -> list[Then | None]:
    """What was known of leads at moments; None where a lead was unknown then or no agreement governed it."""
    async with house.database.reading() as connection:
        grounds = await _grounds(connection, moments)
        fields, accounts = await _fields(connection, [g.asked if g else None for g in grounds])
        books = await _books_then(house, connection, {at for _, at in moments})
        found: list[Then | None] = []
        for place, ground in enumerate(grounds):
            then = None
            if ground is not None:
                facts = _unjudged(ground.lead) if ground.basis is None else read_basis(ground.basis)
                facts = replace(facts, created_at=ground.lead.created_at)
                facts = replace(facts, fields=fields[place], account=accounts[place])
                then = await _governed(house, connection, ground, facts, books[ground.at])
            found.append(then)
        return await _with_activities(connection, [lead_id for lead_id, _ in moments], found)


async def known_to(house: House, decisions: Sequence[DecisionRow]) -> list[Then | None]:
    """What decisions were made of; None where it was erased."""
    async with house.database.reading() as connection:
        asked: list[_Subjects | None] = []
        for row in decisions:
            account = account_of(row.basis) if row.basis is not None else None
            company, known_at = account or (None, row.at)
            wanted = (row.lead_id, company, row.at, known_at, row.values_to)
            asked.append(wanted if row.basis is not None else None)
        fields, accounts = await _fields(connection, asked)
        found: list[Then | None] = []
        for place, row in enumerate(decisions):
            then = None
            if row.basis is not None:
                facts = replace(read_basis(row.basis), fields=fields[place], account=accounts[place])
                then = Then(row.at, facts, await house.shelf.version(connection, row.version_id))
            found.append(then)
        last = [row.id for row in decisions]
        return await _with_activities(connection, [row.lead_id for row in decisions], found, last)


async def _grounds(connection: AsyncConnection, moments: Sequence[Moment]) -> list[_Ground | None]:
    leads = await lookups.by_ids(connection, "lead", Lead, [lead_id for lead_id, _ in moments])
    decisions = await known.decisions(connection, moments)
    stages = await known.stages(connection, moments)
    handovers = await known.handovers(connection, moments)
    owners = await known.contact_owners(connection, moments)
    companies = await known.companies(connection, moments)
    return [
        _Ground(
            lead := leads[lead_id],
            at,
            decisions[place],
            stages[place],
            handovers[place],
            owners[place] or lead.contact_owner,
            companies[place] if place in companies else _account(lead, decisions[place]),
        )
        if lead_id in leads and made_at(lead_id) <= at
        else None
        for place, (lead_id, at) in enumerate(moments)
    ]


def _account(lead: Lead, decision: DecisionRow | None) -> UUID | None:
    """The account of a lead whose companies were not remembered: that of the decision that held."""
    if decision is None or decision.basis is None:
        return lead.account_id
    account = account_of(decision.basis)
    return None if account is None else account[0]


async def _fields(
    connection: AsyncConnection, asked: Sequence[_Subjects | None]
) -> tuple[list[dict[str, Canonical]], list[dict[str, Canonical]]]:
    """The fields of leads and of their accounts: asked with the moment of each."""
    moments: dict[tuple[UUID, datetime, int | None], int] = {}
    for one in asked:
        if one is not None:
            lead_id, account_id, at, account_at, last = one
            moments.setdefault((lead_id, at, last), len(moments))
            if account_id is not None:
                moments.setdefault((account_id, account_at, last), len(moments))
    values = await known.values(connection, [moment[:2] for moment in moments], [last for *_, last in moments])
    fields = [values[moments[one[0], one[2], one[4]]] if one else {} for one in asked]
    accounts = [values[moments[one[1], one[3], one[4]]] if one and one[1] else {} for one in asked]
    return fields, accounts


async def _books_then(house: House, connection: AsyncConnection, moments: set[datetime]) -> dict[datetime, ActiveBooks]:
    in_force = await known.versions_in_force(connection, moments)
    return {
        moment: ActiveBooks([await house.shelf.version(connection, id_) for id_ in ids], -1)
        for moment, ids in in_force.items()
    }


async def _governed(
    house: House, connection: AsyncConnection, ground: _Ground, facts: LeadFacts, books: ActiveBooks
) -> Then | None:
    if ground.moved_on:
        facts = await _moved(house, connection, ground, facts)
    handover = ground.open_handover if facts.open_handover else None
    book = books.of_agreement(handover.agreement_id) if handover else books.governing(facts)
    if book is None:
        return None
    return Then(ground.at, replace_stage(facts, await _stage(house, connection, ground, facts, book)), book)


def _unjudged(lead: Lead) -> LeadFacts:
    """What is known of a lead before its first judgement."""
    return LeadFacts(created_at=lead.created_at)


async def _moved(house: House, connection: AsyncConnection, ground: _Ground, facts: LeadFacts) -> LeadFacts:
    """The facts as answers and moves since the decision left them."""
    over = [h for h in ground.handovers if h.state in _BACK and h.closed_at is not None and h.closed_at <= ground.at]
    last = max(over, key=lambda h: h.closed_at or ground.at, default=None)
    returned = facts.last_return
    if last is not None and last.closed_at is not None and (returned is None or returned.at < last.closed_at):
        book = await house.shelf.version(connection, last.version_id)
        reason = next((r for r in book.document.handover.return_reasons if r.key == last.return_reason), None)
        returned = LastReturn(
            last.closed_at, cool_off_until(reason, last.closed_at), news=False, reason=last.return_reason
        )
    return replace(
        facts,
        stage=ground.stage.to_stage if ground.stage else facts.stage,
        stage_since=ground.stage.at if ground.stage else facts.stage_since,
        open_handover=ground.open_handover is not None,
        rounds=max(facts.rounds, len(ground.handovers)),
        last_return=returned,
        contact_owner=ground.owner,
    )


async def _stage(house: House, connection: AsyncConnection, ground: _Ground, facts: LeadFacts, book: Book) -> str:
    """The stage of the lead as the version that judges knows it."""
    stage = facts.stage or UNGOVERNED_STAGE
    before = await house.shelf.version(connection, ground.decision.version_id) if ground.decision else None
    kind = ground.stage.to_kind if ground.stage and ground.stage.to_stage == stage else StageKind.PROSPECT.value
    if ground.stage is None or ground.stage.to_stage != stage:
        found = before.document.journey.stage(stage) if before else None
        kind = kind if found is None else found.kind.value
    standing = Standing(stage, StageKind(kind), ground.handover_state if facts.open_handover else None)
    if book.words.holds(standing) is not None:
        return stage
    agreement_id = before.agreement_id if before else None
    return (await heir_in(connection, house.shelf, book, standing, agreement_id=agreement_id)).key


async def _with_activities(
    connection: AsyncConnection,
    lead_ids: Sequence[UUID],
    found: Sequence[Then | None],
    last: Sequence[UUID | None] | None = None,
) -> list[Then | None]:
    """What was known with the activities; `last` as `known.activities` has it."""
    asked = {place: (lead_ids[place], then.at) for place, then in enumerate(found) if then is not None}
    needs = [then.book.rulebook.needs for then in found if then is not None]
    looks = [need.look_back for need in needs]
    known_looks = [look for look in looks if look is not None]
    days = None
    if len(known_looks) == len(looks):
        days = max(known_looks, default=timedelta()).days + _SLACK
    types = {kind for need in needs for kind in need.types}
    until = None if last is None else [last[place] for place in asked]
    moments = list(asked.values())
    done = await known.activities(connection, moments, types=types, days=days, last=until)
    by_place = dict(zip(asked, done, strict=True))
    return [
        None if then is None else replace(then, facts=replace(then.facts, activities=by_place[place]))
        for place, then in enumerate(found)
    ]
