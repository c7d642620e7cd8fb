"""Where the log goes: readable on a terminal, one JSON object a line elsewhere; always on standard error."""

from __future__ import annotations

import logging
import sys

import structlog

from api.logs import configure_logs


class _Forwarding(logging.Handler):
    """Hands to structlog what libraries log by way of the standard library."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def configure(level: str) -> None:
    """Set up the log of this process; libraries are heard from warnings on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    configure_logs(as_json=not sys.stderr.isatty(), level=number)
    logging.basicConfig(handlers=[_Forwarding()], level=max(number, logging.WARNING), force=True)
