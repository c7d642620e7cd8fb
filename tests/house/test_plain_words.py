"""Docstrings and descriptions say what a thing is, in noun phrases and imperatives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
ROOMS = ("api", "application", "persistence", "rules", "domain", "migrations")
QUESTION = re.compile(r"(What|Whether|How)\b")
DESCRIBING = {"argument", "Argument", "Option", "Typer"}
"""The calls that publish a text: descriptions of the schema and of the command line."""


def _texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Docstrings of modules, classes, functions and attributes, and the texts of arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str()) as text):
                yield text
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in DESCRIBING:
                for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                    yield from (leaf for leaf in ast.walk(part) if isinstance(leaf, ast.Constant))


def questions(source: str) -> list[str]:
    """The texts of a source that begin like a question."""
    return [str(text.value) for text in _texts(ast.parse(source)) if QUESTION.match(str(text.value))]


def test_no_docstring_begins_like_a_question() -> None:
    """A reader finds the noun first: "The age of a lead", not "How old a lead is"."""
    found = {
        f"{path.relative_to(HOUSE)}: {text}"
        for room in ROOMS
        for path in sorted((HOUSE / room).rglob("*.py"))
        for text in questions(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_questions_are_found_wherever_a_text_is_published() -> None:
    """Modules, classes, attributes, functions, arguments and options are all looked at."""
    source = '''"""What it is."""
class Lead:
    """Whether it is."""
    age: int
    """How old it is."""
    def of(self, first: Annotated[int, argument(f"How many, up to {MOST}.")]) -> None:
        """What it is of."""
Name = Annotated[str, typer.Option(help="What it is called.")]
ASKED = "What is asked?"
'''
    assert len(questions(source)) == 6
