"""The stage a lead belongs in: entry conditions move it forward, one allowed transition after the other.

Stages of the kinds ACCEPTED and RECYCLED are entered by sales' answer only.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from domain.document.sections.journey import Journey, Stage, StageKind
from rules.conditions.syntax import FALSE, TRUE, Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Origin
from rules.judging.verdict import CLOSED

BY_ANSWER = frozenset({StageKind.ACCEPTED, StageKind.RECYCLED})
"""The kinds of stages that a lead enters by sales' answer only."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """The stages of a document: their kinds, and where each leads to by itself."""

    first: str
    kinds: Mapping[str, StageKind]
    closed: frozenset[str]
    """The stages out of which a lead is neither handed over nor moved."""
    onward: Mapping[str, tuple[tuple[int, str], ...]]
    """By stage: the rules of the later stages' entries with their keys, in the journey's order."""

    @classmethod
    def of(cls, journey: Journey, rules: Mapping[str, int]) -> StagePlan:
        """The plan for a journey; rules number the entry conditions by stage."""
        first = journey.of_kind(StageKind.PROSPECT) or journey.stages[0]
        onward = {}
        for index, stage in enumerate(journey.stages):
            lazy = [s for s in journey.stages[index + 1 :] if s.key in stage.next and enterable(s)]
            onward[stage.key] = () if stage.kind in CLOSED else tuple((rules[s.key], s.key) for s in lazy)
        closed = frozenset(s.key for s in journey.stages if s.kind in CLOSED)
        return cls(first.key, {s.key: s.kind for s in journey.stages}, closed, onward)

    def start(self, stage: str | None) -> str:
        """The stage a judgement begins with: the lead's, or the first where the document does not know that."""
        return stage if stage is not None and stage in self.kinds else self.first

    def like(self, stage: str, kind: StageKind) -> str | None:
        """The stage of that key, else the first of that kind; None where there is neither."""
        return stage if stage in self.kinds else next((key for key, own in self.kinds.items() if own is kind), None)

    def step(self, stage: str, matched: Container[int]) -> str | None:
        """The stage that a lead enters next; None where it stays."""
        return next((key for rule, key in self.onward[stage] if rule in matched), None)


def enterable(stage: Stage) -> bool:
    """Return whether a lead can enter a stage by its condition."""
    return stage.entry is not None and stage.kind not in BY_ANSWER


def at_stage(expression: Expression, stage: str) -> Expression:
    """A condition as it is at a stage: what it says of the stage is known."""
    match expression:
        case Check(subject=subject) if subject.origin is Origin.STAGE:
            return TRUE if expression.operator.plain(expression.literal)(stage) else FALSE
        case Check():
            return expression
        case Not(part):
            return Not(at_stage(part, stage))
        case Every(parts):
            return Every(tuple(at_stage(part, stage) for part in parts))
        case Some(parts):
            return Some(tuple(at_stage(part, stage) for part in parts))
