"""The log: one JSON object a line, plain tracebacks without the values of variables."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from io import StringIO
from typing import Any, TextIO

import orjson
import structlog

from api.readable import shown


def configure_logs(*, as_json: bool = True, level: int = logging.INFO) -> None:
    """Set up structlog for a process; without JSON lines are for people."""
    renderer: Any
    if as_json:
        renderer = structlog.processors.JSONRenderer(
            serializer=lambda entry, **_: orjson.dumps(entry, default=str).decode()
        )
    else:
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if as_json else _readable,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _readable(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What is logged for people, with texts of others that act on nothing."""
    for name, value in entry.items():
        if isinstance(value, str):
            entry[name] = shown(value)
    return entry


def _traceback(stream: TextIO, fault: Any) -> None:
    written = StringIO()
    structlog.dev.plain_traceback(written, fault)
    stream.write("\n".join(f"  {shown(line)}" for line in written.getvalue().split("\n")))
