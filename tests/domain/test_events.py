"""The table of events holds every type that is ever written, and the guide holds the table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from domain.events import EVENT_TYPES, Stream

HOUSE = Path(__file__).parents[2]
_ABOUT = "|".join(sorted({name.partition(".")[0] for name in EVENT_TYPES}))
_TYPE = re.compile(rf"(?:{_ABOUT})\.[a-z_-]+")
STATES = frozenset({"version.rejected"})
"""Written as the state that the signatures lead to."""


def written() -> Iterator[tuple[str, str]]:
    """Every text of the application that is spelled like a type of events, with its file; f-strings with their text."""
    for file in sorted((HOUSE / "application").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _TYPE.fullmatch(node.value):
                yield node.value, file.name


def test_every_type_that_is_written_is_in_the_table_and_the_other_way_round() -> None:
    """A new event needs its row, and a row that nothing writes any more goes."""
    found = {name for name, _ in written()}
    assert len(found) > 40
    assert found - EVENT_TYPES.keys() == set()
    assert EVENT_TYPES.keys() - found == STATES


def test_what_is_told_is_written_with_the_words_of_one_place() -> None:
    """All calls that write events give the type as a text or choose between texts, so that they can be found."""
    built = [
        (file.name, ast.unparse(node))
        for file in sorted((HOUSE / "application").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and re.match(rf"f'(?:{_ABOUT})\.\{{", ast.unparse(node))
    ]
    assert built == [("deciding_versions.py", "f'version.{after.state.value.lower()}'")]


def test_each_row_says_where_it_is_told_and_what_happened() -> None:
    """Handovers and breaches have streams of their own; each meaning is one sentence."""
    for event in EVENT_TYPES.values():
        assert event.streams[0] is Stream.EVENTS
        assert (Stream.HANDOVERS in event.streams) == event.name.startswith("handover.")
        assert (Stream.BREACHES in event.streams) == event.name.startswith("breach.")
        assert re.fullmatch(r"[A-Z][^.]*\.", event.meaning), event.name


def test_the_guide_holds_the_table() -> None:
    """Row by row, in the same order."""
    guide = (HOUSE / "docs" / "guides" / "events.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{e.name}` | {e.subject} | {e.meaning} |" for e in EVENT_TYPES.values()]
