"""Checking a document without storing it: its form, its references, its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from application.documents.document_loading import Loaded, load_json, load_yaml
from application.documents.surroundings import NOTHING, Surroundings
from domain.checking.checking import check_days, check_references, check_sections
from domain.checking.directory import directory_findings
from domain.checking.label_checking import languages_missing
from domain.checking.removed_words import vocabulary_findings
from domain.document.document import SlaDocument
from domain.document.findings import Finding
from rules.checking.agreements import priority_ties
from rules.checking.checking import NEEDED_SECTIONS, check_conditions


def check(
    data: object, *, today: date, surroundings: Surroundings = NOTHING
) -> tuple[SlaDocument | None, tuple[Finding, ...]]:
    """The document of parsed JSON, or of YAML or JSON text, and everything that is wrong or doubtful about it.

    Without a document there are errors of form, and the findings about the sections that could be read.
    """
    loaded = load_yaml(data) if isinstance(data, str) else load_json(data)
    return check_loaded(loaded, today=today, surroundings=surroundings)


def check_loaded(
    loaded: Loaded, *, today: date, surroundings: Surroundings = NOTHING
) -> tuple[SlaDocument | None, tuple[Finding, ...]]:
    """The same for a document that was read already."""
    document, findings = _found(loaded, today=today, surroundings=surroundings)
    if loaded.where is None:
        return document, findings
    return document, tuple(replace(f, message=f.message + _place(f, loaded.where)) for f in findings)


def _place(found: Finding, where: Callable[[str], str]) -> str:
    """Return where in the text a finding is about, unless its message says so."""
    return "" if "(line " in found.message else where(found.path)


def _found(
    loaded: Loaded, *, today: date, surroundings: Surroundings
) -> tuple[SlaDocument | None, tuple[Finding, ...]]:
    if loaded.document is None:
        days = check_days(loaded.sections, today=today)
        surely = [*check_sections(loaded.sections), *days, *_conditions(loaded.sections)]
        return None, (*loaded.findings, *surely, *_of_mended(loaded, surely))
    return loaded.document, (
        *loaded.findings,
        *check_document(loaded.document, today=today, surroundings=surroundings),
    )


def check_document(document: SlaDocument, *, today: date, surroundings: Surroundings = NOTHING) -> tuple[Finding, ...]:
    """All findings about a document whose form is right, on a day, beside others and with the teams there are."""
    days = check_days({name: getattr(document, name) for name in SlaDocument.model_fields}, today=today)
    beside = (
        *directory_findings(document, surroundings.teams),
        *priority_ties(document, surroundings.beside(document)),
        *(vocabulary_findings(document, surroundings.living) if surroundings.living else ()),
    )
    labels = languages_missing(document)
    return (*check_references(document), *days, *check_conditions(document), *labels, *beside)


def _conditions(sections: Mapping[str, Any]) -> list[Finding]:
    """The findings about conditions, where all the sections that they speak of can be read."""
    if not sections.keys() >= NEEDED_SECTIONS:
        return []
    return check_conditions(SlaDocument.model_construct(**sections))


def _of_mended(loaded: Loaded, told: list[Finding]) -> Iterator[Finding]:
    """Names that nothing defines, in and beside sections with a fault: of what was put there only this is sure."""
    if not loaded.mended:
        return
    sections = {**loaded.mended, **loaded.sections}
    paths = {f.path for f in (*loaded.findings, *told)}
    for found in (*check_sections(sections), *_conditions(sections)):
        if found.code.startswith("UNKNOWN_") and found.path not in paths:
            yield found
