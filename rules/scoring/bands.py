"""The bands of a grade."""

from __future__ import annotations

from dataclasses import dataclass

from domain.document.sections.scoring import GradeBand
from rules.scoring.points import threshold


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of a grade: lowest hundredths and key, from the highest."""

    steps: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, bands: tuple[GradeBand, ...]) -> Bands:
        """The bands of a document."""
        return cls(tuple((threshold(band.from_), band.key) for band in bands))

    @property
    def starts(self) -> dict[str, int]:
        """The lowest hundredths of each band."""
        return {key: lowest for lowest, key in self.steps}

    def of_value(self, value: int) -> str:
        """The band that a value belongs to; the last one takes what lies below it too."""
        for lowest, key in self.steps:
            if value >= lowest:
                return key
        return self.steps[-1][1]
