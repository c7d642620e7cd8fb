"""Trying documents out before they are reviewed: one after another, and what passed not again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from rules.checking.trial import Failed, Passed

REMEMBERED = 100
"""The number of passed documents that are remembered."""


class CompileChecks:
    """The trials of one process; each takes a child process, so that many at once would starve the requests."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._passed: deque[str] = deque(maxlen=REMEMBERED)

    async def outcome(self, digest: str, attempt: Callable[[], Passed | Failed]) -> Passed | Failed:
        """Return what becomes of the document of that digest; `attempt` tries it and may take its time."""
        async with self._one_at_a_time:
            if digest in self._passed:
                return Passed()
            outcome = await asyncio.to_thread(attempt)
            if isinstance(outcome, Passed):
                self._passed.append(digest)
            return outcome
