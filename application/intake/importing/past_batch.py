"""A batch of the past: merged into what is known by the time at which it held, and written with historical events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from application.intake.importing.first_known import keep_first_words
from application.intake.importing.past_consents import PastConsents
from application.intake.importing.past_stages import PastStages
from application.intake.importing.rows import ImportedRow
from application.intake.learning import value_at, words_to_add
from application.intake.record_consent import SaidConsent
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.incoming import Absent, CheckedLead, IncomingAccount, ItemStatus
from application.runtime.transaction import Transaction
from domain.events.leads import ActivityRecorded, LeadChanged, LeadCreated, LeadEvent
from domain.facts import Canonical
from domain.leads.lead import COMPANY, Account, Lead, StageChange, stage_event
from domain.refusal import Refusal
from domain.words.ids import new_id
from persistence.as_of.past import Timelines
from persistence.leads import activities, field_history, leads
from persistence.leads.activities import Activity
from persistence.leads.field_history import FieldValue, ToldAgain

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass
class PastResult:
    """The result of one row."""

    row: ImportedRow
    status: ItemStatus = ItemStatus.REFUSED
    faults: list[Refusal] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Its other oddities, which are kept as told."""
    activities: int = 0
    stages: int = 0
    consents: int = 0


@dataclass
class Checked:
    """A row without faults: its canonical values and its activities."""

    result: PastResult
    lead: CheckedLead
    activities: list[Activity]
    consents: list[SaidConsent]


@dataclass
class PastBatch:
    """The leads of a batch, locked, with what is known of their past."""

    transaction: Transaction
    compiled_version: CompiledVersion
    source: str
    ids: Mapping[str, UUID]
    created: set[UUID]
    leads: dict[UUID, Lead]
    accounts: dict[str, Account]
    timelines: Timelines
    told_again: ToldAgain
    stages: dict[UUID, list[StageChange]]
    known_activities: dict[str, Activity]
    consents: PastConsents
    _met: set[UUID] = field(default_factory=set)
    _values: list[FieldValue] = field(default_factory=list)
    _moves: list[tuple[UUID, StageChange]] = field(default_factory=list)
    _activities: list[Activity] = field(default_factory=list)
    _changed: dict[UUID, Lead] = field(default_factory=dict)
    _changed_accounts: set[str] = field(default_factory=set)

    def merge(self, checked: Checked) -> None:
        """Merge a row; one about a lead that is live already and tells something new is refused."""
        item, result = checked.lead.item, checked.result
        before = self.leads[self.ids[item.external_id]]
        observed = item.observed_at or item.created_at or self.transaction.now
        self._keep_first_words(before.id, checked.lead.fields, observed, result)
        lead, values = self._with_values(before, checked.lead.fields, observed)
        news = self._news(values)
        lead, moves = self._with_stages(lead, result)
        new = [a for a in checked.activities if a.key not in self.known_activities]
        said = self.consents.news(before.id, checked.consents)
        if (news or moves or new or said) and not before.historical:
            message = "The lead is live already: its past can no longer be written; send this without --history."
            result.faults.append(Refusal("WRONG_STATE", message, ("externalId",)))
            return
        lead, company = self._with_account(lead, checked.lead, observed, result)
        lead, told_of_company = _with_news(lead, new), self._news(company)
        self._keep(before, lead, [*values, *company], moves, new)
        self.consents.keep(said)
        result.activities, result.stages, result.consents = len(new), len(moves), len(said)
        self.known_activities |= {activity.key: activity for activity in new}
        if before.id in self.created - self._met:
            result.status = ItemStatus.CREATED
            self._emit(LeadCreated(source=self.source, fields=sorted(lead.fields)), lead, lead.created_at)
        elif news or moves or new or said or told_of_company or lead != before:
            result.status = ItemStatus.UPDATED
            changed = sorted({value.field for value in news})
            self._emit(LeadChanged(source=self.source, fields=changed), lead, observed)
        else:
            result.status = ItemStatus.UNCHANGED
        self._met.add(before.id)
        for move in moves:
            self._emit(stage_event(move), lead, move.at)

    def _keep_first_words(
        self, subject: UUID, given: dict[str, Canonical | None], observed: datetime, result: PastResult
    ) -> None:
        dated = observed != self.transaction.now
        result.contradictions += keep_first_words(self.timelines, subject, given, observed, dated=dated)

    def _keep(
        self, before: Lead, lead: Lead, values: list[FieldValue], moves: list[StageChange], new: list[Activity]
    ) -> None:
        for value in values:
            self._remember(value)
        self._moves += [(new_id(now=self.transaction.now), move) for move in moves]
        self._activities += new
        if lead != before:
            self.leads[lead.id] = replace(lead, changed_at=self.transaction.now, judged_epoch=None)
            self._changed.setdefault(lead.id, before)

    def _with_values(
        self, lead: Lead, given: Mapping[str, Canonical | None], observed: datetime
    ) -> tuple[Lead, list[FieldValue]]:
        fields, values = self._learn(lead.id, lead.fields, given, observed)
        return (replace(lead, fields=fields) if fields != lead.fields else lead), values

    def _learn(
        self, subject: UUID, present: Mapping[str, Canonical], given: Mapping[str, Canonical | None], observed: datetime
    ) -> tuple[dict[str, Canonical], list[FieldValue]]:
        """The present values after learning those given, and what is new about the past."""
        fields, values = dict(present), []
        for name, value in given.items():
            timeline = self.timelines.get((subject, name), [])
            again = dict(self.told_again.get((subject, name), []))
            added = words_to_add(timeline, list(again), value, observed)
            for at, word in added:
                source, known_at = (self.source, self.transaction.now) if at == observed else (again[at], at)
                values.append(FieldValue(subject, name, word, at, known_at, source))
            if not added or added[-1][0] < (timeline[-1][0] if timeline else LONG_AGO):
                continue
            if added[-1][1] is None:
                fields.pop(name, None)
            else:
                fields[name] = added[-1][1]
        return fields, values

    def _news(self, values: Sequence[FieldValue]) -> list[FieldValue]:
        """Those that say what was not known to hold then, of values that are not remembered yet."""
        known = ((value, self.timelines.get((value.subject_id, value.field), [])) for value in values)
        return [value for value, timeline in known if value_at(timeline, value.valid_from) != value.value]

    def _remember(self, value: FieldValue) -> None:
        timeline = self.timelines.setdefault((value.subject_id, value.field), [])
        place = bisect_right(timeline, value.valid_from, key=lambda entry: entry[0])
        timeline.insert(place, (value.valid_from, value.value))
        self._values.append(value)

    def _with_stages(self, lead: Lead, result: PastResult) -> tuple[Lead, list[StageChange]]:
        journey = self.compiled_version.document.journey
        past = PastStages(tuple(self.stages.get(lead.id, ())))
        first = past.changes[0].from_stage if past.changes else lead.stage
        past, new = past.learn(lead.id, first or lead.stage, result.row.stages, journey, self.transaction.person)
        result.contradictions += past.contradictions(since=lead.created_at)
        outcome = past.outcome
        stage = journey.stage(outcome.to_stage) if outcome else None
        if not new or outcome is None or stage is None:
            return lead, new
        self.stages[lead.id] = list(past.changes)
        moved = replace(
            lead, agreement_id=self.compiled_version.agreement_id, stage=stage.key, stage_kind=stage.kind.value
        )
        return replace(moved, stage_since=outcome.at, contact_owner=stage.owner), new

    def _with_account(
        self, lead: Lead, checked: CheckedLead, observed: datetime, result: PastResult
    ) -> tuple[Lead, list[FieldValue]]:
        if isinstance(checked.item.account, Absent):
            return lead, []
        given = checked.company
        told: dict[str, Canonical | None] = {COMPANY: str(self.accounts[given.key].id) if given else None}
        self._keep_first_words(lead.id, told, observed, result)
        present = {COMPANY: str(lead.account_id)} if lead.account_id else {}
        known, values = self._learn(lead.id, present, told, observed)
        lead = replace(lead, account_id=UUID(str(known[COMPANY])) if COMPANY in known else None)
        if given is not None:
            values += self._tell_of(given, {**checked.account_fields, **given.known_by}, observed, result)
        return lead, values

    def _tell_of(
        self, given: IncomingAccount, told: dict[str, Canonical | None], observed: datetime, result: PastResult
    ) -> list[FieldValue]:
        """Return what is new about a company, which changes by it."""
        account = self.accounts[given.key]
        self._keep_first_words(account.id, told, observed, result)
        known = {name: value for name, value in account.remembered.items() if value is not None}
        known, values = self._learn(account.id, known, told, observed)
        merged = account.with_remembered(known)
        if merged != account:
            self.accounts[given.key] = replace(merged, changed_at=self.transaction.now)
            self._changed_accounts.add(given.key)
        return values

    def _emit(self, event: LeadEvent, lead: Lead, at: datetime) -> None:
        self.transaction.emit(event, lead.id, lead_id=lead.id, at=at, historical=True)

    async def write(self) -> None:
        """Write all that is new, one statement for each kind."""
        connection, now = self.transaction.connection, self.transaction.now
        await field_history.remember_values(connection, self._values)
        await leads.remember_stages(connection, self._moves, recorded_at=now, historical=True)
        recorded = await activities.record(connection, self._activities)
        for activity in self._activities:
            if activity.id in recorded:
                self._tell_activity(activity)
        await self.consents.write()
        await leads.update_accounts(connection, [self.accounts[key] for key in sorted(self._changed_accounts)])
        before = [self._changed[lead_id] for lead_id in sorted(self._changed)]
        await leads.update(connection, before, [self.leads[lead.id] for lead in before])

    def _tell_activity(self, activity: Activity) -> None:
        event = ActivityRecorded(
            activity=str(activity.id),
            type=activity.type,
            source=activity.source,
            key=activity.key,
            party=activity.party.value if activity.party else None,
            channel=activity.channel,
            channel_told=activity.channel_told,
            campaign=activity.campaign,
            content=activity.content,
        )
        self.transaction.emit(event, activity.id, lead_id=activity.lead_id, at=activity.occurred_at, historical=True)


def _with_news(lead: Lead, new: Sequence[Activity]) -> Lead:
    news = max((activity.occurred_at for activity in new), default=None)
    if news is None or (lead.news_at is not None and lead.news_at >= news):
        return lead
    return replace(lead, news_at=news)
