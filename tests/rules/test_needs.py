"""What a judgement must be given of a lead's activities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rules.judging.needs import Need
from tests.rules.samples import DOWNLOADS, compiled_version, when


def need(**changes: Any) -> Need:
    """What the sample needs of downloads."""
    signal = {key: value for key, value in {**DOWNLOADS, **changes}.items() if value is not None}
    return compiled_version(scoring__interest__signals={"downloads": signal}).needs.by_type["download"]


def test_windows_and_fading_bound_how_far_back_is_looked() -> None:
    """Ten points with a half-life of seven days are gone after 77 days; without either it is unbounded."""
    assert need() == Need(timedelta(days=30), attributes=False)
    assert need(window=None, halfLife="P7D").look_back == timedelta(days=77)
    assert need(window=None).look_back is None


def test_attributes_are_needed_only_where_a_condition_asks_for_them() -> None:
    """A condition on the lead alone needs none."""
    assert need(when=when("activity.pages", "gt", 3)).attributes
    assert not need(when=when("truth", "exists")).attributes


def test_counted_types_are_needed_for_ninety_days() -> None:
    """And types that nobody speaks of are not needed."""
    used = compiled_version(scoring__exclusions={"shy": {"reason": "x", "when": when("activities.form", "lt", 1)}})
    assert used.needs.types == {"download", "form"}
    assert used.needs.look_back == timedelta(days=90)
