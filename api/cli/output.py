"""What the command line says: to people on the terminal, and one line when something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module, metadata
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text


def out() -> Console:
    """The console on standard output; long lines are not broken when it is no terminal."""
    return _console(stderr=False)


def err() -> Console:
    """The console on standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = 200
    return console


def plain(text: str) -> None:
    """Print a text as it is, for programs to read."""
    typer.echo(text)


def fail(message: str, status: int = 1) -> NoReturn:
    """Say in one line what is wrong and end with a status."""
    line = Text.assemble(("baton: ", "bold red"), " ".join(message.split()))
    err().print(line, soft_wrap=True)
    raise typer.Exit(status)


def version() -> None:
    """Print which Baton this is."""
    plain(f"baton {metadata.version('baton')}")


def warn_of_settings(variables: Iterable[str]) -> None:
    """Say which variables look like settings and are none."""
    for said in import_module("application.settings").strange_variables(variables):
        err().print(Text.assemble(("baton: ", "bold yellow"), said), soft_wrap=True)
