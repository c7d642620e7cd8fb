"""The one clock that is read: the time of the world, or a time that runs faster for demonstrations."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class TimeSource:
    """Tells the time; `speed` seconds pass in one second of the world, from `start` on (default: now)."""

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        self.speed = speed
        self._origin = datetime.now(UTC)
        self._start = start or self._origin
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        if self.speed == 1.0 and self._start == self._origin:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)

    def seconds_until(self, at: datetime) -> float:
        """Return how many seconds of the world pass until then; 0 when it is past."""
        return max(0.0, (at - self.now()).total_seconds() / self.speed)

    def after(self, seconds: float) -> datetime:
        """The moment that it will be after so many seconds of the world."""
        return self.now() + timedelta(seconds=seconds * self.speed)
