"""The count of an activity in the effort for a lead that was handed over, by the rules of its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.document.document import SlaDocument
from domain.document.sections.fields import ActivityType, ContactMade, Direction
from domain.facts import ActivityFact
from domain.handovers.effort import Touch
from domain.party import Party
from rules.activities.rows import ActivityRows
from rules.conditions.conditions import Holds, predicate
from rules.conditions.expressions import TypedClause
from rules.conditions.syntax import subjects_of
from rules.conditions.vocabulary import Place


@dataclass(frozen=True)
class EffortPlan:
    """The types that tell of effort: all outbound ones, and those inbound ones of which the document says so."""

    kinds: Mapping[str, ActivityType]
    _when: Mapping[str, tuple[Holds, ActivityRows]]

    @classmethod
    def of(cls, document: SlaDocument, clauses: Iterable[TypedClause]) -> EffortPlan:
        """Read the rules of a document without faults."""
        told = [kind for kind in document.activity_types if kind.direction is Direction.OUTBOUND or kind.effort]
        kinds = {kind.key: kind for kind in told}
        when = {
            typed.clause.key: (
                predicate(typed.expression),
                ActivityRows(kinds[typed.clause.key], subjects_of([typed.expression]).values()),
            )
            for typed in clauses
            if typed.clause.place is Place.EFFORT
        }
        return cls(kinds, when)

    def touch(self, activity: ActivityFact) -> Touch | None:
        """Return what an activity says; None where it is neither an attempt of sales nor a contact."""
        kind = self.kinds.get(activity.type)
        if kind is None:
            return None
        outbound = kind.direction is Direction.OUTBOUND
        contact = self._reached(kind, activity)
        if (outbound and activity.party is not Party.SALES) or not (outbound or contact):
            return None
        return Touch(activity.id, activity.occurred_at, activity.channel or kind.channel, outbound, contact)

    def _reached(self, kind: ActivityType, activity: ActivityFact) -> bool:
        if kind.effort is None:
            return kind.direction is Direction.OUTBOUND
        if kind.effort.contact is not ContactMade.WHEN:
            return kind.effort.contact is ContactMade.ALWAYS
        holds, rows = self._when[kind.key]
        return holds(rows.row({}, activity))
