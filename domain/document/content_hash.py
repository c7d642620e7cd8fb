"""The digest of a document: equal for equal content, however it was written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from domain.document.document import SlaDocument

LATER = frozenset({"personas", "segments", "systems", "obligations", "notices", "channels", "signatories", "replaced"})
"""Sections that came later: left out while they are empty, so that older documents keep their digests."""


def document_digest(document: SlaDocument) -> str:
    """The SHA-256 of the document's canonical JSON, as 64 hexadecimal digits."""
    content = {name: section for name, section in document.to_json().items() if name not in LATER or _says(section)}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _says(section: Any) -> bool:
    """Return whether a section says anything: it has items, or a property with a value."""
    return any(section.values()) if isinstance(section, dict) else bool(section)
