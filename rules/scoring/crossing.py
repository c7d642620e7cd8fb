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
    """The points of one activity to a score, and how old it is."""

    group: str | None
    worth: Worths
    points: int
    days: int
    """Its age in full days."""
    rest: timedelta
    """The time until it is a day older."""

    @classmethod
    def of(cls, group: str | None, worth: Worths, points: int, age: timedelta) -> Share:
        """The share of an activity of an age."""
        return cls(group, worth, points, age.days, _DAY - (age - timedelta(days=age.days)))

    @property
    def lasts(self) -> bool:
        """True if it never fades."""
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
            found.append(_first(gains, losses, limits, lambda points: points < low))
        if place < len(self.cuts):
            high = self.cuts[place]
            found.append(_first(losses, gains, limits, lambda points: points >= high))
        return min((after for after in found if after is not None), default=None)


def _first(fading: list[Share], held: list[Share], limits: Limits, beyond: Callable[[int], bool]) -> timedelta | None:
    """Return after how long the score lies beyond, while some shares fade and the others are held; None: never.

    The score goes one way only, and changes when some activity is a day older: the day is found by halving, then the
    moment.
    """
    if all(share.lasts for share in fading):
        return None
    total = _totals(fading, held, limits)
    if not beyond(total([share.points if share.lasts else 0 for share in fading])):
        return None
    aging = [(share.worth.left, share.days) for share in fading]
    low, high = 0, 1
    while not beyond(total([left[days + high] for left, days in aging])):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        reached = beyond(total([left[days + middle] for left, days in aging]))
        low, high = (low, middle) if reached else (middle, high)
    for rest in sorted({share.rest for share in fading}):
        if beyond(total([s.worth.left[s.days + low + (s.rest <= rest)] for s in fading])):
            return timedelta(days=low) + rest
    return timedelta(days=high)


def _totals(fading: list[Share], held: list[Share], limits: Limits) -> Callable[[list[int]], int]:
    """Return what makes a score of what each fading share still gives."""
    if not limits.groups:
        fixed, most = sum(share.points for share in held), limits.maximum
        if most is None:
            return lambda lefts: fixed + sum(lefts)
        return lambda lefts: min(fixed + sum(lefts), most)

    def total(lefts: list[int]) -> int:
        sums = Counter[str | None]()
        for share in held:
            sums[share.group] += share.points
        for share, left in zip(fading, lefts, strict=True):
            sums[share.group] += left
        return limits.total(sums)

    return total
