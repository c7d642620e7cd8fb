"""Random conditions and rows over the sample's fields, with equal values likely and extreme ones present."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain.document.base import FORBIDDEN
from tests.sizes import EXAMPLES

SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
WORDS = [
    "",
    "a",
    "ab",
    "abc",
    "ab c",
    "abd",
    "B",
    'q"',
    "b\\",
    "[",
    "\\",
    "é",
    "\U0001f600",
    "~\x7f",
    "ab\x01",
    "Z[",
    "\ud7ff",
]
WHOLES = [-(2**53), -7, -1, 0, 1, 5, 6, 49, 50, 51, 2**53 - 1, 2**53]
AMOUNTS = [-2.5, -0.01, 0, 0.005, 1, 1.005, 1.01, 99.99, 100, 100.5, 2**40]
DAYS = ["1970-01-01", "2024-02-29", "2026-03-10", "9999-12-31"]
MOMENTS = ["1970-01-01T00:00:00Z", "2026-03-10T10:00:00+01:00", "2026-03-10T09:00:00.001Z"]
SINGLE = ["eq", "neq"]
ORDER = [*SINGLE, "lt", "lte", "gt", "gte"]

texts = st.sampled_from(WORDS) | st.text(max_size=5).filter(lambda t: not FORBIDDEN.search(t))


def _of(field: str, literals: st.SearchStrategy[Any], ops: list[str], *, ranges: bool = True) -> Any:
    found = [st.fixed_dictionaries({"field": st.just(field), "op": st.sampled_from(ops), "value": literals})]
    if "eq" in ops and field != "truth":
        many = st.lists(literals, max_size=4) | st.lists(literals, min_size=41, max_size=45)
        found.append(
            st.fixed_dictionaries({"field": st.just(field), "op": st.sampled_from(["in", "notIn"]), "value": many})
        )
    if ranges:
        pair = st.lists(literals, min_size=2, max_size=2)
        found.append(st.fixed_dictionaries({"field": st.just(field), "op": st.just("between"), "value": pair}))
    exists = st.just({"field": field, "op": "exists"})
    return st.one_of(*found, exists)


comparisons: st.SearchStrategy[dict[str, Any]] = st.one_of(
    _of("text", texts, [*SINGLE, "contains", "startsWith"], ranges=False),
    _of("other", texts, [*SINGLE, "contains", "startsWith"], ranges=False),
    _of("whole", st.sampled_from(WHOLES), ORDER),
    _of("account.employees", st.integers(0, 80), ORDER),
    _of("amount", st.sampled_from(AMOUNTS), ORDER),
    _of("truth", st.booleans(), SINGLE, ranges=False),
    _of("day", st.sampled_from(DAYS), ORDER),
    _of("moment", st.sampled_from(MOMENTS), ORDER),
    _of("choice", st.sampled_from(["red", "green", "blue"]), SINGLE, ranges=False),
    _of("list", texts, ["contains"], ranges=False),
    _of("tags", st.sampled_from(["a", "b", "c"]), ["contains"], ranges=False),
)


def _joined(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.lists(inner, max_size=4)
    return (
        parts.map(lambda found: {"all": found})
        | parts.map(lambda found: {"any": found})
        | inner.map(lambda found: {"not": found})
    )


conditions: st.SearchStrategy[dict[str, Any]] = st.recursive(comparisons, _joined, max_leaves=12)
small_conditions: st.SearchStrategy[dict[str, Any]] = st.recursive(comparisons, _joined, max_leaves=3)

_wild = st.sampled_from(["\ud800", "\U0010fd22", "ab\udfff", "\U0010ffff", "\x00", "ab" * 40_000]) | st.text(max_size=8)
_any_text = texts | _wild
_extreme = st.sampled_from([-(10**30), 10**30, 2**63, 2**53 + 1, -(2**53) - 1])
_row_values: dict[str, st.SearchStrategy[Any]] = {
    "text": _any_text,
    "other": _any_text,
    "whole": st.sampled_from(WHOLES) | st.integers() | _extreme,
    "account.employees": st.integers(0, 80),
    "amount": st.sampled_from([-250, -1, 0, 1, 100, 101, 9999, 10000, 10050, 2**40 * 100]) | _extreme,
    "truth": st.booleans(),
    "day": st.sampled_from([date.fromisoformat(day).toordinal() for day in DAYS]) | st.integers(1, 3_652_059),
    "moment": st.sampled_from([0, 1773133200000, 1773133200001]) | st.integers(-(10**13), 10**14),
    "choice": st.sampled_from(["red", "green", "blue", "violet"]),
    "list": st.lists(_any_text, max_size=4).map(tuple),
    "tags": st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=3).map(tuple),
}
rows: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={name: st.none() | values for name, values in _row_values.items()}
)
