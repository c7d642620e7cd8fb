"""The working set of one transaction about leads: loaded in lock order, changed as values, written together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from application import judging, reconciling
from application.books import ActiveBooks, Book
from application.rostering import Roster
from application.rounds import Rounds
from application.sight import Sight
from application.work import Work
from domain.contact import OwnerChange
from domain.document.journey import Stage, hands
from domain.facts import Canonical
from domain.handover import Assignment, Handover
from domain.ids import new_id
from domain.lead import Account, Lead, StageChange
from domain.notice import Leaders, Notice
from domain.obligation import Breach, Obligation
from domain.owed.kind import Deed, Subject, Touch
from persistence import agreements, contact, handovers, leads, notices, obligations, teams


@dataclass
class Desk:
    """What lies open: locked leads with their accounts, open handovers and open obligations."""

    work: Work
    active: ActiveBooks
    leads: dict[UUID, Lead]
    accounts: dict[UUID, Account]
    handovers: dict[UUID, Handover]
    """The open handover of each lead that has one, by lead."""
    rounds: Rounds
    """All handovers of the leads, the ended ones too, in order."""
    obligations: dict[UUID, dict[UUID, Obligation]]
    """The open obligations, by lead, or by agreement where they concern no lead, and by id."""
    roster: Roster
    """The teams that handovers go to in this transaction."""
    agreements: dict[UUID, datetime | None] = field(default_factory=dict)
    """The agreements that are locked too, and since when each has its version in force."""
    calendars: dict[str, str | None] = field(default_factory=dict)
    """The calendars of the teams met so far."""
    moving: bool = False
    """Whether what lies on it passes to another version."""
    changed: dict[UUID, Subject] = field(default_factory=dict)
    """About what facts changed since what is owed was last held against them."""
    unjudged: set[UUID] = field(default_factory=set)
    """The leads of which something changed that is judged, since they were judged last."""
    touches: list[tuple[Lead, Touch]] = field(default_factory=list)
    """What was done with leads meanwhile, each with the lead as it was before."""
    deeds: dict[UUID, list[Deed]] = field(default_factory=dict)
    """What counts of it, by what it is about."""
    created: set[UUID] = field(default_factory=set)
    """The leads that this transaction creates."""
    _sight: Sight = field(default_factory=Sight)
    heirs: dict[Any, Stage] = field(default_factory=dict)
    """Where leads go whose stage a version does not have, as far as that was asked."""
    _before: dict[UUID, Lead] = field(default_factory=dict)
    """The changed leads as they were."""
    _new_handovers: set[UUID] = field(default_factory=set)
    _handovers: dict[UUID, Handover] = field(default_factory=dict)
    _new_obligations: set[UUID] = field(default_factory=set)
    _obligations: dict[UUID, Obligation] = field(default_factory=dict)
    _touched_about: dict[UUID, dict[UUID, Obligation]] = field(default_factory=dict)
    _new_breaches: dict[UUID, Breach] = field(default_factory=dict)
    _breaches: dict[UUID, Breach] = field(default_factory=dict)
    _assignments: dict[UUID, list[Assignment]] = field(default_factory=dict)
    _ended: set[UUID] = field(default_factory=set)
    _stages: list[tuple[UUID, StageChange]] = field(default_factory=list)
    _decisions: list[dict[str, Any]] = field(default_factory=list)
    _notices: list[Notice] = field(default_factory=list)
    _leaders: Leaders | None = None

    @classmethod
    async def open(
        cls, work: Work, lead_ids: Iterable[UUID], *, agreement_ids: Collection[UUID] = (), skip_locked: bool = False
    ) -> Desk:
        """Lock the leads, then the agreements, hold what is active, and read what belongs to them."""
        found = await leads.lock(work.connection, lead_ids, skip_locked=skip_locked)
        agreed = await agreements.lock(work.connection, agreement_ids, skip_locked=skip_locked) if agreement_ids else {}
        return await cls._read(work, found, agreed, await work.shelf.active(work.connection, hold=True))

    @classmethod
    async def look(cls, work: Work, lead_ids: Iterable[UUID]) -> Desk:
        """The same for trying something out: nothing is locked, so nothing of it may be saved."""
        found = await leads.by_ids(work.connection, lead_ids)
        return await cls._read(work, found, {}, await work.shelf.active(work.connection))

    @classmethod
    async def _read(
        cls, work: Work, found: dict[UUID, Lead], agreed: dict[UUID, datetime | None], active: ActiveBooks
    ) -> Desk:
        work.catch_up()
        account_ids = {lead.account_id for lead in found.values() if lead.account_id}
        rounds = Rounds(await handovers.of_leads(work.connection, found))
        owed = await obligations.open_of_leads(work.connection, found)
        for obligation in await obligations.open_of_agreements(work.connection, agreed) if agreed else ():
            owed.setdefault(obligation.agreement_id, []).append(obligation)
        return cls(
            work=work,
            active=active,
            leads=found,
            accounts=await leads.accounts(work.connection, account_ids) if account_ids else {},
            handovers={h.lead_id: h for h in rounds.values() if h.closed_at is None},
            rounds=rounds,
            obligations={owner: {o.id: o for o in items} for owner, items in owed.items()},
            agreements=agreed,
            roster=Roster(work.connection, active, work.now),
            _sight=await Sight.of(work.connection, rounds),
        )

    async def book(self, version_id: UUID) -> Book:
        """The version under which something was opened."""
        return await self.work.shelf.version(self.work.connection, version_id)

    def account_of(self, lead: Lead) -> Account | None:
        """The lead's company."""
        return self.accounts.get(lead.account_id) if lead.account_id else None

    def account_fields(self, lead: Lead) -> Mapping[str, Canonical]:
        """What is known of the lead's company."""
        return account.fields if (account := self.account_of(lead)) else {}

    def put_lead(self, lead: Lead) -> None:
        """Change a lead."""
        present = self.leads[lead.id]
        if lead.at_its_stage != present.at_its_stage:
            self.changed[lead.id] = Subject.LEAD
        if lead.as_judged != present.as_judged:
            self.unjudged.add(lead.id)
            lead = lead if lead.judged_epoch != present.judged_epoch else replace(lead, judged_epoch=None)
        self._before.setdefault(lead.id, present)
        self.leads[lead.id] = lead

    def move(self, lead: Lead, stage: Stage, *, forward: bool = False, by_hand: bool = False, **about: Any) -> Lead:
        """Move a lead to a stage, remember it and tell of it; nothing when it is there already."""
        if lead.stage == stage.key:
            return lead
        at = about.pop("at", None) or self.work.now
        person, more = about.pop("person", self.work.person), about.pop("told", {})
        change = StageChange(lead.id, lead.stage, stage.key, stage.kind.value, at, person=person, **about)
        touch = Touch(at=at, person=person, to_stage=stage, forward=forward, by_hand=by_hand, reason=change.reason)
        self.touches.append((lead, touch))
        return self.change_stage(lead.at(stage, since=at, version_id=self.version_for(lead)), change, stage, more)

    def change_stage(self, lead: Lead, change: StageChange, stage: Stage, more: Mapping[str, Any]) -> Lead:
        """Put a lead that came to another stage, remember the change and tell of it."""
        self._stages.append((new_id(now=self.work.now), change))
        self.put_lead(lead)
        book = self.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
        team = worked.team if (worked := self.handovers.get(lead.id)) else None
        passed = hands(book.document.journey if book else None, change.from_stage or "", stage, team)
        told = {**change.told, **passed, **more}
        seen_by = self.teams_of(lead.id)
        self.work.tell("lead.stage", ("Lead", lead.id), payload=told, lead_id=lead.id, at=change.at, visible_to=seen_by)
        return lead

    def version_for(self, lead: Lead) -> UUID | None:
        """The version under which a lead is worked now: that of its open handover, else the one in force."""
        handover = self.handovers.get(lead.id)
        book = self.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
        return handover.version_id if handover else (book.version_id if book else None)

    def before(self, lead_id: UUID) -> Lead:
        """A lead as it was when the transaction began."""
        return self._before.get(lead_id, self.leads[lead_id])

    def teams_of(self, lead_id: UUID) -> tuple[str, ...]:
        """The teams that see what happens to a lead: those that have or had it, or that it waits for in the queue."""
        return self.leads[lead_id].seen_by if lead_id in self.leads else ()

    def add_handover(self, handover: Handover) -> None:
        """Open a handover."""
        self._new_handovers.add(handover.id)
        self.put_handover(handover)

    def put_handover(self, handover: Handover) -> None:
        """Change a handover; a closed one is no longer the lead's open one."""
        if self.rounds.get(handover.id, handover).standing != handover.standing:
            self.unjudged.add(handover.lead_id)
        if changed := self.rounds.put(handover):
            self.changed |= dict.fromkeys(changed, Subject.HANDOVER) | {handover.lead_id: Subject.LEAD}
        self._handovers[handover.id] = handover
        if handover.closed_at is None:
            self.handovers[handover.lead_id] = handover
        elif (now_open := self.handovers.get(handover.lead_id)) is not None and now_open.id == handover.id:
            del self.handovers[handover.lead_id]
        self._show(handover)

    def is_new(self, subject_id: UUID) -> bool:
        """Whether it is a handover opened in this transaction."""
        return subject_id in self._new_handovers

    def _show(self, handover: Handover) -> None:
        """Let those see its lead who have or had it, and those on whose route it waits, for as long as it waits."""
        lead = self.leads[handover.lead_id]
        seen_by = self._sight.seeing(lead, handover, self.handovers.get(lead.id))
        if seen_by != lead.seen_by:
            self.put_lead(replace(lead, seen_by=seen_by))

    def add_assignment(self, assignment: Assignment) -> None:
        """Give a handover to somebody; whoever had it has it no longer."""
        self.end_assignment(assignment.handover_id)
        self._assignments.setdefault(assignment.handover_id, []).append(assignment)

    def assignees_of(self, handover_id: UUID) -> set[str]:
        """Those who got a handover in this transaction."""
        return {a.assignee for a in self._assignments.get(handover_id, ()) if a.assignee is not None}

    def add_notice(self, notice: Notice) -> None:
        """Keep a notice that is told later, with others."""
        self._notices.append(notice)

    async def leaders(self) -> Leaders:
        """The leader of each team that has one."""
        if self._leaders is None:
            self._leaders = await teams.leaders(self.work.connection)
        return self._leaders

    def end_assignment(self, handover_id: UUID) -> None:
        """Take a handover from whoever has it."""
        self._ended.add(handover_id)
        if given := self._assignments.get(handover_id):
            given[-1] = replace(given[-1], until=given[-1].until or self.work.now)

    def add_obligation(self, obligation: Obligation) -> None:
        """Open an obligation."""
        self._new_obligations.add(obligation.id)
        self.put_obligation(obligation)

    def put_obligation(self, obligation: Obligation) -> None:
        """Change an obligation; a closed one is no longer among the open ones."""
        self._obligations[obligation.id] = obligation
        self._touched_about.setdefault(obligation.subject_id, {})[obligation.id] = obligation
        standing = self.obligations.setdefault(obligation.lead_id or obligation.agreement_id, {})
        if obligation.is_open:
            standing[obligation.id] = obligation
        else:
            standing.pop(obligation.id, None)
        if obligation.is_open and obligation.next_at is not None:
            self.work.wake_clock(obligation.next_at)

    def owed(self, owner_id: UUID) -> list[Obligation]:
        """The open obligations about a lead, or about an agreement where no lead is concerned, the earliest first."""
        return list(self.obligations.get(owner_id, {}).values())

    def touched_about(self, subject_id: UUID) -> list[Obligation]:
        """The obligations about a subject that were opened or changed in this transaction."""
        return list(self._touched_about.get(subject_id, {}).values())

    def add_breach(self, breach: Breach) -> None:
        """Open a breach."""
        self._new_breaches[breach.id] = breach

    def put_breach(self, breach: Breach) -> None:
        """Change a breach."""
        (self._new_breaches if breach.id in self._new_breaches else self._breaches)[breach.id] = breach

    def touched_breaches(self) -> list[Breach]:
        """The breaches opened or changed in this transaction."""
        return [*self._new_breaches.values(), *self._breaches.values()]

    def add_decision(self, row: dict[str, Any]) -> None:
        """Remember a decision."""
        self._decisions.append(row)

    async def save(self) -> None:
        """Judge what changed and hold what is owed against it; then write, one statement for each kind of change."""
        await judging.judge_leads(self, sorted(self.unjudged))
        await reconciling.reconcile(self)
        connection = self.work.connection
        await handovers.remember_decisions(connection, self._decisions)
        changed = self._handovers.values()
        await handovers.update(connection, [h for h in changed if h.id not in self._new_handovers])
        await handovers.insert(connection, [h for h in changed if h.id in self._new_handovers])
        if self._ended:
            await handovers.end_assignments(connection, self._ended, now=self.work.now)
        await handovers.assign(connection, [a for given in self._assignments.values() for a in given])
        if self.roster.turns:
            await teams.take_turns(connection, self.roster.turns)
        owed = self._obligations.values()
        await obligations.insert(connection, [o for o in owed if o.id in self._new_obligations])
        await obligations.update(connection, [o for o in owed if o.id not in self._new_obligations])
        done = [(subject_id, deed) for subject_id, counted in self.deeds.items() for deed in counted]
        await obligations.remember_deeds(connection, done, recorded_at=self.work.now)
        await obligations.insert_breaches(connection, list(self._new_breaches.values()))
        await obligations.update_breaches(connection, list(self._breaches.values()))
        await notices.insert(connection, self._notices)
        await leads.remember_stages(connection, self._stages, recorded_at=self.work.now, historical=False)
        pairs = [(self._before[lead_id], self.leads[lead_id]) for lead_id in sorted(self._before)]
        passed = [(was, lead) for was, lead in pairs if was.contact_owner is not lead.contact_owner]
        owners = [OwnerChange(lead.id, was.contact_owner, lead.contact_owner, self.work.now) for was, lead in passed]
        await contact.remember_owners(connection, owners)
        await leads.update(connection, *zip(*pairs, strict=True)) if pairs else None
