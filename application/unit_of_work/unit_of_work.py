"""The working set of one transaction about leads: loaded in lock order, changed as values, written together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from application.runtime.compiled_versions import ActiveVersions, CompiledVersion
from application.runtime.heirs import Heirs
from application.runtime.transaction import Transaction
from application.unit_of_work.account_service import AccountService
from application.unit_of_work.change_set import ChangeSet
from application.unit_of_work.handover_history import HandoverHistory
from application.unit_of_work.read_once import ReadOnce
from application.unit_of_work.sight import Sight
from application.unit_of_work.team_capacity import TeamCapacity
from domain.facts import Canonical, LeadFacts
from domain.handovers.assignment import Assignment
from domain.handovers.handover import Handover
from domain.handovers.notice import Notice, Staff
from domain.leads.lead import Account, Lead, StageChange
from domain.obligation import Breach, Obligation
from domain.obligations.kind import Fulfilment, Interaction, Subject
from persistence.agreements import agreements
from persistence.handovers import handovers, obligations
from persistence.leads import leads
from persistence.people import teams


@dataclass
class UnitOfWork:
    """The open records: locked leads with their accounts, open handovers and open obligations."""

    transaction: Transaction
    active: ActiveVersions
    leads: dict[UUID, Lead]
    accounts: dict[UUID, Account]
    handovers: dict[UUID, Handover]
    """The open handover of each lead that has one, by lead."""
    handover_history: HandoverHistory
    """All handovers of the leads, the ended ones too, in order."""
    obligations: dict[UUID, dict[UUID, Obligation]]
    """The open obligations, by lead, or by agreement where they concern no lead, and by id."""
    read_once: ReadOnce
    """The data read of all records when the first one asks."""
    heirs: Heirs
    """Where leads go whose stage a version does not have."""
    team_capacity: TeamCapacity
    """The teams that handovers go to in this transaction."""
    agreements: dict[UUID, datetime | None] = field(default_factory=dict)
    """The agreements that are locked too, and since when each has its version in force."""
    calendars: dict[str, str | None] = field(default_factory=dict)
    """The calendars of the teams met so far."""
    changed: dict[UUID, Subject] = field(default_factory=dict)
    """About what facts changed since what is owed was last held against them."""
    unjudged: set[UUID] = field(default_factory=set)
    """The leads of which something changed that is judged, since they were judged last."""
    interactions: list[tuple[Lead, Interaction]] = field(default_factory=list)
    """The acts on leads meanwhile, each with the lead as it was before."""
    fulfilments: dict[UUID, list[Fulfilment]] = field(default_factory=dict)
    """The part of it that counts, by what it is about."""
    created: set[UUID] = field(default_factory=set)
    """The leads that this transaction creates."""
    _sight: Sight = field(default_factory=Sight)
    changed_leads: ChangeSet[Lead] = field(default_factory=ChangeSet)
    changed_handovers: ChangeSet[Handover] = field(default_factory=ChangeSet)
    changed_obligations: ChangeSet[Obligation] = field(default_factory=ChangeSet)
    changed_breaches: ChangeSet[Breach] = field(default_factory=ChangeSet)
    assignments: dict[UUID, list[Assignment]] = field(default_factory=dict)
    ended_assignments: set[UUID] = field(default_factory=set)
    stage_changes: list[tuple[UUID, StageChange]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    _staff: Staff | None = None

    @classmethod
    async def open(
        cls,
        transaction: Transaction,
        lead_ids: Iterable[UUID],
        *,
        agreement_ids: Collection[UUID] = (),
        skip_locked: bool = False,
    ) -> UnitOfWork:
        """Lock the leads, then the agreements, hold what is active, and read what belongs to them."""
        connection = transaction.connection
        locked = await leads.lock(connection, lead_ids, skip_locked=skip_locked)
        agreed = await agreements.lock(connection, agreement_ids, skip_locked=skip_locked) if agreement_ids else {}
        return await cls._read(
            transaction, locked, agreed, await transaction.version_cache.active(connection, hold=True)
        )

    @classmethod
    async def read_only(cls, transaction: Transaction, lead_ids: Iterable[UUID]) -> UnitOfWork:
        """The same for trying something out: nothing is locked, so nothing of it may be saved."""
        connection = transaction.connection
        found = await leads.by_ids(connection, lead_ids)
        return await cls._read(transaction, found, {}, await transaction.version_cache.active(connection))

    @classmethod
    async def _read(
        cls,
        transaction: Transaction,
        found: dict[UUID, Lead],
        agreed: dict[UUID, datetime | None],
        active: ActiveVersions,
    ) -> UnitOfWork:
        transaction.catch_up()
        connection = transaction.connection
        account_ids = {lead.account_id for lead in found.values() if lead.account_id}
        history = HandoverHistory(await handovers.of_leads(connection, found))
        owed = await obligations.open_of_leads(connection, found)
        for obligation in await obligations.open_of_agreements(connection, agreed) if agreed else ():
            owed.setdefault(obligation.agreement_id, []).append(obligation)
        return cls(
            transaction=transaction,
            active=active,
            leads=found,
            accounts=await leads.accounts(connection, account_ids) if account_ids else {},
            handovers={h.lead_id: h for h in history.values() if h.closed_at is None},
            handover_history=history,
            obligations={owner: {o.id: o for o in items} for owner, items in owed.items()},
            agreements=agreed,
            read_once=ReadOnce(connection, [*found, *history, *agreed]),
            heirs=Heirs(connection, transaction.version_cache),
            team_capacity=TeamCapacity(connection, active, transaction.now),
            _sight=await Sight.of(connection, history),
            changed_leads=ChangeSet(found.values()),
            changed_handovers=ChangeSet(history.values()),
            changed_obligations=ChangeSet(one for items in owed.values() for one in items),
        )

    @cached_property
    def account_service(self) -> AccountService:
        """Who serves the accounts of the leads."""
        return AccountService(self)

    async def compiled_version(self, version_id: UUID) -> CompiledVersion:
        """The version under which something was opened."""
        return await self.transaction.version_cache.version(self.transaction.connection, version_id)

    def account_of(self, lead: Lead) -> Account | None:
        """The lead's company."""
        return self.accounts.get(lead.account_id) if lead.account_id else None

    def account_fields(self, lead: Lead) -> Mapping[str, Canonical]:
        """Return what is known of the lead's company."""
        return account.fields if (account := self.account_of(lead)) else {}

    def put_lead(self, lead: Lead) -> None:
        """Change a lead; what is owed about it follows, and it is judged again where a judgement sees another lead."""
        present = self.leads[lead.id]
        if lead == present:
            return
        self.changed[lead.id] = Subject.LEAD
        if self._seen_by_judgement(lead) != self._seen_by_judgement(present):
            self.unjudged.add(lead.id)
            lead = lead if lead.judged_epoch != present.judged_epoch else replace(lead, judged_epoch=None)
        self.leads[lead.id] = lead
        self.changed_leads.put(lead)

    def _seen_by_judgement(self, lead: Lead) -> tuple[UUID | None, LeadFacts]:
        account = self.account_fields(lead)
        return lead.account_id, lead.facts(account=account, activities=[], open_handover=lead.id in self.handovers)

    def version_for(self, lead: Lead) -> UUID | None:
        """The version under which a lead is worked now: that of its open handover, else the one in force."""
        handover = self.handovers.get(lead.id)
        compiled_version = self.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
        return handover.version_id if handover else (compiled_version.version_id if compiled_version else None)

    def before(self, lead_id: UUID) -> Lead:
        """A lead as it was when the transaction began."""
        return self.changed_leads.before(lead_id) or self.leads[lead_id]

    def teams_of(self, lead_id: UUID) -> tuple[str, ...]:
        """The teams that see what happens to a lead: those that have or had it, or that it waits for in the queue."""
        return self.leads[lead_id].seen_by if lead_id in self.leads else ()

    def add_handover(self, handover: Handover) -> None:
        """Open a handover."""
        self.changed_handovers.add(handover)
        self.put_handover(handover)

    def put_handover(self, handover: Handover) -> None:
        """Change a handover; a closed one is no longer the lead's open one."""
        if self.handover_history.get(handover.id, handover).standing != handover.standing:
            self.unjudged.add(handover.lead_id)
        if changed := self.handover_history.put(handover):
            self.changed |= dict.fromkeys(changed, Subject.HANDOVER) | {handover.lead_id: Subject.LEAD}
        self.changed_handovers.put(handover)
        if handover.closed_at is None:
            self.handovers[handover.lead_id] = handover
        elif (now_open := self.handovers.get(handover.lead_id)) is not None and now_open.id == handover.id:
            del self.handovers[handover.lead_id]
        self._show(handover)

    def is_new(self, subject_id: UUID) -> bool:
        """Return whether it is a handover opened in this transaction."""
        return self.changed_handovers.is_new(subject_id)

    def _show(self, handover: Handover) -> None:
        """Let those see its lead who have or had it, and those on whose route it waits, for as long as it waits."""
        lead = self.leads[handover.lead_id]
        seen_by = self._sight.seeing(lead, handover, self.handovers.get(lead.id))
        if seen_by != lead.seen_by:
            self.put_lead(replace(lead, seen_by=seen_by))

    def add_assignment(self, assignment: Assignment) -> None:
        """Give a handover to somebody; whoever had it has it no longer."""
        self.end_assignment(assignment.handover_id)
        self.assignments.setdefault(assignment.handover_id, []).append(assignment)

    def assignees_of(self, handover_id: UUID) -> set[str]:
        """Those who got a handover in this transaction."""
        return {a.assignee for a in self.assignments.get(handover_id, ()) if a.assignee is not None}

    def add_notice(self, notice: Notice) -> None:
        """Keep a notice that is told later, with others."""
        self.notices.append(notice)

    async def staff(self) -> Staff:
        """The people of all teams now."""
        if self._staff is None:
            self._staff = await teams.staff(self.transaction.connection, now=self.transaction.now)
        return self._staff

    def end_assignment(self, handover_id: UUID) -> None:
        """Take a handover from whoever has it."""
        self.ended_assignments.add(handover_id)
        if given := self.assignments.get(handover_id):
            given[-1] = replace(given[-1], until=given[-1].until or self.transaction.now)

    def add_obligation(self, obligation: Obligation) -> None:
        """Open an obligation."""
        self.changed_obligations.add(obligation)
        self.put_obligation(obligation)

    def put_obligation(self, obligation: Obligation) -> None:
        """Change an obligation; a closed one is no longer among the open ones."""
        self.changed_obligations.put(obligation)
        standing = self.obligations.setdefault(obligation.lead_id or obligation.agreement_id, {})
        if obligation.is_open:
            standing[obligation.id] = obligation
        else:
            standing.pop(obligation.id, None)
        if obligation.is_open and obligation.next_at is not None:
            self.transaction.wake_clock(obligation.next_at)

    def owed(self, owner_id: UUID) -> list[Obligation]:
        """The open obligations about a lead, or about an agreement where no lead is concerned, the earliest first."""
        return list(self.obligations.get(owner_id, {}).values())

    def touched_about(self, subject_id: UUID) -> list[Obligation]:
        """The obligations about a subject that were opened or changed in this transaction."""
        return [one for one in self.changed_obligations.touched if one.subject_id == subject_id]

    def add_breach(self, breach: Breach) -> None:
        """Open a breach."""
        self.changed_breaches.add(breach)

    def put_breach(self, breach: Breach) -> None:
        """Change a breach."""
        self.changed_breaches.put(breach)

    async def breaches_about(self, subject_id: UUID) -> list[Breach]:
        """Return the breaches about a subject as they are now, those opened in this transaction too."""
        stored = {breach.id: breach for breach in await self.read_once.breaches_about(subject_id)}
        touched = {b.id: b for b in self.changed_breaches.touched if b.subject_id == subject_id}
        return list((stored | touched).values())

    def add_decision(self, row: dict[str, Any]) -> None:
        """Remember a decision."""
        self.decisions.append(row)
