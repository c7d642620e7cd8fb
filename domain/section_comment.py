"""What both sides say about a section of a version while they still agree on its words [S0.7]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.document.base import FORBIDDEN
from domain.document.reading import section_names
from domain.party import Party
from domain.refusal import Refusal

LONGEST = 5000
"""How many characters a comment has at most."""
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


def need_section(section: str) -> None:
    """Refuse what is no section of a document."""
    if section not in section_names():
        known = ", ".join(section_names())
        raise Refusal("VALUE_NOT_ALLOWED", f"A document has no such section; there are: {known}.", ("section",))


def need_body(body: str) -> None:
    """Refuse a comment that says nothing, or too much, or holds characters that are not allowed."""
    if _BLANK.fullmatch(body) or len(body) > LONGEST:
        raise Refusal("VALUE_NOT_ALLOWED", f"A comment has 1 to {LONGEST:,} characters.", ("body",))
    if FORBIDDEN.search(body):
        raise Refusal("VALUE_NOT_ALLOWED", "The text holds a character that is not allowed.", ("body",))
