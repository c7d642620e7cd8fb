"""The other leads of an account as a fact of one lead: how many they are, and the best of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.document.document import SlaDocument
from domain.facts import BuyingCentre
from rules.conditions.vocabulary import Origin, Subject

Read = Callable[[BuyingCentre], Any]


@dataclass(frozen=True, slots=True)
class CentrePlan:
    """The finding of a document's subjects about the buying centre."""

    reads: tuple[tuple[str, Read], ...]

    @classmethod
    def of(cls, document: SlaDocument, subjects: Iterable[Subject]) -> CentrePlan:
        """The plan for those of the subjects that are about it."""
        fits = _fit_by_grade(document)
        ranks = {grade: rank for rank, grade in enumerate(fits)}
        table: dict[str, Read] = {
            "buyingCentre.size": lambda centre: centre.size,
            "buyingCentre.bestGrade": lambda centre: _best(centre, ranks),
            "buyingCentre.bestFit": lambda centre: fits.get(_best(centre, ranks) or ""),
        }
        names = sorted(s.name for s in subjects if s.origin is Origin.BUYING_CENTRE)
        return cls(tuple((name, table[name]) for name in names))

    @property
    def asked(self) -> bool:
        """Return whether the document speaks of it."""
        return bool(self.reads)

    def add(self, centre: BuyingCentre | None, row: dict[str, Any]) -> None:
        """Add what the document speaks of to a row; all is missing where nothing is known."""
        for name, read in self.reads:
            row[name] = None if centre is None else read(centre)


def _fit_by_grade(document: SlaDocument) -> dict[str, str]:
    """The fit band of each grade, the best grade first; grades that can be read in two ways count as the better."""
    fits: dict[str, str] = {}
    for fit in document.scoring.fit.bands:
        for interest in document.scoring.interest.bands:
            fits.setdefault(fit.key + interest.key, fit.key)
    return fits


def _best(centre: BuyingCentre, ranks: Mapping[str, int]) -> str | None:
    """The best grade of the others; grades of other documents are not known here and do not count."""
    return min((grade for grade in centre.grades if grade in ranks), key=ranks.__getitem__, default=None)
