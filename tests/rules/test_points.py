"""Points, percentages and fading, exact to the last digit [S2.2]."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest

from rules.scoring.points import amount, faded, hundredths, percent, threshold


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


def test_fading_does_not_depend_on_the_callers_decimal_context() -> None:
    """The same answer, today and in a year, whatever else the process does."""
    expected = faded(Decimal("33.333333"), 7, 3)
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        assert faded(Decimal("33.333333"), 7, 3) == expected
