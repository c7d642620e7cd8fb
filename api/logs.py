"""The log: one JSON object a line, plain tracebacks without the values of variables."""

from __future__ import annotations

import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from io import StringIO
from typing import Any, TextIO

import orjson
import structlog

from api.readable import shown

TRACEBACK_SECONDS = 1.0
KINDS = 1_000


class SparingTracebacks:
    """Leaves one traceback a second of each kind of fault in the log; the others keep their line, and the kind."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shown: OrderedDict[tuple[object, ...], float] = OrderedDict()

    def __call__(self, _logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """An entry as it goes into the log."""
        error = _error_of(entry.get("exc_info"))
        if error is None:
            return entry
        kind, now = (entry.get("event"), *_place(error)), self._clock()
        entry["error"] = type(error).__name__
        if now - self._shown.get(kind, -TRACEBACK_SECONDS) < TRACEBACK_SECONDS:
            del entry["exc_info"]
            return entry
        self._shown[kind] = now
        self._shown.move_to_end(kind)
        if len(self._shown) > KINDS:
            self._shown.popitem(last=False)
        return entry


def _error_of(given: Any) -> BaseException | None:
    """The exception that an entry tells of, in all the ways in which that can be said."""
    if isinstance(given, BaseException):
        return given
    told = given if isinstance(given, tuple) else sys.exc_info() if given else ()
    return told[1] if len(told) > 1 else None


def _place(error: BaseException) -> tuple[object, ...]:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return type(error), last.tb_frame.f_code if last else None, last.tb_lineno if last else 0


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
            SparingTracebacks(),
            structlog.processors.format_exc_info if as_json else _readable,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _readable(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return what is logged for people, with texts of others that act on nothing."""
    for name, value in entry.items():
        if isinstance(value, str):
            entry[name] = shown(value)
    return entry


def _traceback(stream: TextIO, fault: Any) -> None:
    written = StringIO()
    structlog.dev.plain_traceback(written, fault)
    stream.write("\n".join(f"  {shown(line)}" for line in written.getvalue().split("\n")))
