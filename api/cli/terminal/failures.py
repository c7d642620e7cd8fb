"""From what can go wrong to the one line that the command line says about it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import ValidationError

from api.cli.terminal.output import fail

DEBUG = "BATON_DEBUG"
"""With this variable set, unexpected faults show where they come from."""
BUILD = (
    'CPPFLAGS="-DPyEval_CallObject=PyObject_CallObject" python -m pip install --force-reinstall --no-cache-dir '
    "--no-binary durable-rules durable-rules==2.0.28"
)
"""The way to build the rules engine where there is no Makefile; Python 3.13 knows the function by its other name
only."""


def _message(error: Any) -> str:
    return str(error.message)


def _settings(error: ValidationError) -> str:
    faults = [
        f"BATON_{'_'.join(map(str, e['loc'])).upper()}: {e['msg'].removeprefix('Value error, ')}"
        for e in error.errors()
    ]
    return "The settings are not usable: " + "; ".join(faults)


def _not_loaded(error: ImportError) -> str:
    """A module that cannot be loaded; of the rules engine, how it is built so that it can."""
    if "durable" not in f"{error.name} {error.path} {error}":
        return f"{error} (set {DEBUG}=1 to see where it comes from)"
    return f"The rules engine cannot be loaded ({error}). It has to be built with a flag: `make engine`, or {BUILD}"


WORDS: dict[str, Callable[[Any], str]] = {
    "Refusal": _message,
    "Forbidden": _message,
    "DatabaseUnavailable": str,
    "DatabaseAway": lambda error: f"The database cannot be used at the moment: {error}.",
    "DatabaseBusy": lambda error: f"The database was too busy: {error}. Try again.",
    "RemoteRefusal": str,
    "StreamRefused": str,
    "ImportStopped": str,
    "ValidationError": _settings,
    "ImportError": _not_loaded,
    "UnicodeDecodeError": lambda error: f"The file is not readable as {error.encoding}: {error.reason}.",
    "FileNotFoundError": lambda error: f"There is no file {error.filename}.",
    "IsADirectoryError": lambda error: f"{error.filename} is a folder.",
    "PermissionError": lambda error: f"{error.filename or 'A file'} may not be opened.",
}
"""By the name of the exception, so that no command loads what it does not need."""


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Turn what goes wrong in the block into one line and an exit status."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:
        if DEBUG in os.environ:
            raise
        fail(_words(_first(error)))


def _first(error: Exception) -> Exception:
    """Of several that failed together the first."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _words(error: Exception) -> str:
    word = next((WORDS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in WORDS), None)
    return word(error) if word else f"{type(error).__name__}: {error} (set {DEBUG}=1 to see where it comes from)"
