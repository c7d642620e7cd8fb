"""A lead as it would be: facts with changes made to them, each the least that makes comparisons come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, count, islice, repeat
from typing import TYPE_CHECKING, Any

from domain.document.sections.fields import FieldType
from domain.facts import ActivityFact, BuyingCentre, GivenConsent, LeadFacts, is_blank
from domain.leads.values import MAX_WHOLE
from rules.activities.activity_window import ActivityWindow
from rules.activities.measuring import Measured
from rules.conditions.operators import ORDERED
from rules.conditions.syntax import TRUE
from rules.conditions.vocabulary import Origin, Subject
from rules.counterfactual.filling import canonical_of, fitting
from rules.satisfiability.satisfiability import standing_for
from rules.satisfiability.terms import Literal, Term, comes_out, terms

if TYPE_CHECKING:
    from rules.judging.compiled_rules import CompiledRules

FIELDS = frozenset({Origin.LEAD, Origin.ACCOUNT})
MOST_ACTIVITIES = 100
"""The most activities that a way adds."""

_LOOKS = 100_000
"""The number of activities looked at while a number over them is raised, about."""

_Grouped = dict[Subject, tuple[Literal, ...]]


def by_subject(literals: Iterable[Literal], origins: frozenset[Origin]) -> _Grouped:
    """Comparisons by what they are about, of some origins only."""
    found: _Grouped = {}
    for literal in literals:
        if literal[0].subject.origin in origins:
            found[literal[0].subject] = (*found.get(literal[0].subject, ()), literal)
    return found


@dataclass(frozen=True)
class WhatIf:
    """Makes changes to facts under a document at a moment."""

    compiled_rules: CompiledRules
    at: datetime
    required: Mapping[str, Subject] = field(default_factory=dict)
    """The fields that must not be blank, by the names a row has for them."""

    def filled(self, facts: LeadFacts, literals: Term, *, choice: int = 0) -> LeadFacts | None:
        """The facts with fields for which all comparisons of fields come out, and required ones not blank.

        `choice` is which of the fitting values is taken; the last where there are not so many. None: no value fits.
        """
        asked = by_subject(literals, FIELDS)
        asked |= {subject: asked.get(subject, ()) for subject in self.required.values()}
        row = self.compiled_rules.rows.row(facts)
        fields, account = dict(facts.fields), dict(facts.account)
        for subject, own in asked.items():
            needed = subject.name in self.required
            kept = all(comes_out(literal, row) for literal in own)
            if kept and not (needed and is_blank(row.get(subject.name))):
                continue
            values = list(islice(fitting(subject, own, needed=needed), choice + 1))
            if not values:
                return None
            side = account if subject.origin is Origin.ACCOUNT else fields
            side.pop(subject.key, None)
            if values[-1] is not None:
                side[subject.key] = values[-1]
        return replace(facts, fields=fields, account=account)

    def agreed(self, facts: LeadFacts) -> LeadFacts:
        """The facts with every consent that handovers require."""
        row: dict[str, Any] = {}
        self.compiled_rules.consents.add(facts.consents, row, ActivityWindow((), (), now=self.at))
        lacking = [key for name, key in self.compiled_rules.consents.required if not row[name]]
        return replace(facts, consents={**facts.consents, **{key: GivenConsent(granted=True) for key in lacking}})

    def joined(self, facts: LeadFacts, literals: Term) -> LeadFacts | None:
        """The facts with a buying centre for which the comparisons of it come out: it grows, it does not shrink."""
        asked = by_subject(literals, frozenset({Origin.BUYING_CENTRE}))
        centre = facts.buying_centre or BuyingCentre()
        for found in self._centres(centre, asked):
            row: dict[str, Any] = {}
            self.compiled_rules.centre.add(found, row)
            if all(comes_out(literal, row) for own in asked.values() for literal in own):
                return facts if found == facts.buying_centre else replace(facts, buying_centre=found)
        return None

    def _centres(self, centre: BuyingCentre, asked: _Grouped) -> Iterator[BuyingCentre]:
        """Buying centres with more colleagues, or with one of another grade."""
        sizes = {centre.size}
        for subject, own in asked.items():
            if subject.type is FieldType.INTEGER:
                sizes |= set(standing_for(subject, own, (centre.size, MAX_WHOLE)))
        grown = sorted(size for size in sizes if centre.size <= size <= centre.size + MOST_ACTIVITIES)
        yield from (replace(centre, size=size) for size in grown)
        for grade in self._grades():
            yield from (BuyingCentre(max(size, 2), (*centre.grades, grade)) for size in grown)

    def _grades(self) -> Sequence[str]:
        scoring = self.compiled_rules.document.scoring
        return [fit.key + interest.key for fit in scoring.fit.bands for interest in scoring.interest.bands]

    def more(self, facts: LeadFacts, measured: Measured, own: Term) -> LeadFacts | None:
        """The facts with the fewest activities added for which the comparisons of a number over them come out."""
        apart = measured.aggregate.attribute
        for kind in measured.kinds:
            for term in terms(measured.aggregate.where or TRUE, {}, {}):
                added = facts
                for made in islice(self.activities(kind, term, apart=apart), self.most(facts)):
                    before, added = added, self.done(added, [made])
                    if apart is not None and self.number(measured, added) == self.number(measured, before):
                        added = before
                    elif all(comes_out(literal, {measured.name: self.number(measured, added)}) for literal in own):
                        return added
        return None

    @staticmethod
    def most(facts: LeadFacts) -> int:
        """The number of activities added, or moments tried, one by one: fewer where there are very many already."""
        return max(3, min(MOST_ACTIVITIES, _LOOKS // (1 + len(facts.activities))))

    def number(self, measured: Measured, facts: LeadFacts) -> int | None:
        """A number over the activities of a lead."""
        return measured.exact(ActivityWindow(facts.activities, measured.kinds, now=self.at))

    def done(self, facts: LeadFacts, made: Iterable[ActivityFact]) -> LeadFacts:
        """The facts with activities, each with an id of its own."""
        start = len(facts.activities)
        added = [replace(one, id=f"way-{start + number}") for number, one in enumerate(made)]
        return replace(facts, activities=(*facts.activities, *added))

    def activities(self, kind: str, term: Term, *, apart: str | None = None) -> Iterator[ActivityFact]:
        """Activities of a type for which the comparisons of them come out: the same again and again, or each time with
        another value of the attribute by which they are told apart."""
        asked = by_subject(term, frozenset({Origin.ACTIVITY}))
        words = self.compiled_rules.words.by_activity
        subject = words[kind].get(f"activity.{apart}")
        own = () if subject is None else asked.get(subject, ())
        if subject is None:
            values: Iterable[Any] = repeat(None)
        elif subject.definition is None:
            values = chain(fitting(subject, own, needed=False), (f"new-{number}" for number in count(1)))
        else:
            values = chain(fitting(subject, own, needed=False), self._others(subject))
        for value in values if subject is None else islice(values, 2 * MOST_ACTIVITIES):
            made = self._activity(kind, asked, subject, value)
            if made is not None:
                yield made
            elif subject is None:
                return

    def _others(self, subject: Subject) -> Iterator[Any]:
        """Further values of an activity's own field."""
        texts = (f"new-{number}" for number in range(MOST_ACTIVITIES))
        numbers = (canonical_of(subject, number) for number in range(2, MOST_ACTIVITIES))
        return texts if subject.type is FieldType.TEXT else numbers if subject.type in ORDERED else iter(())

    def _activity(self, kind: str, asked: _Grouped, apart: Subject | None, value: Any) -> ActivityFact | None:
        made = ActivityFact("", kind, self.at)
        for subject, own in asked.items():
            found = next(iter(fitting(subject, own, needed=False)), None)
            if found is not None and subject.key != "type":
                made = _with(made, subject, found)
        if apart is not None and value is not None:
            made = _with(made, apart, value)
        row = self.compiled_rules.activity_rows(kind).row({}, made)
        return made if all(comes_out(literal, row) for own in asked.values() for literal in own) else None


def _with(made: ActivityFact, subject: Subject, value: Any) -> ActivityFact:
    """An activity with a value: of channel, campaign, content, or of one of its type's own fields."""
    if subject.definition is None:
        return replace(made, **{subject.key: value})
    return replace(made, fields={**made.fields, subject.key: value})
