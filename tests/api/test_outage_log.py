"""A line a second while the database is away."""

from __future__ import annotations

import structlog

from api import outage_log
from api.outage_log import OutageLog


def test_of_many_refusals_one_line_is_written_and_the_others_are_counted() -> None:
    """Keeps the log small however many clients try again at once."""
    log = OutageLog()
    with structlog.testing.capture_logs() as lines:
        for number in range(100):
            log.refused(f"request-{number}", "away")
        log._told_at -= outage_log.SECONDS
        log.refused("later", "away")
    assert [(line["request_id"], line["untold"]) for line in lines] == [("request-0", 0), ("later", 99)]
