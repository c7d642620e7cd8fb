"""The findings about documents."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry

from api.graphql.parts.global_ids import global_id
from api.graphql.parts.published import published
from domain.document.findings import Finding, Severity


@published
class SlaFinding:
    """One fault or doubt about a document."""

    severity: Severity
    """True if it stops submission."""
    code: str
    """The kind of finding."""
    path: str
    """Where it is, such as scoring.fit.criteria[companySize].bands[0].when; empty for the whole document."""
    message: str
    """The fault."""
    affected: int | None
    """The number of leads it concerns; null where it is about the document alone."""
    affected_ids: list[strawberry.ID]
    """The first of them, at most 20; none for who does not see all leads."""


def findings_of(findings: Iterable[Finding]) -> list[SlaFinding]:
    """Findings as they are shown."""
    return [
        SlaFinding(
            severity=f.severity,
            code=f.code,
            path=f.path,
            message=f.message,
            affected=f.affected,
            affected_ids=[global_id("Lead", id_) for id_ in f.affected_ids],
        )
        for f in findings
    ]
