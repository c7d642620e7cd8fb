"""Points, percentages and fading, exact to the last digit [S2.2]."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.scoring.points import amount, change_of_fading, faded, gone_after, hundredths, percent, threshold

points = st.decimals(-100_000, 100_000, places=6)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "0.01"), (-1, "-0.01"), (10, "0.1"), (1250, "12.5"), (10_000, "100"), (-250, "-2.5")],
)
def test_hundredths_are_written_without_idle_zeros(value: int, text: str) -> None:
    """And never with an exponent."""
    assert str(amount(value)) == text


@pytest.mark.parametrize(("value", "rounded"), [("0.125", 12), ("0.135", 14), ("-0.125", -12), ("33.333333", 3333)])
def test_points_are_rounded_half_to_even(value: str, rounded: int) -> None:
    """As money is."""
    assert hundredths(Decimal(value)) == rounded


def test_a_threshold_is_the_fewest_points_that_reach_it() -> None:
    """A bar between two hundredths is reached by the upper one."""
    assert [threshold(Decimal(v)) for v in ("60", "60.001", "-0.001")] == [6000, 6001, 0]


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(1, 3, 3333), (2, 3, 6667), (5, 0, 0), (-5, 9, 0), (9, 5, 10_000), (1, 80_000, 0), (3, 80_000, 0)],
)
def test_percentages_are_clamped_and_rounded(part: int, whole: int, share: int) -> None:
    """Half to even: 0.375 hundredths of a percent and less are none."""
    assert percent(part, whole) == share


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


def test_fading_does_not_depend_on_the_callers_decimal_context() -> None:
    """The same answer, today and in a year, whatever else the process does."""
    expected = faded(Decimal("33.333333"), 7, 3)
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        assert faded(Decimal("33.333333"), 7, 3) == expected


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
