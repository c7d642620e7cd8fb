"""A document is read from data with all faults at once, each with a stable code and its path."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.document.content_hash import document_digest
from domain.document.reading.reading import merge_sections, read_document, section_names
from tests.domain.document_samples import SMALL, document, small


def _places(data: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [way, *(place for step, content in inside for place in _places(content, (*way, step)))]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["all", "key", "P1D", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "field", "key", "", "x.y", "\ud800"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from(_places(SMALL)[1:]), JUNK)
def test_junk_anywhere_is_a_finding_or_fine(place: tuple[Any, ...], junk: object) -> None:
    """Whatever stands at a place of the document, reading it ends with a document or with findings."""
    data = small()
    around: Any = data
    for step in place[:-1]:
        around = around[step]
    around[place[-1]] = junk
    loaded = read_document(data)
    assert (loaded.document is None) == bool(loaded.findings)
    if loaded.document is not None:
        assert read_document(loaded.document.to_json()).document == loaded.document
        document_digest(loaded.document)
    assert all(f.path.isprintable() for f in loaded.findings)


@given(st.dictionaries(st.sampled_from([*section_names(), "x"]), JUNK, max_size=4))
def test_junk_sections_are_findings_or_fine(sections: dict[str, object]) -> None:
    """The same for an update by section."""
    merged = merge_sections(document(), sections)
    assert (merged.document is None) == bool(merged.findings)
