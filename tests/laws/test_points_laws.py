"""Points, percentages and fading, exact to the last digit [S2.2]."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rules.scoring.points import change_of_fading, faded, gone_after, percent

points = st.decimals(-100_000, 100_000, places=6)


@given(st.integers(-1000, 10_000), st.integers(0, 10_000))
def test_percentages_are_what_exact_fractions_give(part: int, whole: int) -> None:
    """Checked against rounding fractions."""
    exact = min(max(Fraction(part * 10_000, whole), Fraction(0)), Fraction(10_000)) if whole else Fraction(0)
    assert percent(part, whole) == round(exact)


@given(points, st.integers(1, 400), st.integers(0, 4000))
def test_fading_is_the_power_of_two_rounded(value: Decimal, half_life: int, age: int) -> None:
    """Checked with 200 digits."""
    with decimal.localcontext(decimal.Context(prec=200)):
        exact = value * 100 * Decimal(2) ** (Decimal(-age) / Decimal(half_life))
        expected = int(exact.quantize(Decimal(1), decimal.ROUND_HALF_EVEN))
    assert faded(value, half_life, age) == expected


@given(points, st.integers(1, 60), st.integers(0, 300))
def test_the_next_change_is_the_first_age_with_something_else(value: Decimal, half_life: int, age: int) -> None:
    """And when nothing is left, nothing changes any more."""
    now = faded(value, half_life, age)
    change = change_of_fading(value, half_life, age)
    if change is None:
        assert now == 0
        return
    assert faded(value, half_life, change) != now
    assert all(faded(value, half_life, between) == now for between in range(age, change))


@given(points, st.integers(1, 60))
def test_an_activity_is_gone_when_nothing_is_left(value: Decimal, half_life: int) -> None:
    """From that age on, and not before."""
    gone = gone_after(value, half_life)
    assert faded(value, half_life, gone) == 0
    assert gone == 0 or faded(value, half_life, gone - 1) != 0
