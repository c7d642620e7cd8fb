"""The log while the database is away: a line a second, however many requests are refused."""

from __future__ import annotations

import time

import structlog

SECONDS = 1.0

_log = structlog.get_logger("api.outage_log")


class OutageLog:
    """Warnings of refused requests; those between two lines are counted in the next one."""

    def __init__(self) -> None:
        self._told_at = float("-inf")
        self._untold = 0

    def refused(self, request_id: str, reason: str) -> None:
        """Write that a request was refused because the database is away or busy."""
        now = time.monotonic()
        if now - self._told_at < SECONDS:
            self._untold += 1
            return
        _log.warning("unavailable", request_id=request_id, reason=reason, untold=self._untold)
        self._told_at, self._untold = now, 0


OUTAGE = OutageLog()
"""That of this process."""
