"""The page about the architecture names wings, files and functions that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = ("api", "application", "persistence", "rules", "domain")
REGISTRIES = {"graphiql", "types", "mutations", "parts", "lists", "limits", "queries", "subscriptions", "acting"}


def wings() -> list[Path]:
    """Every package below a room."""
    return sorted(path.parent for room in ROOMS for path in (HOUSE / room).rglob("*/__init__.py") if path.parent.name)


@pytest.mark.parametrize("wing", wings(), ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_each_wing_says_what_is_in_it_and_stands_on_the_page(wing: Path) -> None:
    """Lets a newcomer find in a minute where a thing belongs."""
    text = (wing / "__init__.py").read_text(encoding="utf-8")
    assert f"| `{wing.name}` |" in PAGE
    if wing.name not in REGISTRIES:
        assert "May import" in text
        assert re.search(r"Start with [\w./]+", text)


def test_every_function_of_the_trips_is_there() -> None:
    """Finds names of functions that were moved or renamed."""
    named = re.findall(r"`((?:api|application|persistence|rules)/[\w/]+\.py)` `(\w+)`", PAGE)
    assert len(named) > 15
    gone = [
        (file, name)
        for file, name in named
        if not re.search(rf"def {name}\(", (HOUSE / file).read_text(encoding="utf-8"))
    ]
    assert gone == []


@pytest.mark.parametrize("wing", wings(), ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_a_wing_starts_with_a_file_that_is_there(wing: Path) -> None:
    """Keeps the docstrings of the wings true."""
    text = (wing / "__init__.py").read_text(encoding="utf-8")
    for name in re.findall(r"(?:Start with|then|and) ([\w/]+\.py)", text):
        assert (wing / name).exists() or (HOUSE / name).exists(), name
