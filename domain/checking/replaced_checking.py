"""Replaced keys that replace nothing, or by something that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from domain.words.near_words import did_you_mean


def replacements(document: SlaDocument) -> Iterator[Finding]:
    """The findings about replaced keys that a document alone can tell."""
    for one in document.replaced.stages:
        path = f"replaced.stages[{one.key}]"
        if document.journey.stage(one.to) is None:
            near = did_you_mean(one.to, (stage.key for stage in document.journey.stages))
            yield error("REPLACED_UNKNOWN", f"{path}.to", f"There is no stage '{one.to}'.{near}")
        if document.journey.stage(one.key) is not None:
            yield warning("REPLACED_UNUSED", path, f"The stage '{one.key}' is still there: nothing is replaced.")
