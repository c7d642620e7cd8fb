"""The log: one JSON object a line, plain tracebacks without the values of variables."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog


def configure_logs(*, as_json: bool = True, level: int = logging.INFO) -> None:
    """Set up structlog for a process; without JSON lines are for people."""
    renderer: Any
    if as_json:
        renderer = structlog.processors.JSONRenderer(
            serializer=lambda entry, **_: orjson.dumps(entry, default=str).decode()
        )
    else:
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
