"""The commands that pages name exist, with their options; each command stands in the changelog."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from api.cli.commands import app

HOUSE = Path(__file__).parents[2]
PAGES = [HOUSE / "README.md", HOUSE / "CHANGELOG.md", *sorted((HOUSE / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(?:\.venv/bin/)?baton ([^`]+)`")
_LINE = re.compile(r"^(?:\.venv/bin/)?baton ([^#|>&\n]+)", re.MULTILINE)


def words_of(page: Path) -> list[list[str]]:
    """What follows `baton` wherever the page says it."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    shown = [found for block in _FENCE.findall(text) for found in _LINE.findall(block)]
    return [each.split() for each in (*shown, *_INLINE.findall(text))]


def faults(words: list[str]) -> list[str]:
    """What of a command line is unknown."""
    command: Any = typer.main.get_command(app)
    options = {option for param in command.params for option in param.opts} | {"--help"}
    for word in words:
        if word.startswith("--"):
            if word.rstrip(".,;:…").split("=")[0] not in options:
                return [word]
        elif hasattr(command, "commands"):
            command = command.commands.get(word.split("|")[0])
            if command is None:
                return [word]
            options |= {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    return []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_every_command_of_a_page_exists(page: Path) -> None:
    """Finds commands and options that were renamed."""
    assert [(words, found) for words in words_of(page) if (found := faults(words))] == []


def test_an_unknown_command_or_option_is_found() -> None:
    """The check of the pages can fail."""
    assert faults(["sing"]) == ["sing"]
    assert faults(["serve", "--loud"]) == ["--loud"]
    assert faults(["keys", "create", "--role", "ADMIN"]) == []


def test_the_changelog_names_every_command() -> None:
    """Leaves no command out of the list."""
    listed = re.search(
        r"^- Commands: (.*?)\.\n", (HOUSE / "CHANGELOG.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert listed is not None
    top: Any = typer.main.get_command(app)
    named = {words.split()[0] for words in re.findall(r"`([\w ]+)`", listed[1])}
    assert named == set(top.commands)
