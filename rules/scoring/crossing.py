"""When a score that fades leaves the span in which all its points mean the same."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from rules.scoring.points import Worths

_DAY = timedelta(days=1)


class Share(NamedTuple):
    """What one activity gives to a score, and how old it is."""

    group: str | None
    worth: Worths
    points: int
    days: int
    """Its age in full days."""
    rest: timedelta
    """How long until it is a day older."""

    @classmethod
    def of(cls, group: str | None, worth: Worths, points: int, age: timedelta) -> Share:
        """The share of an activity of an age."""
        return cls(group, worth, points, age.days, _DAY - (age - timedelta(days=age.days)))

    def left(self, days: int) -> int:
        """The hundredths that it still gives at an age in full days."""
        return 0 if self.worth.over(days) else self.worth[days][0]

    @property
    def lasts(self) -> bool:
        """Whether it never fades."""
        return self.worth[self.days][1] is None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that counts of each group, and of all together; None without limit."""

    groups: Mapping[str, int]
    maximum: int | None

    def total(self, sums: Mapping[str | None, int]) -> int:
        """The score of sums of hundredths by group."""
        total = sum(
            points if key is None else min(points, self.groups.get(key, points)) for key, points in sums.items()
        )
        return total if self.maximum is None else min(total, self.maximum)


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of hundredths that bands and conditions tell apart."""

    cuts: tuple[int, ...]
    """The first hundredths of each span but the lowest, in order."""

    @classmethod
    def of(cls, bands: Iterable[int], literals: Iterable[int]) -> Spans:
        """The spans between the starts of bands; what a condition names stands alone between two more."""
        return cls(tuple(sorted({*bands, *(cut for literal in literals for cut in (literal, literal + 1))})))

    def leaves(self, shares: Sequence[Share], total: int, limits: Limits) -> timedelta | None:
        """Return after how long a score may leave its span by fading alone, at the earliest; None: never.

        What adds and what takes away fade against each other, so each is looked at with the other held as it is: that
        is exact where there is only one of them, and never too late.
        """
        place = bisect_right(self.cuts, total)
        gains, losses = [s for s in shares if s.points > 0], [s for s in shares if s.points < 0]
        found = []
        if place:
            low = self.cuts[place - 1]
            found.append(_first(gains, losses, lambda sums: limits.total(sums) < low))
        if place < len(self.cuts):
            high = self.cuts[place]
            found.append(_first(losses, gains, lambda sums: limits.total(sums) >= high))
        return min((after for after in found if after is not None), default=None)


def _first(fading: list[Share], held: list[Share], beyond: Callable[[Counter[str | None]], bool]) -> timedelta | None:
    """Return after how long the sums lie beyond, while some shares fade and the others are held; None: never.

    Sums go one way only, and change when some activity is a day older: the day is found by halving, then the moment.
    """
    if all(share.lasts for share in fading):
        return None
    fixed = Counter[str | None]()
    for share in held:
        fixed[share.group] += share.points

    def reached(days: int, rest: timedelta = timedelta()) -> bool:
        sums = fixed.copy()
        for share in fading:
            sums[share.group] += share.left(share.days + days + (share.rest <= rest))
        return beyond(sums)

    ends = fixed.copy()
    for share in fading:
        ends[share.group] += share.points if share.lasts else 0
    if not beyond(ends):
        return None
    low, high = 0, 1
    while not reached(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    moments = sorted({share.rest for share in fading})
    rest = next((rest for rest in moments if reached(low, rest)), _DAY)
    return timedelta(days=low) + rest
