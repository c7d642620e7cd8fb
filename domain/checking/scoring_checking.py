"""The findings about the numbers of scoring."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error

DECIMALS = 2
"""So many decimals points are counted with."""


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
