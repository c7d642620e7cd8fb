"""Leads at the moments that matter, as arrays: when something happened to them, and what was known of them then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from application.simulation.known_states import (
    NOTHING,
    Changes,
    Moments,
    Numbers,
    States,
    Truths,
    chosen,
    distinct,
    numbered,
    numbers_of,
    taken,
)
from application.simulation.past import Period
from domain.document.sections.fields import FieldType
from domain.leads.contact import Consent
from domain.leads.lead import BESIDE_FIELDS, COMPANY
from rules.columnar.plan import microseconds
from rules.columnar.tables import stored
from rules.conditions.vocabulary import Subject


@dataclass(frozen=True)
class CopiedPortion:
    """Some leads with all that was recorded of them, as tables; see persistence.as_of."""

    leads: pa.Table
    values: pa.Table
    """Of the leads, perhaps of others too."""
    companies: pa.Array
    """The ids of all accounts that a lead belongs or belonged to."""
    account_values: pa.Table
    activities: pa.Table
    consents: Mapping[UUID, Sequence[Consent]]


def companies_of(leads: pa.Table, values: pa.Table) -> pa.Array:
    """The ids of all accounts that a lead belongs or belonged to, each once."""
    told = values.filter(pc.equal(values["field"], COMPANY))
    told = told.filter(pc.is_in(told["subject"], value_set=leads["id"].combine_chunks()))
    known = pa.concat_arrays([company_ids(told["value"]), leads["account_id"].combine_chunks()])
    return pc.drop_null(pc.unique(known))


def company_ids(values: pa.ChunkedArray) -> pa.Array:
    """The ids that are written in values, which are JSON; null where there is none."""
    texts = pc.utf8_lower(pc.utf8_trim(values, '"')).combine_chunks()
    return pc.if_else(pc.equal(texts, "null"), None, texts)


class Cases:
    """The leads of a portion, numbered in their order, at the moments that matter; in order of lead and time."""

    def __init__(self, portion: CopiedPortion, period: Period) -> None:
        self.portion, self.leads = portion, portion.leads.num_rows
        self._ids = portion.leads["id"].combine_chunks()
        self._start, self._end = microseconds(period.start), microseconds(period.end)
        self._created = numbers_of(portion.leads["created_at"].combine_chunks())
        self._changes = self._read()
        self.doer = self._number(portion.activities["lead"])
        self.done = numbers_of(portion.activities["at"].combine_chunks())
        self.told = self._consents()
        said = [(n, microseconds(one.at)) for n, told in self.told.items() for one in told]
        self._sayer, self._said = (np.array([one[n] for one in said], np.int64) for n in (0, 1))
        span = np.array([self._start, self._end])
        self._moments = Moments(span, self._created, self._changes.at, self.done, self._said)
        self._states = States(self._changes, self._moments)
        self._held: dict[str, Numbers] = {}
        self._columns: dict[tuple[str, FieldType, int | None], tuple[Numbers, pa.Array]] = {}
        self._place()

    def _number(self, ids: pa.ChunkedArray) -> Numbers:
        return numbers_of(pc.index_in(ids, value_set=self._ids).combine_chunks())

    def _consents(self) -> dict[int, Sequence[Consent]]:
        """The words of leads, by their numbers."""
        ids = pa.array([str(id_) for id_ in self.portion.consents], pa.string())
        return dict(zip(pc.index_in(ids, value_set=self._ids).to_pylist(), self.portion.consents.values(), strict=True))

    def _read(self) -> Changes:
        """The changes of leads and accounts; accounts are numbered behind the leads."""
        subjects = pa.concat_arrays([self._ids, self.portion.companies])
        table = pa.concat_tables([self.portion.values, self.portion.account_values])
        names, self.fields = numbered(table["field"].combine_chunks())
        kept = [not name.startswith(BESIDE_FIELDS) or name == COMPANY for name in self.fields.to_pylist()]
        places = pc.index_in(table["subject"], value_set=subjects).combine_chunks()
        wanted = pc.and_(places.is_valid(), pa.array(np.array([*kept, False])[names]))
        table, places = table.filter(wanted), places.filter(wanted)
        names = names[wanted.to_numpy(zero_copy_only=False)]
        texts = table["value"].combine_chunks()
        values, self._texts = numbered(pc.if_else(pc.equal(texts, "null"), None, texts))
        self._told_company = np.zeros(self.leads, bool)
        self._told_company[numbers_of(places)[names == self.field(COMPANY)]] = True
        at, seq = (numbers_of(table[name].combine_chunks()) for name in ("at", "seq"))
        return Changes.of(numbers_of(places), names, at, seq, values)

    def field(self, key: str) -> int:
        """The number of a field; NOTHING of one that nobody ever had."""
        found: int | None = pc.index(self.fields, key).as_py()
        return NOTHING if found is None else found

    def _place(self) -> None:
        """Find the moments, and what was known at each."""
        own = self._changes.subject < self.leads
        member, company = self._memberships()
        place, began = self._states.began(company)
        lead = np.concatenate((self._changes.subject[own], self.doer, self._sayer, member[place]))
        at = np.concatenate((self._changes.at[own], self.done, self._said, began))
        begin, every = np.maximum(self._start, self._created), np.arange(self.leads)
        inside = (at >= begin[lead]) & (at <= self._end)
        happened = distinct(self._moments.key(lead[inside], at[inside]))
        ends = [self._moments.key(every, edge) for edge in (begin, np.full(self.leads, self._end))]
        keys = distinct(np.concatenate((happened, *ends)))
        self.lead, self.now = self._moments.subject(keys), self._moments.at(keys)
        quiet = ~np.isin(keys, happened, assume_unique=True)
        self.standing: Truths = quiet & (self.now == self._start) & (self._created[self.lead] < self._start)
        self._lead_state = self._states.at(self.lead, self.now)
        self.account = self._states.at(self._company_then(), self.now)

    def _by_account(self) -> Numbers:
        """The account of each lead as it is now."""
        found = pc.index_in(self.portion.leads["account_id"], value_set=self.portion.companies).combine_chunks()
        return np.where(numbers_of(found) == NOTHING, NOTHING, numbers_of(found) + self.leads)

    def _companies(self) -> Numbers:
        """By the number of a value the account that it names."""
        ids = company_ids(pa.chunked_array([self._texts]))
        found = numbers_of(pc.index_in(ids, value_set=self.portion.companies))
        return np.where(found == NOTHING, NOTHING, found + self.leads)

    def _memberships(self) -> tuple[Numbers, Numbers]:
        """The leads and the accounts that each ever belonged to."""
        told = (self._changes.field == self.field(COMPANY)) & (self._changes.value != NOTHING)
        untold = np.flatnonzero(~self._told_company)
        lead = np.concatenate((self._changes.subject[told], untold))
        account = np.concatenate((chosen(self._companies(), self._changes.value[told]), self._by_account()[untold]))
        pairs = np.unique(np.stack((lead, account))[:, account != NOTHING], axis=1)
        return pairs[0], pairs[1]

    def _company_then(self) -> Numbers:
        """The account that the lead of each case belonged to at the moment."""
        told = chosen(chosen(self._companies(), self._states.value(self.field(COMPANY))), self._lead_state)
        return np.where(self._told_company[self.lead], told, self._by_account()[self.lead])

    def of_lead(self, key: str) -> Numbers:
        """The number of the value that a field of the lead has in each case."""
        return chosen(self.of_states(key), self._lead_state)

    def of_account(self, key: str) -> Numbers:
        """The same of a field of its account."""
        return chosen(self.of_states(key), self.account)

    def of_states(self, key: str) -> Numbers:
        """The number of the value that a field has in each state of a lead or account."""
        if key not in self._held:
            self._held[key] = self._states.value(self.field(key))
        return self._held[key]

    def value(self, number: int) -> Any:
        """A value by its number."""
        return orjson.loads(self._texts[int(number)].as_py())

    def column(self, subject: Subject, numbers: Numbers) -> pa.Array:
        """The values of a field by their numbers, as they are compared; each is read once, whoever asks."""
        asked = (subject.key, subject.type, subject.scale)
        if asked not in self._columns:
            used = distinct(self._changes.value[self._changes.field == self.field(subject.key)])
            used = used[used != NOTHING]
            place = np.full(len(self._texts) + 1, NOTHING)
            place[used] = np.arange(len(used))
            self._columns[asked] = place, stored(subject, self._texts.take(pa.array(used)))
        place, values = self._columns[asked]
        return taken(values, place[numbers])
