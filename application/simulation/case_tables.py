"""Cases as the tables that the columnar form judges, as one version sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from application.judging.given_consents import given_consents
from application.runtime.compiled_versions import CompiledVersion
from application.simulation.cases import Cases
from application.simulation.known_states import NOTHING, Numbers, Truths, distinct, numbered, numbers_of, taken
from domain.agreements.heirs import StagePosition
from domain.document.contact_vocabulary import ContactVocabulary
from domain.facts import LeadFacts
from persistence.as_of.copied import ATTRIBUTE
from persistence.as_of.recorded import standing
from rules.activities.activity_window import ActivityWindow
from rules.columnar.plan import ColumnarPlan, moment
from rules.columnar.tables import fitted, said, storable, stored
from rules.conditions.syntax import subjects_of
from rules.conditions.vocabulary import Origin, Subject


class CaseTables:
    """The tables of one version; rows are numbered through all portions."""

    def __init__(self, compiled_version: CompiledVersion, plan: ColumnarPlan, words: ContactVocabulary) -> None:
        self._version, self._plan, self._words = compiled_version, plan, words
        self._cases = self._accounts = self._leads = 0

    def of(self, cases: Cases, stages: Mapping[StagePosition, str]) -> dict[str, pa.Table]:
        """The tables of a portion, by their names."""
        governed = np.flatnonzero(self._governed(cases))
        first, states = self._accounts, distinct(cases.account[governed])
        states = states[states != NOTHING]
        found = {
            "leads": self._table(cases, governed, states, stages),
            "accounts": pa.table(
                {
                    "account": pa.array(np.arange(first, first + len(states))),
                    **{
                        h.column: cases.column(h.subject, cases.of_states(h.subject.key)[states])
                        for h in self._plan.account_columns
                    },
                }
            ),
            "activities": self._activities(cases),
        }
        self._cases += len(governed)
        self._accounts += len(states)
        self._leads += cases.leads
        return found

    def _governed(self, cases: Cases) -> Truths:
        """True if the scope holds, which is asked once for all cases that are alike in what it asks of them."""
        rules = self._version.compiled_rules
        if rules.scope is None:
            return np.ones(len(cases.lead), bool)
        asked = list(subjects_of([rules.scope]).values())
        held = [cases.of_lead(s.key) if s.origin is Origin.LEAD else cases.of_account(s.key) for s in asked]
        alike, first = np.zeros(len(cases.lead), np.int64), np.zeros(0, np.int64)
        for values in held:
            _, kinds = np.unique(values, return_inverse=True)
            _, first, alike = np.unique(alike * (len(cases.lead) + 1) + kinds, return_index=True, return_inverse=True)
        truths = [rules.governs(_facts(cases, asked, [values[n] for values in held])) for n in first]
        return np.array(truths, bool)[alike]

    def _table(self, cases: Cases, governed: Numbers, states: Numbers, stages: Mapping[StagePosition, str]) -> pa.Table:
        number, lead, account = len(governed), cases.lead[governed], cases.account[governed]
        place = np.where(account == NOTHING, NOTHING, self._accounts + np.searchsorted(states, account))
        leads = cases.portion.leads
        return pa.table(
            {
                "case": pa.array(np.arange(self._cases, self._cases + number)),
                "lead": pa.array(self._leads + lead),
                "account": pa.array(place),
                "standing": pa.array(cases.standing[governed]),
                "now": pa.array(cases.now[governed]),
                "stage": self._stages(leads, stages).take(pa.array(lead)),
                **{name: leads[name].combine_chunks().take(pa.array(lead)) for name in ("open_handover", "rounds")},
                **dict.fromkeys(("returned", "news"), pa.array(np.zeros(number, bool))),
                "cool_off_until": pa.nulls(number, pa.int64()),
                **{
                    h.column: cases.column(h.subject, cases.of_lead(h.subject.key)[governed])
                    for h in self._plan.lead_columns
                },
                **self._centres(number),
                **self._consents(cases, governed),
            }
        )

    def _stages(self, leads: pa.Table, stages: Mapping[StagePosition, str]) -> pa.Array:
        """The stage of each lead, as the version knows it."""
        known, place = positions(leads)
        keys = [None if position is None else storable(stages[position]) for position in known]
        return pa.array(keys, pa.string()).take(pa.array(place))

    def _centres(self, number: int) -> dict[str, pa.Array]:
        """The facts about buying centres: nothing."""
        row: dict[str, Any] = {}
        self._plan.compiled_rules.centre.add(None, row)
        return {
            h.column: pa.repeat(fitted(h.subject, [row[h.subject.name]])[0], number) for h in self._plan.centre_columns
        }

    def _consents(self, cases: Cases, governed: Numbers) -> dict[str, pa.Array]:
        if not self._plan.consent_columns:
            return {}
        plan, told = self._plan.compiled_rules.consents, cases.told
        held = {column: np.zeros(len(governed), bool) for column in self._plan.consent_columns}
        for place in np.flatnonzero(np.isin(cases.lead[governed], list(told))):
            at = moment(int(cases.now[governed[place]]))
            consents = told[int(cases.lead[governed[place]])]
            row: dict[str, Any] = {}
            given = given_consents(consents, self._words, self._version, now=at)
            plan.add(given, row, ActivityWindow((), (), now=at))
            for column, name in self._plan.consent_columns.items():
                held[column][place] = bool(row[name])
        return {column: pa.array(truths, mask=~truths) for column, truths in held.items()}

    def _activities(self, cases: Cases) -> pa.Table:
        done = cases.portion.activities
        kinds, types = numbered(done["type"].combine_chunks())
        return pa.table(
            {
                "lead": pa.array(self._leads + cases.doer),
                "type": _texts(types, storable).take(pa.array(kinds)),
                "occurred": pa.array(cases.done),
                "channel": _mapped(done["channel"], lambda told: said(self._plan.channel(told))),
                **{name: _mapped(done[name], said) for name in ("campaign", "content")},
                **self._own(done, types.to_pylist(), kinds),
            }
        )

    def _own(self, done: pa.Table, types: list[str], kinds: Numbers) -> dict[str, pa.Array]:
        found: dict[str, pa.Array] = {}
        for kind, matched in self._plan.activity_columns.items():
            here = kinds == (types.index(kind) if kind in types else NOTHING)
            for held in matched:
                numbers, texts = numbered(done[ATTRIBUTE + held.subject.key].combine_chunks())
                found[held.column] = taken(stored(held.subject, texts), np.where(here, numbers, NOTHING))
        return found


def positions(leads: pa.Table) -> tuple[list[StagePosition | None], Numbers]:
    """Where leads stand, each position once; and the place of each lead's among them."""
    (stages, _), (kinds, _) = (numbered(leads[name].combine_chunks()) for name in ("stage", "stage_kind"))
    alike = (stages * (len(kinds) + 1) + kinds) * 2 + numbers_of(leads["open_handover"].combine_chunks())
    _, first, place = np.unique(alike, return_index=True, return_inverse=True)
    rows = leads.select(["stage", "stage_kind", "open_handover"]).take(pa.array(first)).to_pylist()
    return [standing(**row) for row in rows], place


def _facts(cases: Cases, asked: Sequence[Subject], numbers: Sequence[int]) -> LeadFacts:
    """A lead, or an account, that has these values and no other."""
    fields: dict[Origin, dict[str, Any]] = {Origin.LEAD: {}, Origin.ACCOUNT: {}}
    for subject, number in zip(asked, numbers, strict=True):
        if number != NOTHING:
            fields[subject.origin][subject.key] = cases.value(int(number))
    return LeadFacts(fields[Origin.LEAD], fields[Origin.ACCOUNT])


def _mapped(column: pa.ChunkedArray, change: Callable[[str], str | None]) -> pa.Array:
    """A column of texts, changed; each is changed once."""
    numbers, texts = numbered(column.combine_chunks())
    return taken(_texts(texts, change), numbers)


def _texts(texts: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    return pa.array([change(text) for text in texts.to_pylist()], pa.string())
