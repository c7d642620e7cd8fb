"""Persons are compared by who is meant, not by how the name is written."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from domain.words.persons import folded, same_person


@given(st.text(max_size=20))
def test_every_spelling_of_a_name_names_the_same_person(name: str) -> None:
    """Blanks around, capitals, and letters composed or taken apart make no difference."""
    for spelling in (f"  {name}\n", name.upper().lower(), unicodedata.normalize("NFD", name)):
        if folded(spelling) == folded(name.upper().lower()):
            assert same_person(spelling, name.upper().lower())
    assert same_person(unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", f" {name} "))
    assert folded(folded(name)) == folded(name)
