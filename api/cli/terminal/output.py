"""The output of the command line: to people on the terminal, and one line when something is wrong.

Whatever is printed passes `shown` here: what somebody typed into a web form is to be read, never to be obeyed by the
terminal, and never to look like another line. No other module of the command line makes a console or writes to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module, metadata
from typing import Any, NoReturn, cast

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Span
from rich.text import Text as RichText

from api.readable import ACTING, shown


class Text(RichText):
    """A styled text; of what is put into it everything shows, also what its library would drop without a word."""

    def __init__(self, text: str = "", *args: Any, **options: Any) -> None:
        super().__init__(shown(text), *args, **options)

    @classmethod
    def assemble(cls, *parts: Any, **options: Any) -> Text:
        """A text of several parts, each of them a text or a text with its style."""
        return cast(Text, super().assemble(*parts, **options))

    def append(self, text: RichText | str, style: Any = None) -> RichText:
        """Put more behind it."""
        return super().append(shown(text) if isinstance(text, str) else text, style)


class Terminal(Console):
    """A console on which data acts on nothing: no control characters, no markup, each text one line."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts, and tables of texts."""
        super().print(*map(_shown, objects), **{**options, "markup": False})


def _shown(printed: Any) -> Any:
    if isinstance(printed, str):
        return Text(printed)
    if isinstance(printed, RichText):
        return _shown_text(printed)
    if isinstance(printed, Table):
        for column in printed.columns:
            column.header = _shown(column.header)
            column._cells = [_shown(cell) for cell in column._cells]
    return printed


def _shown_text(text: RichText) -> RichText:
    """The same text with its styles, which move with what is written in more characters."""
    if ACTING.search(text.plain) is None:
        return text
    places = [0]
    for character in text.plain:
        places.append(places[-1] + len(shown(character)))
    safe = text.blank_copy(shown(text.plain))
    safe.spans = [Span(places[span.start], places[min(span.end, len(text.plain))], span.style) for span in text.spans]
    return safe


def out() -> Terminal:
    """The console on standard output; long lines are not broken when it is no terminal."""
    return _console(stderr=False)


def err() -> Terminal:
    """The console on standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Terminal:
    console = Terminal(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = 200
    return console


def plain(text: str) -> None:
    """Print what programs read: line by line as it is, but for what acts, which JSON and YAML write as `\\u001b`."""
    typer.echo("\n".join(ACTING.sub(_escaped, line) for line in text.split("\n")))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


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
    for said in import_module("application.runtime.settings").strange_variables(variables):
        err().print(Text.assemble(("baton: ", "bold yellow"), said), soft_wrap=True)
