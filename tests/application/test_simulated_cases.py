"""The cases of a simulation, found by arrays, are those of looking at each lead by itself [X.3]."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pytest

from application.runtime.compiled_versions import CompiledVersion
from application.simulation.case_tables import CaseTables, positions
from application.simulation.cases import Cases, CopiedPortion, companies_of
from application.simulation.past import Needed, Period, Portion, _by_subject
from domain.document.contact_vocabulary import ContactVocabulary
from domain.facts import ActivityFact
from domain.leads.contact import Consent
from domain.leads.lead import COMPANY
from persistence.as_of.copied import ATTRIBUTE
from persistence.as_of.recorded import RecordedLead
from persistence.database.arrow import MOMENT
from rules.columnar.plan import ColumnarPlan
from rules.columnar.tables import LeadCase, accounts_table, activities_table, leads_table
from tests.rules.samples import NOW, document, when

PERIOD = Period(NOW - timedelta(days=20), NOW)
LEADS, ACCOUNTS = 40, 6
VALUES: dict[str, list[Any]] = {
    "text": ["red", "Größe", 'a "quoted" word', "back\\slash", " ", "tab\t", "\u00a0", "😀", 7, None],
    "choice": ["red", "green", None],
    "whole": [1, 2, -5, "1", True, 2**53, None],
    "amount": ["1.50", "-2.25", "x", 3, None],
    "truth": [True, False, 1, None],
    "day": ["2026-01-01", "soon", None],
    "moment": ["2026-01-01T00:00:00.000Z", None],
    "list": [["a", "b"], ["a", " "], [], "a", None],
    "unheard": ["of", None],
}


def version() -> CompiledVersion:
    """A version that asks for everything there is."""
    asked = [when(key, "exists") for key in VALUES if key != "unheard"]
    pages = {"activity": "download", "points": 5, "label": "x", "when": when("activity.pages", "gte", 3)}
    always = {"label": "x", "priority": 1, "when": {"any": [*asked, when("activities.form", "gte", 1)]}}
    found = document(
        scope={"not": {"all": [when("account.employees", "lt", 50), when("truth", "eq", True)]}},
        contact={"consents": {"news": {"label": "News", "party": "MARKETING", "channels": ["email"]}}},
        handover__triggers={"all": always},
        handover__requiredConsents=[{"purpose": "news", "channel": "email"}],
        scoring__interest__signals={"pages": pages, "form": {"label": "x", "activity": "form", "points": 1}},
    )
    return CompiledVersion(UUID(int=1), "main", UUID(int=2), found)


class Told:
    """A past, told both row by row and as tables."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.companies = [UUID(int=900 + n) for n in range(ACCOUNTS)]
        self.leads = [self._lead(n) for n in range(LEADS)]
        self.values = sorted(self._values(), key=lambda one: (one[2], one[3]))
        self.done = {lead.id: [self._activity() for _ in range(chance.randrange(5))] for lead in self.leads}
        self.consents = {lead.id: self._said(lead.id) for lead in self.leads[::3]}

    def _at(self) -> datetime:
        """A moment before, in or behind the period; often the same, or its beginning or end."""
        whole = NOW - timedelta(hours=self.chance.choice([0, 24 * 20, self.chance.randrange(-48, 24 * 30)]))
        return whole + timedelta(microseconds=self.chance.choice([0, 0, 1]))

    def _lead(self, number: int) -> RecordedLead:
        company = self.chance.choice([None, *self.companies])
        stage, kind = self.chance.choice([(None, None), ("contact", "PROSPECT"), ("sal", "ACCEPTED"), ("old", "WON")])
        truths = [self.chance.random() < 0.5 for _ in range(5)]
        created = min(self._at(), self._at(), NOW)
        return RecordedLead(UUID(int=number), company, created, stage, kind, truths[0], number % 3, *truths[1:])

    def _values(self) -> Iterator[tuple[UUID, str, datetime, int, Any]]:
        subjects = [(lead.id, list(VALUES)) for lead in self.leads]
        subjects += [(lead.id, [COMPANY]) for lead in self.leads if self.chance.random() < 0.5]
        subjects += [(company, ["employees", "@name"]) for company in self.companies]
        known = {**VALUES, "employees": [10, 60, 70, None], "@name": ["A", "B"]}
        known[COMPANY] = [None, *map(str, self.companies)]
        number = 0
        for subject, fields in subjects:
            for field in fields:
                for _ in range(self.chance.randrange(4)):
                    yield subject, field, self._at(), (number := number + 1), self.chance.choice(known[field])

    def _activity(self) -> ActivityFact:
        kind, words = self.chance.choice(["download", "form", "webinar"]), ["x", " ", "Über", None]
        channel, campaign, content = (self.chance.choice(words) for _ in range(3))
        fields: dict[str, Any] = {"pages": self.chance.choice([1, 3, "3"])} if self.chance.random() < 0.7 else {}
        return ActivityFact("a", kind, self._at(), None, channel, campaign, content, fields)

    def _said(self, lead: UUID) -> list[Consent]:
        found = []
        for number in range(self.chance.randrange(4)):
            at, granted = self._at(), self.chance.random() < 0.7
            ends = self.chance.choice([None, at + timedelta(days=3)])
            found.append(Consent(UUID(int=number), lead, "news", "email", granted, at, at, "x", None, ends))
        return found

    def plain(self) -> Portion:
        """As rows."""
        timelines: dict[tuple[UUID, str], list[tuple[datetime, Any]]] = {}
        for subject, field, at, _, value in self.values:
            timelines.setdefault((subject, field), []).append((at, value))
        return Portion(_by_subject(timelines), self.done, self.consents, {})

    def copied(self) -> CopiedPortion:
        """As tables."""
        names = [name for name in RecordedLead.__dataclass_fields__ if name not in ("id", "account_id")]
        rows = [
            {"id": str(lead.id), "account_id": lead.account_id and str(lead.account_id)}
            | {name: getattr(lead, name) for name in names}
            for lead in self.leads
        ]
        told = [
            {"subject": str(subject), "field": field, "at": at, "seq": seq, "value": orjson.dumps(value).decode()}
            for subject, field, at, seq, value in self.values
        ]
        self.chance.shuffle(told)
        done = [
            {"lead": str(lead), "type": one.type, "at": one.occurred_at, "channel": one.channel}
            | {"campaign": one.campaign, "content": one.content}
            | {ATTRIBUTE + "pages": orjson.dumps(one.fields["pages"]).decode() if one.fields else None}
            for lead, activities in self.done.items()
            for one in activities
        ]
        leads, values = _table(rows, created_at=MOMENT), _table(told, at=MOMENT)
        companies = companies_of(leads, values)
        return CopiedPortion(leads, values, companies, values.slice(0, 5), _table(done, at=MOMENT), self.consents)


def _table(rows: list[dict[str, Any]], **moments: pa.DataType) -> pa.Table:
    found = pa.Table.from_pylist(rows)
    for name, kind in moments.items():
        found = found.set_column(found.schema.get_field_index(name), name, found[name].cast(kind))
    return found


def naive(told: Told, compiled: CompiledVersion, stages: dict[Any, str], words: ContactVocabulary) -> list[LeadCase]:
    """Each lead at each moment that matters, as it was known then."""
    portion = told.plain()
    portion = Portion(portion.timelines, portion.done, portion.consents, {compiled.version_id: words}, stages)
    found = []
    for number, lead in enumerate(told.leads):
        own = portion.timelines.get(lead.id, {})
        companies = {lead.account_id} if lead.account_id else set()
        if COMPANY in own:
            companies = {UUID(value) for value in own[COMPANY][1] if value is not None}
        happened = {one.occurred_at for one in told.done[lead.id]} | {one.at for one in told.consents.get(lead.id, ())}
        for subject in (lead.id, *companies):
            happened |= {at for since, _ in portion.timelines.get(subject, {}).values() for at in since}
        begin = max(PERIOD.start, lead.created_at)
        for moment in sorted(at for at in {begin, PERIOD.end} | happened if begin <= at <= PERIOD.end):
            facts = portion.facts(lead, moment, compiled)
            if compiled.compiled_rules.governs(facts):
                standing = lead.created_at < moment == PERIOD.start and moment not in happened
                found.append(LeadCase(number, moment, facts, standing))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_cases_found_by_arrays_are_those_of_looking_at_each_lead(seed: int) -> None:
    """Moments, values, companies, stages, consents and activities, whatever was told, undone or is of another type."""
    told, compiled = Told(random.Random(seed)), version()
    plan, words = ColumnarPlan(compiled.compiled_rules), ContactVocabulary([compiled.document])
    assert Needed.of([compiled], PERIOD).attributes == ["pages"]
    portion = told.copied()
    stood = {position: f"at {position.stage}" for position in positions(portion.leads)[0] if position}
    tables = CaseTables(compiled, plan, words)
    tables.of(Cases(told.copied(), PERIOD), stood)  # a portion before: numbers go on
    found = tables.of(Cases(portion, PERIOD), stood)
    expected = naive(told, compiled, {(compiled.version_id, at): stage for at, stage in stood.items()}, words)
    assert len(expected) > 40
    first, accounts = len(expected), {row.pop("account"): row for row in found["accounts"].to_pylist()}
    leads = found["leads"].to_pylist()
    held = [accounts.get(row.pop("account"), dict.fromkeys(c.column for c in plan.account_columns)) for row in leads]
    assert held == accounts_table(plan, expected).drop("account").to_pylist()
    for row in leads:
        row["lead"] -= LEADS
    assert leads == leads_table(plan, expected, first=first).drop("account").to_pylist()
    activities = activities_table(plan, [(n + LEADS, told.done[lead.id]) for n, lead in enumerate(told.leads)])
    assert found["activities"].schema.equals(activities.schema)
    assert found["activities"].to_pylist() == activities.to_pylist()
