"""The working set of one transaction about leads: loaded in lock order, changed as values, written together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from application.books import ActiveBooks, Book
from application.work import Work
from domain.document.journey import Stage
from domain.facts import Canonical
from domain.handover import Assignment, Handover
from domain.ids import new_id
from domain.lead import Account, Lead, StageChange
from domain.obligation import Breach, Obligation
from persistence import handovers, leads, obligations, teams


@dataclass
class Desk:
    """What lies open: locked leads with their accounts, open handovers and open obligations."""

    work: Work
    active: ActiveBooks
    leads: dict[UUID, Lead]
    accounts: dict[UUID, Account]
    handovers: dict[UUID, Handover]
    """The open handover of each lead that has one, by lead."""
    obligations: dict[UUID, dict[UUID, Obligation]]
    """The open obligations about each lead, by lead and id."""
    _before: dict[UUID, Lead] = field(default_factory=dict)
    """The changed leads as they were."""
    _new_handovers: set[UUID] = field(default_factory=set)
    _handovers: dict[UUID, Handover] = field(default_factory=dict)
    _new_obligations: set[UUID] = field(default_factory=set)
    _obligations: dict[UUID, Obligation] = field(default_factory=dict)
    _new_breaches: dict[UUID, Breach] = field(default_factory=dict)
    _breaches: dict[UUID, Breach] = field(default_factory=dict)
    _assignments: list[Assignment] = field(default_factory=list)
    _ended: set[UUID] = field(default_factory=set)
    _turns: list[tuple[str, str]] = field(default_factory=list)
    _stages: list[tuple[UUID, StageChange]] = field(default_factory=list)
    _decisions: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    async def open(cls, work: Work, lead_ids: Iterable[UUID], *, skip_locked: bool = False) -> Desk:
        """Lock the leads, hold what is active, and read what belongs to them."""
        found = await leads.lock(work.connection, lead_ids, skip_locked=skip_locked)
        active = await work.shelf.active(work.connection, hold=True)
        account_ids = {lead.account_id for lead in found.values() if lead.account_id}
        owed = await obligations.open_of_leads(work.connection, found)
        return cls(
            work=work,
            active=active,
            leads=found,
            accounts=await leads.accounts(work.connection, account_ids) if account_ids else {},
            handovers=await handovers.open_of(work.connection, found),
            obligations={lead_id: {o.id: o for o in items} for lead_id, items in owed.items()},
        )

    async def book(self, version_id: UUID) -> Book:
        """The version under which something was opened."""
        return await self.work.shelf.version(self.work.connection, version_id)

    def account_fields(self, lead: Lead) -> Mapping[str, Canonical]:
        """What is known of the lead's company."""
        account = self.accounts.get(lead.account_id) if lead.account_id else None
        return account.fields if account else {}

    def put_lead(self, lead: Lead) -> None:
        """Change a lead."""
        self._before.setdefault(lead.id, self.leads[lead.id])
        self.leads[lead.id] = lead

    def move(self, lead: Lead, stage: Stage, **about: Any) -> Lead:
        """Move a lead to a stage, remember it and tell of it; nothing when it is there already."""
        if lead.stage == stage.key:
            return lead
        at = about.pop("at", None) or self.work.now
        person = about.pop("person", self.work.person)
        change = StageChange(lead.id, lead.stage, stage.key, stage.kind.value, at, person=person, **about)
        self._stages.append((new_id(now=self.work.now), change))
        moved = replace(lead, stage=stage.key, stage_kind=stage.kind.value, stage_since=at)
        self.put_lead(moved)
        told = {"from": lead.stage, "to": stage.key, "kind": stage.kind.value, "reason": change.reason}
        told |= {"value": None if change.value is None else str(change.value), "currency": change.currency}
        self.work.tell(
            "lead.stage", ("Lead", lead.id), payload=told, lead_id=lead.id, at=at, visible_to=self.teams_of(lead.id)
        )
        return moved

    def before(self, lead_id: UUID) -> Lead:
        """A lead as it was when the transaction began."""
        return self._before.get(lead_id, self.leads[lead_id])

    def teams_of(self, lead_id: UUID) -> tuple[str, ...]:
        """The teams that see what happens to a lead: those that have or had it."""
        return self.leads[lead_id].seen_by if lead_id in self.leads else ()

    def teams_with(self, lead_id: UUID) -> tuple[str, ...]:
        """The teams that see what is owed about a lead: those of its open handover."""
        handover = self.handovers.get(lead_id)
        return handover.visible_to if handover else ()

    def add_handover(self, handover: Handover) -> None:
        """Open a handover."""
        self._new_handovers.add(handover.id)
        self.put_handover(handover)

    def put_handover(self, handover: Handover) -> None:
        """Change a handover; a closed one is no longer the lead's open one."""
        self._handovers[handover.id] = handover
        self._show(handover)
        if handover.closed_at is None:
            self.handovers[handover.lead_id] = handover
        else:
            self.handovers.pop(handover.lead_id, None)

    def _show(self, handover: Handover) -> None:
        """Let the teams of a handover see its lead, from now on."""
        lead = self.leads[handover.lead_id]
        seen_by = tuple(dict.fromkeys((*lead.seen_by, *handover.visible_to)))
        if seen_by != lead.seen_by:
            self.put_lead(replace(lead, seen_by=seen_by))

    def add_assignment(self, assignment: Assignment) -> None:
        """Give a handover to somebody; whoever had it has it no longer."""
        self._ended.add(assignment.handover_id)
        self._assignments.append(assignment)
        if assignment.assignee is not None:
            self._turns.append((assignment.team, assignment.assignee))

    def end_assignment(self, handover_id: UUID) -> None:
        """Take a handover from whoever has it."""
        self._ended.add(handover_id)

    def add_obligation(self, obligation: Obligation) -> None:
        """Open an obligation."""
        self._new_obligations.add(obligation.id)
        self.put_obligation(obligation)
        if obligation.next_at is not None:
            self.work.wake_clock(obligation.next_at)

    def put_obligation(self, obligation: Obligation) -> None:
        """Change an obligation; a closed one is no longer among the open ones."""
        self._obligations[obligation.id] = obligation
        if obligation.lead_id is None:
            return
        of_lead = self.obligations.setdefault(obligation.lead_id, {})
        if obligation.is_open:
            of_lead[obligation.id] = obligation
        else:
            of_lead.pop(obligation.id, None)

    def owed(self, lead_id: UUID) -> list[Obligation]:
        """The open obligations about a lead, the earliest first."""
        return list(self.obligations.get(lead_id, {}).values())

    def add_breach(self, breach: Breach) -> None:
        """Open a breach."""
        self._new_breaches[breach.id] = breach

    def put_breach(self, breach: Breach) -> None:
        """Change a breach."""
        (self._new_breaches if breach.id in self._new_breaches else self._breaches)[breach.id] = breach

    def new_breaches(self) -> list[Breach]:
        """The breaches opened in this transaction."""
        return list(self._new_breaches.values())

    def add_decision(self, row: dict[str, Any]) -> None:
        """Remember a decision."""
        self._decisions.append(row)

    async def save(self) -> None:
        """Write all that changed, one statement for each kind of change."""
        connection = self.work.connection
        await handovers.remember_decisions(connection, self._decisions)
        changed = self._handovers.values()
        await handovers.update(connection, [h for h in changed if h.id not in self._new_handovers])
        await handovers.insert(connection, [h for h in changed if h.id in self._new_handovers])
        if self._ended:
            await handovers.end_assignments(connection, self._ended, now=self.work.now)
        await handovers.assign(connection, self._assignments)
        if self._turns:
            await teams.count_turns(connection, self._turns)
        owed = self._obligations.values()
        await obligations.insert(connection, [o for o in owed if o.id in self._new_obligations])
        await obligations.update(connection, [o for o in owed if o.id not in self._new_obligations])
        await obligations.insert_breaches(connection, list(self._new_breaches.values()))
        await obligations.update_breaches(connection, list(self._breaches.values()))
        await leads.remember_stages(connection, self._stages, recorded_at=self.work.now, historical=False)
        changed_leads = sorted(self._before)
        await leads.update(connection, [self._before[i] for i in changed_leads], [self.leads[i] for i in changed_leads])
