"""Labels that lack a language which other labels of the document have [X.1]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.document.document import SlaDocument
from domain.document.findings import Finding, warning


def languages_missing(document: SlaDocument) -> Iterator[Finding]:
    """Labels in fewer languages than the document speaks; a document in one language has none."""
    labels = list(_labels(document.to_json(), ""))
    spoken = sorted({language for _, languages in labels for language in languages})
    for path, languages in labels:
        missing = [language for language in spoken if language not in languages]
        if missing:
            message = f"Other labels are also in {', '.join(missing)}; this one is not."
            yield warning("LANGUAGE_MISSING", path, message)


def _labels(written: Any, path: str) -> Iterator[tuple[str, set[str]]]:
    """Every label with its path and its languages; in JSON a label is a list of language and text."""
    if isinstance(written, dict):
        for name, inside in written.items():
            yield from _labels(inside, f"{path}.{name}" if path else name)
    elif isinstance(written, list) and written and isinstance(written[0], dict) and "language" in written[0]:
        yield path, {translation["language"] for translation in written}
    elif isinstance(written, list):
        for index, inside in enumerate(written):
            name = inside.get("key", index) if isinstance(inside, dict) else index
            yield from _labels(inside, f"{path}[{name}]")
