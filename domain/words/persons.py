"""Persons as they are named: two spellings that differ in blanks, capitals or composed letters name one person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def folded(person: str) -> str:
    """The name by which persons are compared: trimmed, composed (NFC), without capitals."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", person.strip()).casefold())


def same_person(one: str | None, other: str | None) -> bool:
    """Return whether two names name the same person; nobody is no person."""
    return one is not None and other is not None and folded(one) == folded(other)


def found_among(person: str | None, persons: Iterable[str]) -> str | None:
    """The person as one of the others is spelled, the first of them; None when it is none of them."""
    return next((other for other in persons if same_person(person, other)), None)
