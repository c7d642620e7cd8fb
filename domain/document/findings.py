"""Findings: what is wrong with a document, or looks wrong, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.words.near_words import did_you_mean


class Severity(StrEnum):
    """The severity of a finding."""

    ERROR = "ERROR"
    """The document cannot be submitted."""
    WARNING = "WARNING"
    """The document can be submitted, but somebody should look at it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt about a document."""

    severity: Severity
    code: str
    """The kind of finding, UPPER_SNAKE and stable."""
    path: str
    """Where it is, such as scoring.fit.criteria[companySize].bands[0].when; empty for the whole document."""
    message: str
    """The fault, in one English sentence."""
    affected: int | None = None
    """The number of leads it concerns, where it concerns any."""
    affected_ids: tuple[UUID, ...] = ()
    """The first of them."""


def error(code: str, path: str, message: str) -> Finding:
    """A finding that stops submission."""
    return Finding(Severity.ERROR, code, path, message)


def warning(code: str, path: str, message: str) -> Finding:
    """A finding that is shown."""
    return Finding(Severity.WARNING, code, path, message)


def unknown(what: str, path: str, name: str, known: Iterable[str]) -> Finding:
    """Return the error about a name that is not defined; the nearest defined ones are named."""
    code = f"UNKNOWN_{what.upper().replace(' ', '_')}"
    return error(code, path, f"There is no {what} '{name}'.{did_you_mean(name, known)}")


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Return whether any of the findings stops submission."""
    return any(f.severity is Severity.ERROR for f in findings)
