"""The findings about the journeys of segments [X.1]."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.journey import Journey, StageKind
from domain.document.sections.segments import Segment, journey_of


def segment_findings(
    document: SlaDocument, needed: tuple[StageKind, ...], wished: tuple[StageKind, ...]
) -> Iterator[Finding]:
    """All findings about segments' journeys; needed are the kinds of stages that the engine moves leads to."""
    for segment in document.segments:
        if segment.journey:
            yield from _names(segment, document.journey)
            own = journey_of(segment, document.journey)
            yield from _kinds(segment, own, needed, wished)
            yield from _reach(segment, own, needed)


def _path(segment: Segment, index: int | None = None) -> str:
    path = f"segments[{segment.key}].journey"
    return path if index is None else f"{path}[{index}]"


def _names(segment: Segment, journey: Journey) -> Iterator[Finding]:
    order = [stage.key for stage in journey.stages]
    highest = -1
    for index, key in enumerate(segment.journey):
        if key not in order:
            yield unknown("stage", _path(segment, index), key, order)
        elif key in segment.journey[:index]:
            yield warning("STAGE_TWICE", _path(segment, index), f"'{key}' stands here already.")
        elif order.index(key) < highest:
            message = "Stages follow each other as the journey says, not in this order."
            yield warning("STAGE_ORDER", _path(segment, index), message)
        else:
            highest = order.index(key)


def _kinds(
    segment: Segment, own: Journey, needed: tuple[StageKind, ...], wished: tuple[StageKind, ...]
) -> Iterator[Finding]:
    kinds = {stage.kind for stage in own.stages}
    for kind in needed:
        if kind not in kinds:
            yield error("STAGE_KIND_MISSING", _path(segment), f"The engine needs a stage of kind {kind.value} in it.")
    for kind in wished:
        if kind not in kinds:
            message = f"Without a stage of kind {kind.value} that outcome cannot be recorded."
            yield warning("STAGE_KIND_MISSING", _path(segment), message)


def _reach(segment: Segment, own: Journey, needed: tuple[StageKind, ...]) -> Iterator[Finding]:
    left = [stage for kind in needed if (stage := own.of_kind(kind))]
    reached: set[str] = set()
    while left:
        stage = left.pop()
        if stage.key not in reached:
            reached.add(stage.key)
            left += [following for key in stage.next if (following := own.stage(key))]
    for index, key in enumerate(segment.journey):
        if own.stage(key) and key not in reached:
            message = "No transition of this journey reaches the stage."
            yield warning("STAGE_UNREACHABLE", _path(segment, index), message)
