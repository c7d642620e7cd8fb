"""The demands of a lead on whoever gets it: the skills that its route needs, always or by a condition [S3.4]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.document.document import SlaDocument
from rules.conditions.conditions import Holds, predicate
from rules.conditions.expressions import TypedClause
from rules.conditions.vocabulary import Place


@dataclass(frozen=True, slots=True)
class SkillPlan:
    """The skills of a document's routes as they are judged."""

    needed: tuple[tuple[tuple[str, Holds | None], ...], ...]
    """By route: the skills with their conditions; None where every lead of the route needs it."""

    @classmethod
    def of(cls, document: SlaDocument, clauses: Iterable[TypedClause]) -> SkillPlan:
        """The plan for a document."""
        found = {t.clause.key: predicate(t.expression) for t in clauses if t.clause.place is Place.ROUTE_SKILL}
        return cls(
            tuple(
                tuple((needed.skill, found.get(f"{index}.{position}")) for position, needed in enumerate(route.skills))
                for index, route in enumerate(document.handover.routing)
            )
        )

    def of_lead(self, route: tuple[int, ...], row: Mapping[str, Any]) -> tuple[str, ...]:
        """The skills that a lead needs on the first of its routes, in order, each once."""
        needed = self.needed[route[0]] if route else ()
        return tuple(dict.fromkeys(skill for skill, holds in needed if holds is None or holds(row))) if needed else ()
