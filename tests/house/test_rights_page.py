"""The printed table of rights is the promise: it equals the file."""

from __future__ import annotations

from pathlib import Path

from domain.people.rights_page import rights_page, rights_rows

PRINTED = Path(__file__).parents[2] / "docs" / "rights.md"


def test_the_printed_table_of_rights_equals_the_file() -> None:
    """The table equals docs/rights.md; `make schema` writes it anew after a change that is meant."""
    assert rights_page() + "\n" == PRINTED.read_text(encoding="utf-8")


def test_the_table_as_data_says_the_same() -> None:
    """Each operation once, with those who may, for a program to read."""
    rows = {row["operation"]: row for row in rights_rows()}
    assert rows["Mutation.waiveObligation"] == {
        "operation": "Mutation.waiveObligation",
        "roles": ["MARKETING", "SALES", "MANAGEMENT"],
        "party": "owed",
        "reach": "holds",
    }
    assert rights_page().count("| `") == len(rows)
