"""Each type of event is one class in one file; the filter, the guide and the JSON Schema are derived from it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from application.reading.known_words import need_event_types
from domain.events.catalogue import EVENT_TYPES, Event, Stream
from domain.events.schema import events_schema
from domain.refusal import BadRequest

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def another() -> Iterator[type[Event]]:
    """A type of event that one class made, and nothing else."""

    @dataclass(frozen=True, kw_only=True)
    class LeadCongratulated(Event, name="lead.congratulated", since="9.9"):
        """Somebody congratulated the lead."""

        subject_type: ClassVar[str] = "Lead"

        given_words: str
        """What was said."""

    yield LeadCongratulated
    del EVENT_TYPES["lead.congratulated"]


def test_no_type_of_event_is_written_anywhere_but_in_the_catalogue() -> None:
    """Whoever writes an event names its class, so that its payload is checked."""
    found = [
        (file.name, node.value)
        for room in ("application", "persistence", "rules")
        for file in sorted((HOUSE / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in EVENT_TYPES
    ]
    assert found == []


def test_every_type_is_written_somewhere() -> None:
    """A class that nothing makes any more goes."""
    code = "".join(file.read_text(encoding="utf-8") for file in (HOUSE / "application").rglob("*.py"))
    code += (HOUSE / "domain" / "leads" / "lead.py").read_text(encoding="utf-8")
    assert [event.__name__ for event in EVENT_TYPES.values() if not re.search(rf"\b{event.__name__}\b", code)] == []


def test_each_type_says_where_it_is_told_and_what_happened() -> None:
    """Handovers and breaches have streams of their own; each meaning is one sentence."""
    for name, event in EVENT_TYPES.items():
        assert event.streams[0] is Stream.EVENTS
        assert (Stream.HANDOVERS in event.streams) == name.startswith("handover.")
        assert (Stream.BREACHES in event.streams) == name.startswith("breach.")
        assert re.fullmatch(r"[A-Z][^.]*\.", event.meaning()), name


def test_the_guide_holds_the_table() -> None:
    """Row by row, in the same order."""
    guide = (HOUSE / "docs" / "guides" / "events.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {e.subject_type} | {e.since} | {e.meaning()} |" for name, e in sorted(EVENT_TYPES.items())
    ]


def test_the_printed_schema_equals_the_file() -> None:
    """`make schema` writes it anew."""
    printed = json.loads((HOUSE / "docs" / "events.schema.json").read_text(encoding="utf-8"))
    assert printed == json.loads(json.dumps(events_schema()))


def test_a_new_type_is_one_class(another: type[Event]) -> None:
    """The filter takes it, its schema is there, and its payload has the names of the wire."""
    need_event_types((another.type_name,))
    with pytest.raises(BadRequest) as refused:
        need_event_types(("lead.congratulate",))
    assert "lead.congratulated" in str(refused.value)
    schema = events_schema()["$defs"][another.type_name]
    assert schema["required"] == ["givenWords"]
    assert schema["properties"]["givenWords"] == {"type": "string", "description": "What was said."}
    assert another(given_words="Well done").payload == {"givenWords": "Well done"}  # type: ignore[call-arg]
