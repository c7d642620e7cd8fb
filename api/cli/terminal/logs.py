"""Where the log goes: readable on a terminal, one JSON object a line elsewhere; always on standard error."""

from __future__ import annotations

import logging
import sys

import structlog

from api.logs import configure_logs

WRITES_VALUES = ("sqlalchemy",)
"""Libraries whose lines hold the values of statements, and so data of people."""


class _Forwarding(logging.Handler):
    """Hands to structlog what libraries log by way of the standard library."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def configure(level: str) -> None:
    """Set up the log of this process; libraries are heard from warnings on, with `debug` from what they call info."""
    number = logging.getLevelNamesMapping()[level.upper()]
    configure_logs(as_json=not sys.stderr.isatty(), level=number)
    of_libraries = logging.INFO if number == logging.DEBUG else max(number, logging.WARNING)
    logging.basicConfig(handlers=[_Forwarding()], level=of_libraries, force=True)
    for talkative in WRITES_VALUES:
        logging.getLogger(talkative).setLevel(logging.WARNING)
