"""Measuring: works that take turns within one run, and the rows that come of it."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

from api.cli.serving.server import GARBAGE_THRESHOLDS

Work = Callable[[], object]
AsyncWork = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Row:
    """One line of the report: a work beside its baseline, and whether that is within the budget.

    `ratio` and `holds` are None where there was nothing to compare with; `baseline` then says what is missing.
    """

    work: str
    ratio: float | None
    baseline: str
    budget: str
    holds: bool | None

    def as_json(self) -> dict[str, Any]:
        """The row as it stands in build/bench.json."""
        return asdict(self)


def at_least(limit: float, work: str, ratio: float, baseline: str) -> Row:
    """A row whose ratio should be at least so much."""
    return Row(work, _rounded(ratio), baseline, f">= {limit:g}", ratio >= limit)


def at_most(limit: float, work: str, ratio: float, baseline: str) -> Row:
    """A row whose ratio should be at most so much."""
    return Row(work, _rounded(ratio), baseline, f"<= {limit:g}", ratio <= limit)


def told(work: str, ratio: float, baseline: str) -> Row:
    """A row that is told without a budget."""
    return Row(work, _rounded(ratio), baseline, "none", None)


def missing(work: str, peer: str, budget: str) -> Row:
    """A row whose peer is not on this machine."""
    return Row(work, None, f"missing: {peer}", budget, None)


def _rounded(ratio: float) -> float:
    return float(f"{ratio:.3g}")


@contextmanager
def as_served() -> Iterator[None]:
    """Collect garbage as the server does: what is there already is left alone, what comes is looked at as seldom."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def seconds(works: Mapping[str, Work], *, rounds: int, warm_up: int = 3) -> dict[str, list[float]]:
    """The processor's seconds for each work, round by round.

    In a round all take their turn, so that noise meets all alike; time that the machine gave to others does not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    with as_served():
        for turn in range(warm_up + rounds):
            for name, work in works.items():
                start = process_time()
                work()
                if turn >= warm_up:
                    taken[name].append(process_time() - start)
    return taken


async def async_seconds(works: Mapping[str, AsyncWork], *, rounds: int, warm_up: int = 2) -> dict[str, list[float]]:
    """How long works that are awaited take, waiting included; they take turns likewise."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    with as_served():
        for turn in range(warm_up + rounds):
            for name, work in works.items():
                start = perf_counter()
                await work()
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
