"""Findings about the stages of a journey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.checking.segment_checking import segment_findings
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.journey import Stage, StageKind

NEEDED_KINDS = (
    StageKind.PROSPECT,
    StageKind.QUALIFIED,
    StageKind.ACCEPTED,
    StageKind.RECYCLED,
    StageKind.DISQUALIFIED,
)
"""The kinds that the engine moves leads to by itself."""


WISHED_KINDS = (StageKind.WON, StageKind.LOST)
"""The kinds without which no outcome can be recorded."""


def references(document: SlaDocument) -> Iterator[Finding]:
    """Keys of stages and buying stages that are not there."""
    stages = {stage.key for stage in document.journey.stages}
    buying = {stage.key for stage in document.journey.buying_stages}
    for stage in document.journey.stages:
        path = f"journey.stages[{stage.key}]"
        for index, key in enumerate(stage.buying_stages):
            if key not in buying:
                yield unknown("buying stage", f"{path}.buyingStages[{index}]", key, buying)
        for index, key in enumerate(stage.next):
            if key not in stages:
                yield unknown("stage", f"{path}.next[{index}]", key, stages)
            elif key == stage.key:
                yield warning("STAGE_NEXT_ITSELF", f"{path}.next[{index}]", "A stage is not its own next stage.")


def kinds(document: SlaDocument) -> Iterator[Finding]:
    """Kinds that no stage has."""
    kinds = {stage.kind for stage in document.journey.stages}
    for kind in NEEDED_KINDS:
        if kind not in kinds:
            yield error("STAGE_KIND_MISSING", "journey.stages", f"The engine needs a stage of kind {kind.value}.")
    for kind in WISHED_KINDS:
        if kind not in kinds:
            message = f"Without a stage of kind {kind.value} that outcome cannot be recorded."
            yield warning("STAGE_KIND_MISSING", "journey.stages", message)


def reach(document: SlaDocument) -> Iterator[Finding]:
    """Stages to which no lead gets."""
    stages = {stage.key: stage for stage in document.journey.stages}
    left = [stage for kind in NEEDED_KINDS if (stage := document.journey.of_kind(kind))]
    reached: set[str] = set()
    while left:
        stage = left.pop()
        if stage.key not in reached:
            reached.add(stage.key)
            left += [stages[key] for key in stage.next if key in stages]
    for key in stages:
        if key not in reached:
            path = f"journey.stages[{key}]"
            yield warning("STAGE_UNREACHABLE", path, "No transition reaches this stage from where leads begin.")


def order(document: SlaDocument) -> Iterator[Finding]:
    """Entry conditions by which nobody enters."""
    positions = {stage.key: index for index, stage in enumerate(document.journey.stages)}
    for index, stage in enumerate(document.journey.stages):
        if stage.entry is not None and not any(
            _leads_to(other, stage, positions, index) for other in document.journey.stages
        ):
            path = f"journey.stages[{stage.key}].entry"
            yield warning(
                "ENTRY_WITHOUT_TRANSITION", path, "No earlier stage leads here, so nobody enters by this condition."
            )


def _leads_to(other: Stage, stage: Stage, positions: Mapping[str, int], index: int) -> bool:
    return stage.key in other.next and positions[other.key] < index


def segments(document: SlaDocument) -> Iterator[Finding]:
    """The journeys of segments."""
    yield from segment_findings(document, NEEDED_KINDS, WISHED_KINDS)
