"""The duty about an item of the document, in words."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.base import Translation, text_in
from domain.document.document import SlaDocument
from domain.obligations.all_kinds import item_of
from domain.obligations.kinds import material, measure, meeting


def named(document: SlaDocument, kind: str, instance_key: str, language: str) -> str | None:
    """The words of what an obligation is about, where it is about an item of the document or a decision."""
    key = item_of(kind, instance_key)
    decided = measure.label_of(instance_key) if kind == measure.WORD else None
    if key is None or decided is not None:
        return decided
    return next((text_in(label, language) for own, label in _labels(document, kind) if own == key), None)


def _labels(document: SlaDocument, kind: str) -> Iterator[tuple[str, tuple[Translation, ...]]]:
    if kind == material.WORD:
        yield from ((item.key, item.label) for item in document.material)
    elif kind == meeting.WORD:
        yield from ((one.key, one.label) for one in document.feedback.meetings)
    elif kind == measure.WORD:
        yield from ((one.key, one.label) for stage in document.journey.stages for one in stage.measures)
    else:
        after = document.after_sales
        for rules in (after.touchpoints, after.case_studies, after.reactivations, after.signs):
            yield from ((rule.key, rule.label) for rule in rules)
