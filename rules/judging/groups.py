"""Who a lead is: its persona and its segment; and the stages that leads of its segment go through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.document.document import SlaDocument
from domain.document.sections.segments import journey_of
from domain.facts import LeadFacts
from rules.conditions.conditions import Holds, predicate
from rules.conditions.expressions import TypedClause
from rules.conditions.syntax import Expression
from rules.conditions.vocabulary import Origin, Place, Subject
from rules.judging.stages import StagePlan

Groups = tuple[tuple[str, Holds], ...]
"""Keys with their conditions, in order."""


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """The personas and segments of a document as they are judged."""

    personas: Groups
    segments: Groups
    conditions: Mapping[str, tuple[tuple[str, Expression], ...]]
    """By `persona` and `segment` their keys with the conditions as they are written, in order."""
    asked: frozenset[str]
    """Which of the two conditions ask for."""
    stages: StagePlan
    """The journey of leads without a segment, and of those whose segment has none of its own."""
    own: Mapping[str, StagePlan]
    """The journeys of segments that have their own."""

    @classmethod
    def of(
        cls,
        document: SlaDocument,
        clauses: Iterable[TypedClause],
        entries: Mapping[str, int],
        stages: StagePlan,
        subjects: Iterable[Subject] = (),
    ) -> GroupPlan:
        """The plan for a document that speaks of subjects; entries number the entry conditions by stage."""
        found: dict[Place, list[tuple[str, Expression]]] = {Place.PERSONA: [], Place.SEGMENT: []}
        for typed in clauses:
            if typed.clause.place in found:
                found[typed.clause.place].append((typed.clause.key, typed.expression))
        own = {
            segment.key: StagePlan.of(journey_of(segment, document.journey), entries)
            for segment in document.segments
            if segment.journey
        }
        personas, segments = (
            tuple((key, predicate(expression)) for key, expression in found[place])
            for place in (Place.PERSONA, Place.SEGMENT)
        )
        written = {"persona": tuple(found[Place.PERSONA]), "segment": tuple(found[Place.SEGMENT])}
        asked = frozenset(subject.name for subject in subjects if subject.origin is Origin.GROUP)
        return cls(personas, segments, written, asked, stages, own)

    def persona(self, row: Mapping[str, Any]) -> str | None:
        """The first persona whose condition holds."""
        return _first(self.personas, row)

    def segment(self, row: Mapping[str, Any]) -> str | None:
        """The first segment whose condition holds."""
        return _first(self.segments, row)

    def of_lead(self, row: dict[str, Any]) -> tuple[str | None, str | None]:
        """Persona and segment of a lead; its row learns what conditions ask for."""
        persona, segment = self.persona(row), self.segment(row)
        if self.asked:
            found = {"persona": persona, "segment": segment}
            row.update((name, found[name]) for name in self.asked)
        return persona, segment

    def start(self, segment: str | None, facts: LeadFacts) -> tuple[StagePlan, str]:
        """The journey of a lead and the stage at which its judgement begins.

        A stage that the segment's journey leaves out counts as its first one of the same kind; where it has none, and
        while a handover is open, the lead stays on the document's journey.
        """
        stage = self.stages.start(facts.stage)
        if not self.own:
            return self.stages, stage
        plan = self.own.get(segment) if segment is not None and not facts.open_handover else None
        if plan is None:
            return self.stages, stage
        alike = plan.like(stage, self.stages.kinds[stage])
        return (self.stages, stage) if alike is None else (plan, alike)


def _first(groups: Groups, row: Mapping[str, Any]) -> str | None:
    for key, holds in groups:
        if holds(row):
            return key
    return None
