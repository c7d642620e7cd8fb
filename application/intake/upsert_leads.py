"""Leads arrive: created or merged, judged, and handed over where that is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from application.intake import syncing
from application.intake.admitting import admit
from application.intake.learning import Learning
from application.intake.linking import Links, link, links_of
from application.intake.new_records import new_lead, wanted_accounts
from application.judging.conclude import conclude
from application.judging.judge_leads import judge_leads
from application.runtime.incoming import Absent, CheckedLead, IncomingLead, ItemResult, ItemStatus, OnFault, check_batch
from application.runtime.transaction import Application, Transaction
from application.runtime.turns import in_turns
from application.unit_of_work.field_ownership import Claims, Given
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.events.leads import LeadChanged, LeadCreated
from domain.facts import Canonical
from domain.leads.lead import COMPANY, Account, Lead
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal
from persistence.leads import leads

MOST_SIBLINGS = 500
"""Up to how many leads of the companies of a batch are judged in its transaction."""


@dataclass
class Upserted:
    """The result of a batch: one result for each item, in input order; or the batch's own faults."""

    results: list[ItemResult] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)


async def upsert_leads(
    application: Application,
    principal: Principal,
    *,
    source: str,
    items: Sequence[IncomingLead],
    atomic: bool = False,
    on_fault: OnFault = OnFault.REFUSE_ITEM,
    only_known: bool = False,
) -> Upserted:
    """Create or merge leads of one source; good items are kept and bad ones told, unless `atomic`.

    `on_fault` says what becomes of a lead with a value that cannot be taken; with `only_known` no lead is created.
    """
    rights.need(principal, "Mutation.upsertLeads")
    faults = check_batch(items, source)
    if faults:
        return Upserted(faults=faults)
    terms = {"atomic": atomic, "on_fault": on_fault, "only_known": only_known}
    return await application.transact(
        lambda transaction: _upsert(transaction, source, items, terms), principal=principal
    )


async def _upsert(
    transaction: Transaction, source: str, items: Sequence[IncomingLead], terms: dict[str, Any]
) -> Upserted:
    results = [ItemResult(index, item.external_id) for index, item in enumerate(items)]
    links = await links_of(transaction.connection, source, items)
    good = await admit(transaction, source, results, items, links, **terms)
    if not good:
        return Upserted(results)
    batch = await _Batch.open(transaction, source, good, links)
    async for result, checked in in_turns(good):
        batch.merge(result, checked)
    await batch.finish()
    return Upserted(results)


class _Batch:
    """The leads of a batch with their accounts, and what of them changed."""

    def __init__(
        self, unit: UnitOfWork, source: str, ids: dict[str, UUID], accounts: dict[str, Account], created: set[UUID]
    ) -> None:
        self.unit = unit
        self.now = unit.transaction.now
        self.source = source
        self.ids = ids
        self.accounts = accounts
        self.created = created
        self.learning = Learning(source, self.now)
        self.changed_accounts: set[str] = set()
        self.told_more: set[UUID] = set()
        """The accounts of which a field changed."""
        self.touched: dict[UUID, list[str]] = {}
        self.results: list[tuple[ItemResult, UUID]] = []
        self.claims = Claims(source, now=self.now)

    @classmethod
    async def open(
        cls, transaction: Transaction, source: str, good: Sequence[tuple[ItemResult, CheckedLead]], links: Links
    ) -> _Batch:
        """Create what is new, lock in order: leads by id, then what is active, then accounts by key."""
        keys = [checked.item.external_id for _, checked in good]
        linked = {key: links.leads[key] for key in keys if key in links.leads}
        ids = linked | await leads.ids_of_keys(transaction.connection, source, keys)
        new = {c.item.external_id: new_lead(c.item, transaction.now) for _, c in good if c.item.external_id not in ids}
        created = await leads.create(transaction.connection, source, new)
        if len(created) < len(new):
            ids = linked | await leads.ids_of_keys(transaction.connection, source, keys)
        ids |= {key: lead.id for key, lead in new.items() if lead.id in created}
        wanted = wanted_accounts(good, transaction.now)
        siblings = await _buying_centres(transaction, good) if wanted else []
        unit = await UnitOfWork.open(transaction, {*ids.values(), *siblings})
        await link(transaction.connection, source, linked)
        accounts = await leads.lock_accounts(transaction.connection, wanted) if wanted else {}
        transaction.catch_up()
        unit.accounts |= {account.id: account for account in accounts.values()}
        unit.created |= created
        batch = cls(unit, source, ids, accounts, created)
        await batch._look_up(good)
        return batch

    async def _look_up(self, good: Sequence[tuple[ItemResult, CheckedLead]]) -> None:
        dated = [c for _, c in good if c.item.observed_at is not None and c.item.observed_at < self.now]
        subjects = {self.ids[c.item.external_id] for c in dated}
        subjects |= {self.accounts[c.company.key].id for c in dated if c.company}
        await self.learning.look_up(self.unit.transaction.connection, subjects, new=self.created)

    def merge(self, result: ItemResult, checked: CheckedLead) -> None:
        """Merge one item into its lead and account."""
        lead = self.unit.leads[self.ids[checked.item.external_id]]
        result.lead_id = lead.id
        self.results.append((result, lead.id))
        observed = min(checked.item.observed_at or self.now, self.now)
        fields, account_id, changed = self._merge_lead(result, checked, observed, lead)
        account_changed = self._merge_account(result, checked, observed, lead)
        known = lead.id not in self.created or lead.id in self.touched
        moved = account_id != lead.account_id
        if account_id in self.told_more:
            self._news(lead, observed)
            lead = self.unit.leads[lead.id]
        if known and not changed and not moved:
            result.status = ItemStatus.UNCHANGED
            if lead.historical or account_changed:
                self.touched.setdefault(lead.id, [])
            if account_changed:
                result.status = ItemStatus.UPDATED
            return
        first = lead.id in self.created and lead.id not in self.touched
        result.status = ItemStatus.CREATED if first else ItemStatus.UPDATED
        self.touched.setdefault(lead.id, []).extend(changed)
        news = lead.news_at if not changed else max(lead.news_at or observed, observed)
        self.unit.put_lead(replace(lead, fields=fields, account_id=account_id, changed_at=self.now, news_at=news))

    def _news(self, lead: Lead, observed: datetime) -> None:
        """The news of a company counts as something new about the lead."""
        if lead.news_at is None or lead.news_at < observed:
            self.unit.put_lead(replace(lead, news_at=observed))

    def _admitted(self, result: ItemResult, lead: Lead, checked: CheckedLead) -> Given:
        owners = self.unit.active.owners(lead.agreement_id)
        if not owners:
            return checked.fields
        given, told = self.claims.admit(lead.id, lead.id, lead.fields, checked.fields, owners, ("fields",))
        result.faults += told
        return given

    def _merge_lead(
        self, result: ItemResult, checked: CheckedLead, observed: datetime, lead: Lead
    ) -> tuple[dict[str, Canonical], UUID | None, list[str]]:
        """The lead's fields and company after what is told, and which of the fields changed."""
        told = dict(self._admitted(result, lead, checked))
        if not isinstance(checked.item.account, Absent):
            told[COMPANY] = str(self.accounts[checked.company.key].id) if checked.company else None
        known = {**lead.fields, COMPANY: str(lead.account_id) if lead.account_id else None}
        fields, changed = self.learning.learn(lead.id, known, told, observed)
        company = fields.pop(COMPANY, None)
        return fields, UUID(str(company)) if company else None, [name for name in changed if name != COMPANY]

    def _merge_account(self, result: ItemResult, checked: CheckedLead, observed: datetime, lead: Lead) -> bool:
        """Return whether something changed of the company that is told of."""
        given = checked.company
        if given is None:
            return False
        account, told = self.accounts[given.key], checked.account_fields
        owners = self.unit.active.owners()
        if owners:
            place = ("account", "fields")
            told, reports = self.claims.admit(lead.id, account.id, account.fields, told, owners, place)
            result.faults += reports
        known, _ = self.learning.learn(account.id, account.remembered, {**told, **given.known_by}, observed)
        merged = account.with_remembered(known)
        if merged == account:
            return False
        if merged.fields != account.fields:
            self.told_more.add(account.id)
        merged = replace(merged, changed_at=self.now)
        self.accounts[given.key] = merged
        self.unit.accounts[account.id] = merged
        self.changed_accounts.add(given.key)
        return True

    async def finish(self) -> None:
        """Write, tell, judge the leads that changed or whose company did."""
        transaction = self.unit.transaction
        changed_ids = {self.accounts[key].id for key in self.changed_accounts}
        await self.learning.keep(transaction.connection)
        await leads.update_accounts(
            transaction.connection, [self.accounts[key] for key in sorted(self.changed_accounts)]
        )
        await self.claims.keep(self.unit)
        for lead_id, changed in self.touched.items():
            self._tell(lead_id, changed)
        siblings = {i for i, lead in self.unit.leads.items() if lead.account_id in changed_ids and not lead.historical}
        for lead_id in (i for i in siblings if self.unit.leads[i].account_id in self.told_more):
            self._news(self.unit.leads[lead_id], self.now)
        await judge_leads(self.unit, sorted(siblings | self.touched.keys()))
        await syncing.follow(self.unit, self.source, self.claims.changed, self.claims.echoed)
        await conclude(self.unit)
        if changed_ids:
            await leads.mark_for_judging(transaction.connection, changed_ids, but=self.unit.leads, now=self.now)
        for result, lead_id in self.results:
            handover = self.unit.handovers.get(lead_id)
            result.handover_id = handover.id if handover else None

    def _tell(self, lead_id: UUID, changed: list[str]) -> None:
        happened = LeadCreated if lead_id in self.created else LeadChanged
        event = happened(source=self.source, fields=sorted(set(changed)))
        self.unit.transaction.emit(event, lead_id, lead_id=lead_id, visible_to=self.unit.teams_of(lead_id))


async def _buying_centres(transaction: Transaction, good: Sequence[tuple[ItemResult, CheckedLead]]) -> list[UUID]:
    """The leads of companies of which something new is told, judged with them; of too many the clock takes care."""
    told = {c.company.key: c.account_fields for _, c in good if c.company and c.account_fields}
    known = await leads.accounts_by_key(transaction.connection, told) if told else {}
    changing = [a.id for key, a in known.items() if any(a.fields.get(f) != v for f, v in told[key].items())]
    siblings = (
        await leads.ids_of_accounts(transaction.connection, changing, limit=MOST_SIBLINGS + 1) if changing else []
    )
    return siblings if len(siblings) <= MOST_SIBLINGS else []
