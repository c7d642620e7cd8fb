"""Persons are compared by who is meant, not by how the name is written."""

from __future__ import annotations

from domain.words.persons import found_among, same_person


def test_a_person_is_found_as_it_is_spelled_there() -> None:
    """The spelling of the others counts; nobody is found for nobody."""
    assert found_among(" MÜLLER ", ["anna", "mu\u0308ller"]) == "mu\u0308ller"
    assert found_among("mara", ["Anna"]) is None
    assert found_among(None, ["anna"]) is None
    assert not same_person(None, None)
