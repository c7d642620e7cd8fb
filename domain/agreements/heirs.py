"""Where a lead goes whose stage is no longer there, because another version came into force [X.2]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.document.document import SlaDocument
from domain.document.sections.journey import Journey, Stage, StageKind
from domain.handovers.handover import HandoverState

WORKED = frozenset({StageKind.ACCEPTED, StageKind.SALES_QUALIFIED, StageKind.OPPORTUNITY})
"""The kinds of stages at which sales works a lead."""
ENDS = frozenset({StageKind.WON, StageKind.LOST, StageKind.DISQUALIFIED})
"""The kinds of stages that end the way of a lead; out of them no version leads."""
FITTING: Mapping[HandoverState | None, frozenset[StageKind]] = {
    HandoverState.ACCEPTED: WORKED,
    HandoverState.OFFERED: WORKED | {StageKind.QUALIFIED},
}
"""The kinds of stages at which a lead may stand while its handover is open."""
FIRST: Mapping[HandoverState | None, StageKind] = {
    HandoverState.ACCEPTED: StageKind.ACCEPTED,
    HandoverState.OFFERED: StageKind.QUALIFIED,
}
"""The kind of stage to which a lead goes at least while its handover is open."""


@dataclass(frozen=True, slots=True)
class StagePosition:
    """Where a lead stands: the key and the kind of its stage, and the state of its open handover."""

    stage: str
    kind: StageKind
    handover: HandoverState | None = None

    def may_go_to(self, stage: Stage) -> bool:
        """Return whether a version may take it there: an end stays an end, and an open handover is not left behind."""
        if self.kind in ENDS and stage.kind not in ENDS:
            return False
        return self.handover not in FITTING or stage.kind in FITTING[self.handover]


@dataclass(frozen=True, slots=True)
class Words:
    """The stages of a version, and what became of those of the version before."""

    journey: Journey
    replaced: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, document: SlaDocument) -> Words:
        """The words of a document."""
        return cls(document.journey, document.replaced.by_stage)

    def holds(self, standing: StagePosition) -> Stage | None:
        """The stage at which a lead stands, where it means here what it meant."""
        own = self.journey.stage(standing.stage)
        return own if own is not None and own.kind is standing.kind else None


def heir(standing: StagePosition, words: Words, before: Words | None = None) -> Stage | None:
    """The stage of a version to which a lead goes; None where none is left for it.

    The stage of its key; else what replaces it, also where the version before replaced that one by it; else the first
    of its kind; else where the nearest earlier stage of the version before leads. An end goes to an end only, and by
    itself to one of its kind. While a handover is open, the lead goes at least to the first stage that belongs to it.
    """
    same = words.holds(standing)
    if same is not None:
        return same
    found = (stage for stage in _candidates(standing, words, before) if standing.may_go_to(stage))
    return next(found, None)


def _candidates(standing: StagePosition, words: Words, before: Words | None) -> Iterator[Stage]:
    yield from _left_of(standing.stage, standing.kind, words, before)
    if standing.kind in ENDS:
        return
    for earlier in _earlier(standing.stage, before):
        yield from (left for left in _left_of(earlier.key, earlier.kind, words, before) if left.kind not in ENDS)
    least = words.journey.of_kind(FIRST.get(standing.handover, StageKind.PROSPECT))
    if least is not None:
        yield least


def _left_of(key: str, kind: StageKind, words: Words, before: Words | None) -> Iterator[Stage]:
    """Return what is left of a stage: the one of its key, what replaces it, the first of its kind."""
    named = (key, words.replaced.get(key), *_replaced_by(key, before))
    found = (*(words.journey.stage(name) for name in named if name is not None), words.journey.of_kind(kind))
    yield from (stage for stage in found if stage is not None)


def _replaced_by(stage: str, before: Words | None) -> Iterator[str]:
    """The stages that the version before replaced by one: where it is taken back, leads go back."""
    if before is not None:
        yield from (old for old, new in before.replaced.items() if new == stage)


def _earlier(stage: str, before: Words | None) -> list[Stage]:
    """The stages before one, the nearest first."""
    stages = before.journey.stages if before else ()
    place = next((index for index, own in enumerate(stages) if own.key == stage), 0)
    return list(reversed(stages[:place]))
