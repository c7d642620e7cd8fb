"""How long files and functions may be, and that nothing is laid out otherwise to stay below."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.longer_files import LONGER

HOUSE = Path(__file__).parents[2]
CODE = ("api", "application", "persistence", "rules", "domain")
LONGEST_FILE = 250
LONGEST_FUNCTION = 40
MOST_FUNCTIONS = 25
"""The lines that nine of ten functions of a room do not exceed."""
EXEMPTED = re.compile(r"#\s*(fmt|yapf):\s*(skip|off|disable)")


def _sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((HOUSE / room).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def _functions(room: str) -> list[tuple[int, str]]:
    return sorted(
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{_name(path)}: {node.name}")
        for path in _sources(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_files_keep_their_length() -> None:
    """A file is cut, not excused; those that are longer yet are listed with their lengths, and only get shorter."""
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _sources(*CODE, "tests")}
    longer = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}
    assert not {name: lines for name, lines in longer.items() if lines > LONGER.get(name, 0)}
    assert not {name for name in LONGER if name not in longer}, "no longer too long: take it from the list"


@pytest.mark.parametrize("room", CODE)
def test_functions_keep_their_length(room: str) -> None:
    """No function is long, and nine of ten are short."""
    functions = _functions(room)
    assert not [f"{name} {lines}" for lines, name in functions if lines > LONGEST_FUNCTION]
    assert functions[len(functions) * 9 // 10][0] <= MOST_FUNCTIONS


def test_nothing_is_exempt_from_the_formatter() -> None:
    """All code is laid out alike, so that a line is a line."""
    exempt = [
        _name(path) for path in _sources(*CODE, "migrations", "tests") if EXEMPTED.search(path.read_text("utf-8"))
    ]
    assert not exempt
