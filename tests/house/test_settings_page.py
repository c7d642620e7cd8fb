"""The page about the settings tells what the code knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer

from api.cli.commands import app
from application.runtime.settings import COMMANDS, INTERNAL, settings_in_words
from tests.cli.conftest import run

HOUSE = Path(__file__).parents[2]
KNOWN = {each.name for each in (*settings_in_words(), *COMMANDS)}


def test_the_page_is_what_the_command_prints() -> None:
    """`make schema` writes it anew."""
    assert run("settings", "--markdown").out == (HOUSE / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_variable_of_the_code_and_the_pages_is_listed() -> None:
    """Finds variables that are read or described, and that no list names."""
    places = [
        *(path for room in ("api", "application", "persistence", "migrations") for path in (HOUSE / room).rglob("*.py"))
    ]
    places += [HOUSE / "README.md", *(HOUSE / "docs").rglob("*.md")]
    named = {
        word for place in places for word in re.findall(r"\bBATON_[A-Z_]*[A-Z]\b", place.read_text(encoding="utf-8"))
    }
    assert {name for name in named - KNOWN if not f"{name}_".startswith(INTERNAL)} == set()


def test_every_variable_of_an_option_is_listed() -> None:
    """An option that reads the environment has its row."""
    top: Any = typer.main.get_command(app)
    found = {str(param.envvar) for each in top.commands.values() for param in each.params if param.envvar}
    assert found
    assert found <= KNOWN
