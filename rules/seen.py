"""The values that comparisons saw, as people know them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.facts import LeadFacts
from rules.conditions import Row
from rules.points import amount
from rules.recent import Recent
from rules.rulebook import Rulebook
from rules.vocabulary import Origin, Subject


class Seen:
    """Tells of one lead what a comparison saw; the row holds what is compared, scaled and counted."""

    def __init__(self, rulebook: Rulebook, facts: LeadFacts, recent: Recent, row: Row) -> None:
        measured = {m.name: m.exact(recent) for m in rulebook.measured}
        self._row = row
        self._reads: dict[Origin, Callable[[Subject], Any]] = {
            Origin.LEAD: lambda subject: facts.fields.get(subject.key),
            Origin.ACCOUNT: lambda subject: facts.account.get(subject.key),
            Origin.COUNT: lambda subject: measured.get(subject.name),
            Origin.AGGREGATE: lambda subject: measured.get(subject.name),
            Origin.SCORE: self._score,
        }

    def value(self, subject: Subject, row: Row) -> Any:
        """The value of a subject; None where it is missing."""
        if row.get(subject.name) is None:
            return None
        read = self._reads.get(subject.origin)
        return row[subject.name] if read is None else read(subject)

    def _score(self, subject: Subject) -> Any:
        value = self._row[subject.name]
        return amount(value) if isinstance(value, int) else value
