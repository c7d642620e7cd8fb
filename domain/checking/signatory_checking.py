"""True if those who are to sign can [X.1]."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error
from domain.words.persons import found_among


def signatory_findings(document: SlaDocument) -> Iterator[Finding]:
    """Nobody signs for both parties; where nobody else is left, no version would ever be approved."""
    if document.signatories is None:
        return
    for place, person in enumerate(document.signatories.sales):
        if found_among(person, document.signatories.marketing) is not None:
            message = f"{person} signs for marketing already; nobody signs for both parties."
            yield error("SIGNATORY_FOR_BOTH", f"signatories.sales[{place}]", message)
