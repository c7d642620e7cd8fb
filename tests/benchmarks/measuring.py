"""Measuring: works that take turns within one run, and the rows that come of it."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

Transaction = Callable[[], object]
AsyncWork = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Row:
    """One line of the report: a work beside its baseline, and whether that is within the budget.

    `ratio` and `holds` are None where there was nothing to compare with; `baseline` then says what is missing.
    """

    transaction: str
    ratio: float | None
    baseline: str
    budget: str
    holds: bool | None

    def as_json(self) -> dict[str, Any]:
        """The row as it stands in build/bench.json."""
        return asdict(self)


def at_least(limit: float, transaction: str, ratio: float, baseline: str) -> Row:
    """A row whose ratio should be at least so much."""
    return Row(transaction, _rounded(ratio), baseline, f">= {limit:g}", ratio >= limit)


def at_most(limit: float, transaction: str, ratio: float, baseline: str) -> Row:
    """A row whose ratio should be at most so much."""
    return Row(transaction, _rounded(ratio), baseline, f"<= {limit:g}", ratio <= limit)


def told(transaction: str, ratio: float, baseline: str) -> Row:
    """A row that is told without a budget."""
    return Row(transaction, _rounded(ratio), baseline, "none", None)


def missing(transaction: str, peer: str, budget: str) -> Row:
    """A row whose peer is not on this machine."""
    return Row(transaction, None, f"missing: {peer}", budget, None)


def _rounded(ratio: float) -> float:
    return float(f"{ratio:.3g}")


@contextmanager
def quiet_memory() -> Iterator[None]:
    """Keep what is there out of the garbage collector's sight, so that it does not fall to whoever runs last."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def seconds(works: Mapping[str, Transaction], *, rounds: int, warm_up: int = 3) -> dict[str, list[float]]:
    """The processor's seconds for each work, round by round.

    In a round all take their turn, so that noise meets all alike; time that the machine gave to others does not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    with quiet_memory():
        for turn in range(warm_up + rounds):
            for name, transaction in works.items():
                start = process_time()
                transaction()
                if turn >= warm_up:
                    taken[name].append(process_time() - start)
    return taken


async def async_seconds(works: Mapping[str, AsyncWork], *, rounds: int, warm_up: int = 2) -> dict[str, list[float]]:
    """How long works that are awaited take, waiting included; they take turns likewise."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    with quiet_memory():
        for turn in range(warm_up + rounds):
            for name, transaction in works.items():
                start = perf_counter()
                await transaction()
                if turn >= warm_up:
                    taken[name].append(perf_counter() - start)
    return taken


def ratio(one: list[float], other: list[float]) -> float:
    """How long one takes beside the other: the median over the rounds."""
    return median(a / b for a, b in zip(one, other, strict=True))


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
