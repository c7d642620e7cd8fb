"""Checking a document without storing it: its form, its references, its conditions."""

from __future__ import annotations

from datetime import date

from application.document_loading import Loaded, load_json, load_yaml
from application.surroundings import NOTHING, Surroundings
from domain.document.checking import check_days, check_references, check_sections
from domain.document.directory import directory_findings
from domain.document.document import SlaDocument
from domain.document.findings import Finding
from domain.vocabulary import vocabulary_findings
from rules.agreements import priority_ties
from rules.checking import NEEDED_SECTIONS, check_conditions


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
    if loaded.document is None:
        days = check_days(loaded.sections, today=today)
        return None, (*loaded.findings, *check_sections(loaded.sections), *days, *_conditions(loaded))
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
    return (*check_references(document), *days, *check_conditions(document), *beside)


def _conditions(loaded: Loaded) -> list[Finding]:
    """The findings about conditions, where all the sections that they speak of can be read."""
    if not loaded.sections.keys() >= NEEDED_SECTIONS:
        return []
    return check_conditions(SlaDocument.model_construct(**loaded.sections))
