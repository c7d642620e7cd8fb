"""What is wrong with the signals and the numbers of scoring."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning

DECIMALS = 2
"""So many decimals points are counted with."""


def counted_types(document: SlaDocument) -> Iterator[Finding]:
    """Signals that count activities of no type there is."""
    kinds = {kind.key for kind in document.activity_types}
    for signal in document.scoring.interest.signals:
        if signal.activity not in kinds:
            path = f"scoring.interest.signals[{signal.key}].activity"
            yield unknown("activity type", path, signal.activity, kinds)


def groups(document: SlaDocument) -> Iterator[Finding]:
    """Groups that signals name and nobody knows, and groups without signals."""
    interest = document.scoring.interest
    known, used = {group.key for group in interest.groups}, {signal.group for signal in interest.signals}
    for signal in interest.signals:
        if signal.group is not None and signal.group not in known:
            path = f"scoring.interest.signals[{signal.key}].group"
            yield unknown("group", path, signal.group, known)
    for key in sorted(known - used):
        yield warning("GROUP_UNUSED", f"scoring.interest.groups[{key}]", "No signal belongs to this group.")


def fine_points(document: SlaDocument) -> Iterator[Finding]:
    """Points with more decimals than are counted, which would be rounded to others or to nothing."""
    message = f"Points are counted with {DECIMALS} decimals; these have more."
    for path, points in _points(document):
        if points is not None and points != round(points, DECIMALS):
            yield error("DECIMAL_RANGE", path, message)


def _points(document: SlaDocument) -> Iterator[tuple[str, Decimal | None]]:
    fit, interest = document.scoring.fit, document.scoring.interest
    for criterion in fit.criteria:
        for index, band in enumerate(criterion.bands):
            yield f"scoring.fit.criteria[{criterion.key}].bands[{index}].points", band.points
    for signal in interest.signals:
        yield f"scoring.interest.signals[{signal.key}].points", signal.points
    for group in interest.groups:
        yield f"scoring.interest.groups[{group.key}].maximum", group.maximum
    yield "scoring.interest.maximum", interest.maximum
