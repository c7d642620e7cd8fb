"""The house itself: its rooms, its sizes, its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = {"api", "application", "persistence", "rules", "domain", "migrations", "tests"}
BESIDES = {"sla-templates", "docs", "requirements", "build"}
UNWELCOME = {"services", "managers", "helpers", "utils", "util", "common", "misc"}


def _sources(*rooms: str) -> Iterator[Path]:
    for room in rooms or sorted(ROOMS):
        yield from (HOUSE / room).rglob("*.py")


def test_every_room_is_named_by_the_contracts() -> None:
    """Fails on a new top-level package that no import contract knows."""
    found = {
        path.name
        for path in HOUSE.iterdir()
        if path.is_dir() and not path.name.startswith((".", "__")) and not path.name.endswith(".egg-info")
    }
    assert found - BESIDES == ROOMS
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(settings["tool"]["importlinter"]["root_packages"]) == ROOMS - {"tests"}


def test_one_file_opens_the_door_to_the_rules_engine() -> None:
    """Keeps everything that is unsafe about the engine in one place."""
    importing = [
        path.relative_to(HOUSE).as_posix()
        for path in _sources("api", "application", "persistence", "rules", "domain", "migrations")
        if re.search(r"^\s*(import|from) durable", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importing == ["rules/engine/engine.py"]


@pytest.mark.parametrize("room", ["domain", "rules"])
def test_the_pure_rooms_read_no_clock_and_wait_for_nothing(room: str) -> None:
    """Keeps time an argument and I/O outside."""
    for path in _sources(room):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(datetime\.now|utcnow|time\.time|date\.today)\(", text), path
        assert "async def" not in text, path


def test_no_file_has_a_name_that_says_nothing() -> None:
    """Keeps out the names under which everything could stand."""
    assert not [path for path in _sources() if path.stem in UNWELCOME or path.parent.name in UNWELCOME]


def test_nothing_is_left_open_in_the_code() -> None:
    """Keeps promises in the issues, not in the code."""
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert not [
        path
        for path in _sources("api", "application", "persistence", "rules", "domain")
        if left.search(path.read_text(encoding="utf-8"))
    ]


def test_every_decision_is_listed() -> None:
    """Lets the list of decisions be complete, each under its number."""
    folder = HOUSE / "docs" / "decisions"
    listed = re.findall(r"\[(\d{4})\]\(([\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    pages = {path.name: path.read_text(encoding="utf-8")[:7] for path in folder.glob("[0-9]*.md")}
    assert {name: f"# {number} " for number, name in listed} == pages


def test_the_readme_maps_all_rooms() -> None:
    """Keeps the map of the rooms like the house."""
    [block] = re.findall(r"## The rooms\n\n```\n(.*?)```", (HOUSE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert set(re.findall(r"^([\w-]+)/", block, re.MULTILINE)) == ROOMS | {"sla-templates", "docs"}


def test_the_readme_names_only_words_that_make_knows() -> None:
    """Keeps README and Makefile telling the same story."""
    words = set(re.findall(r"^(\w+):.*## ", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make (\w+)", (HOUSE / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= words
