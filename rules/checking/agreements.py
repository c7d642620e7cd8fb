"""Agreements beside each other: which leads could be governed by two of them alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.document.document import SlaDocument
from domain.document.findings import Finding, warning
from rules.conditions.expressions import typed_clauses
from rules.conditions.syntax import TRUE, Expression
from rules.conditions.vocabulary import Place
from rules.satisfiability.satisfiability import Possible


def priority_ties(document: SlaDocument, others: Mapping[str, SlaDocument]) -> Iterator[Finding]:
    """The other agreements, by key, with the same priority whose scopes can hold for a lead for which its own does."""
    own = _scope(document)
    for key, other in others.items():
        scope = _scope(other)
        if other.priority != document.priority or own is None or scope is None:
            continue
        if Possible.of(document).holds(own, scope):
            message = f"The agreement '{key}' has the same priority, and both scopes can hold for one lead."
            yield warning("PRIORITY_TIE", "priority", message)


def _scope(document: SlaDocument) -> Expression | None:
    """The scope of a document; None where it has a fault."""
    if document.scope is None:
        return TRUE
    found = next(typed for typed in typed_clauses(document)[0] if typed.clause.place is Place.SCOPE)
    return found.expression if found.sound else None
