"""Points: counted in hundredths, faded by half-lives, always exact.

Points are rounded to two decimals, half to even, one contribution at a time, so that the sum of the contributions is
the score. A half-life fades in whole days: p · 2^(-age/half-life).
"""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from domain.document.sections.scoring import Signal

_CONTEXT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_GONE_AFTER = 40
"""Half-lives after which nothing is left of the most points a signal can give."""
_KEPT_DAYS = 4096

Worth = tuple[int, timedelta | None]
"""Hundredths, and how long since its occurrence an activity is worth that; None: for ever."""


def hundredths(points: Decimal) -> int:
    """Points in hundredths, rounded half to even."""
    return int(_CONTEXT.scaleb(points, 2).to_integral_value(ROUND_HALF_EVEN))


def threshold(points: Decimal) -> int:
    """The fewest hundredths that reach a number of points."""
    return math.ceil(Fraction(points) * 100)


@lru_cache(maxsize=65_536)
def amount(in_hundredths: int) -> Decimal:
    """Hundredths as a decimal without idle zeros: 1250 is 12.5."""
    whole, rest = divmod(abs(in_hundredths), 100)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return Decimal(f"-{text}" if in_hundredths < 0 else text)


def percent(part: int, whole: int) -> int:
    """A share in hundredths of a percent, between 0 and 100 percent, rounded half to even; of nothing it is 0."""
    if whole <= 0 or part <= 0:
        return 0
    if part >= whole:
        return 10_000
    share, rest = divmod(part * 10_000, whole)
    return share + (rest * 2 > whole or (rest * 2 == whole and share % 2 == 1))


def faded(points: Decimal, half_life: int, age: int) -> int:
    """The hundredths left of points after an age, both in days."""
    halves, odd = divmod(age, half_life)
    if halves >= _GONE_AFTER:
        return 0
    if not odd:
        return round(Fraction(points) * 100 / Fraction(2**halves))
    share = _CONTEXT.power(Decimal(2), _CONTEXT.divide(Decimal(-age), Decimal(half_life)))
    return int(_CONTEXT.to_integral_value(_CONTEXT.multiply(_CONTEXT.multiply(points, Decimal(100)), share)))


def change_of_fading(points: Decimal, half_life: int, age: int) -> int | None:
    """The first age in days after this one at which something else is left; None when nothing is."""
    now = faded(points, half_life, age)
    if now == 0:
        return None
    low, step = age, 1
    while faded(points, half_life, low + step) == now:
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if faded(points, half_life, middle) == now:
            low = middle
        else:
            high = middle
    return high


def gone_after(points: Decimal, half_life: int) -> int:
    """The age in days from which on nothing is left."""
    low, high = -1, _GONE_AFTER * half_life
    while high - low > 1:
        middle = (low + high) // 2
        if faded(points, half_life, middle) == 0:
            high = middle
        else:
            low = middle
    return high


class Lefts(dict[int, int]):
    """The hundredths that are left of one activity by its age in full days; kept for all but the oldest."""

    def __init__(self, worths: Worths) -> None:
        super().__init__()
        self._worths = worths

    def __missing__(self, days: int) -> int:
        """Return what is left at an age not asked for before."""
        left = self._worths.left_at(days)
        if -_KEPT_DAYS <= days <= _KEPT_DAYS:
            self[days] = left
        return left


class Worths(dict[int, Worth]):
    """The points of one activity to a signal by its age in full days; one that lies ahead has the age 0.

    Found when it is first asked for, and kept for all but the oldest.
    """

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        self._window = signal.window.days if signal.window else None
        self._half_life = signal.half_life.days if signal.half_life else None
        self._points = signal.points
        self.left = Lefts(self)

    def __missing__(self, days: int) -> Worth:
        """Return what an activity of an age not asked for before is worth."""
        worth = self._worth(max(days, 0))
        if -_KEPT_DAYS <= days <= _KEPT_DAYS:
            self[days] = worth
        return worth

    def left_at(self, days: int) -> int:
        """Return the hundredths that are left at an age in full days, none from the end of the window on."""
        return 0 if self._window is not None and days >= self._window else self[days][0]

    def _worth(self, age: int) -> Worth:
        half_life = self._half_life
        left = faded(self._points, half_life, age) if half_life else hundredths(self._points)
        if left == 0:
            return 0, None
        change = change_of_fading(self._points, half_life, age) if half_life else None
        ends = [days for days in (self._window, change) if days is not None]
        return left, timedelta(days=min(ends)) if ends else None


def look_back(signal: Signal) -> timedelta | None:
    """Return how old an activity can be and still count; None: as old as it likes."""
    window = signal.window.days if signal.window else None
    fading = gone_after(signal.points, signal.half_life.days) if signal.half_life else None
    ends = [days for days in (window, fading) if days is not None]
    return timedelta(days=min(ends)) if ends else None
