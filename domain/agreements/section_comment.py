"""The talk of both sides about a section of a version while they still agree on its words [S0.7]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.document.base import FORBIDDEN
from domain.document.reading.reading import section_names
from domain.party import Party
from domain.refusal import Refusal

LONGEST = 5000
"""The most characters of a comment."""
_BLANK = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class SectionComment:
    """One remark about a section."""

    id: UUID
    version_id: UUID
    section: str
    """The section's name outside, such as activityTypes."""
    person: str
    party: Party | None
    body: str
    at: datetime


def section_faults(section: str) -> list[Refusal]:
    """The fault of what is no section of a document."""
    if section in section_names():
        return []
    known = ", ".join(section_names())
    return [Refusal("VALUE_NOT_ALLOWED", f"A document has no such section; there are: {known}.", ("section",))]


def body_faults(body: str) -> list[Refusal]:
    """The faults of a comment that says nothing, or too much, or holds characters that are not allowed."""
    faults = []
    if _BLANK.fullmatch(body) or len(body) > LONGEST:
        faults.append(Refusal("VALUE_NOT_ALLOWED", f"A comment has 1 to {LONGEST:,} characters.", ("body",)))
    if FORBIDDEN.search(body):
        faults.append(Refusal("VALUE_NOT_ALLOWED", "The text holds a character that is not allowed.", ("body",)))
    return faults
