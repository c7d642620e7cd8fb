"""Documents are tried one after another, and those that passed not again."""

from __future__ import annotations

import asyncio
import time

from application.runtime.compile_checks import CompileChecks
from rules.checking.trial import Failed, Passed


class Counted:
    """A trial that takes a moment, and counts itself."""

    def __init__(self, outcome: Passed | Failed) -> None:
        self.outcome = outcome
        self.tried = self.most_at_once = self._now = 0

    def __call__(self) -> Passed | Failed:
        """Try."""
        self.tried += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        time.sleep(0.02)
        self._now -= 1
        return self.outcome


async def test_what_passed_is_not_tried_again() -> None:
    """Ten who submit the same at once cost one trial."""
    compile_checks, trial = CompileChecks(), Counted(Passed())
    assert await asyncio.gather(*(compile_checks.outcome("same", trial) for _ in range(10))) == [Passed()] * 10
    assert trial.tried == 1


async def test_different_documents_are_tried_one_after_another() -> None:
    """However many are submitted at once, one child process runs at a time."""
    compile_checks, trial = CompileChecks(), Counted(Passed())
    await asyncio.gather(*(compile_checks.outcome(str(number), trial) for number in range(5)))
    assert (trial.tried, trial.most_at_once) == (5, 1)


async def test_what_failed_is_tried_again() -> None:
    """A trial may have failed because the machine was busy: the next one counts."""
    compile_checks, failing = CompileChecks(), Counted(Failed("It did not end."))
    assert [await compile_checks.outcome("bad", failing) for _ in range(2)] == [failing.outcome] * 2
    assert failing.tried == 2
    assert await compile_checks.outcome("bad", Counted(Passed())) == Passed()
