"""The time of the demonstration: it stands at a morning until the story begins, and then runs."""

from __future__ import annotations

import time

from application.runtime.time_source import TimeSource


class StoryTime(TimeSource):
    """A time that can be made to run faster from now on."""

    def hurry(self, speed: float) -> None:
        """From now on let `speed` seconds pass in one second of the world."""
        self._start, self._began = self.now(), time.monotonic()
        self.speed = speed
