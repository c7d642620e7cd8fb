"""YAML is read as YAML's core schema says, with every fault at its line, and written so that it reads back."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from application.documents.document_loading import dump_yaml, load_json, load_yaml
from application.documents.document_yaml import plain_scalar, read_yaml, write_yaml
from application.documents.templates import FOLDER, templates
from tests.domain.document_samples import SMALL, small


def codes(text: str) -> list[tuple[str, str]]:
    """Code and path of every fault of a text."""
    return [(fault.code, fault.path) for fault in load_yaml(text).findings]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("17:30", "17:30"),
        ("2026-12-24", "2026-12-24"),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("010", 10),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("-5", -5),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("'5'", "5"),
        ('"null"', "null"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ("|\n  text\n", "text\n"),
        ("[a, [b], {c: d}]", ["a", ["b"], {"c": "d"}]),
        ("{no: 1, 2: b, null: c}", {"no": 1, "2": "b", "null": "c"}),
    ],
)
def test_words_mean_what_the_core_schema_says(text: str, value: object) -> None:
    """Times, dates, yes and no stay texts; names are always texts."""
    read = read_yaml(text)
    assert read.findings == []
    assert read.data == value


@pytest.mark.parametrize(
    ("text", "code", "path", "position"),
    [
        (
            "fields:\n  email: {label: a}\n  email: {label: b}\n",
            "YAML_KEY_REPEATED",
            "fields[email]",
            "line 3, column 3",
        ),
        ("title: A\ntitle: B\n", "YAML_KEY_REPEATED", "title", "line 2, column 1"),
        ("title: &t A\naccountable: *t\n", "YAML_ALIAS", "accountable", "line 2, column 14"),
        ("title: !!python/name:os.system ''\n", "YAML_TAG", "", "line 1, column 8"),
        ("title: !!map {a: b}\n", "YAML_TAG", "", "line 1, column 8"),
        ("? [a]\n: b\n", "YAML_KEY", "", "line 1, column 3"),
        ("title: A\n---\ntitle: B\n", "YAML_DOCUMENTS", "", "line 2, column 1"),
        ("title: [A\n", "YAML_SYNTAX", "", "line 2, column 1"),
        ("title: 'A\n", "YAML_SYNTAX", "", "line 2, column 1"),
        ("priority: high\n", "WRONG_TYPE", "priority", "line 1, column 1"),
        ("handover:\n  routing:\n    - team: a b\n", "MALFORMED_KEY", "handover.routing[0].team", "line 3, column 7"),
        ("fields:\n  email:\n    type: TEXT\n", "MISSING", "fields[email].label", "line 2, column 3"),
        ("sales: {}\n", "UNKNOWN_SECTION", "sales", "line 1, column 1"),
    ],
)
def test_a_fault_is_told_with_its_path_and_line(text: str, code: str, path: str, position: str) -> None:
    """Each fault of the text or of the document says where it is."""
    (fault,) = [fault for fault in load_yaml(text).findings if (fault.code, fault.path) == (code, path)]
    assert position in fault.message


def test_faults_of_the_text_and_of_the_document_come_together() -> None:
    """Nobody mends repeated names first to learn of the rest later."""
    text = dump_small(handover__warnAt=2) + "title: again\nscope: *x\n"
    assert set(codes(text)) == {
        ("YAML_KEY_REPEATED", "title"),
        ("YAML_ALIAS", "scope"),
        ("OUT_OF_RANGE", "handover.warnAt"),
    }


def dump_small(**changes: Any) -> str:
    """The small document as text, changed at some paths."""
    return write_yaml(small(**changes))


@pytest.mark.parametrize("text", ["", "null", "5", "- a", "text", "\ufeff", "%YAML 1.2\n---\n", "#"])
def test_a_text_without_sections_is_refused(text: str) -> None:
    """Anything that is no map is no document."""
    assert load_yaml(text).findings


def test_json_text_is_yaml() -> None:
    """A document written as JSON text is read as well."""
    import orjson

    text = orjson.dumps(load_json(SMALL).document.to_json()).decode()  # type: ignore[union-attr]
    assert load_yaml(text).document == load_json(SMALL).document


def test_a_template_file_is_read_as_its_document() -> None:
    """Beside the document such a file holds teams and examples."""
    for shipped in templates():
        assert load_yaml((FOLDER / f"{shipped.key}.yaml").read_text()).document == shipped.document
    broken = load_yaml("template: {}\ndocument:\n  priority: high\n")
    assert any(f.path == "priority" and "line 3" in f.message for f in broken.findings)


@pytest.mark.parametrize("shipped", templates(), ids=lambda shipped: shipped.key)
def test_a_document_reads_back_from_both_of_its_forms(shipped: Any) -> None:
    """YAML and JSON say the same."""
    document = shipped.document
    assert load_yaml(dump_yaml(document)).document == document
    assert load_json(document.to_json()).document == document
    assert load_yaml(dump_yaml(document)).document.to_json() == document.to_json()  # type: ignore[union-attr]
    assert all(isinstance(field, dict) and "key" in field for field in document.to_json()["fields"])


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0x10FCFF), max_size=12) | st.sampled_from(
    [
        "no",
        "1e3",
        "1_0",
        "0o7",
        "~",
        "- a",
        "a: b",
        "#",
        "a #b",
        "'",
        '"',
        " a ",
        "2026-01-01",
        "12:30",
        "<<",
        "=",
        "?",
        "a\nb",
        "\t",
    ]
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-(10**9), 10**9).map(lambda f: round(f, 6))
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN)
def test_written_data_reads_back_as_the_same(data: object) -> None:
    """Whatever is written as YAML is quoted where it must be."""
    read = read_yaml(write_yaml(data))
    assert read.findings == []
    assert read.data == data


@given(
    label=TEXTS.filter(bool), points=st.decimals(-1000, 1000, places=3), of=st.sampled_from(["all", "any"]), value=PLAIN
)
def test_any_document_reads_back_from_both_of_its_forms(label: str, points: Any, of: str, value: object) -> None:
    """Labels, numbers and conditions survive both forms unchanged."""
    when = {of: [{"not": {"field": "account.employees", "op": "eq", "value": value}}]}
    changed = small(
        title={"de": label, "fr": label + "x"},
        scope=when,
        scoring__fit__criteria__size__bands=[{"when": when, "points": float(points)}],
    )
    document = load_json(changed).document
    if document is None:
        return
    assert load_yaml(dump_yaml(document)).document == document
    assert load_json(document.to_json()).document == document
    assert load_json(document.to_json()).document.to_json() == document.to_json()  # type: ignore[union-attr]


@given(
    st.text(max_size=60) | st.lists(st.sampled_from(list("[]{}:,-?&*!|>'\"#%@ \n\tab~.\x00")), max_size=40).map("".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is typed, the answer is a document or findings."""
    loaded = load_yaml(text)
    assert (loaded.document is None) == bool(loaded.findings)


@given(st.data())
def test_a_damaged_document_breaks_nothing(data: st.DataObject) -> None:
    """A document with a piece cut out or put in is read or refused."""
    text = dump_small()
    start = data.draw(st.integers(0, len(text)))
    junk = data.draw(st.text(max_size=3) | st.sampled_from(["\n", ": ", "- ", "  ", "[", "'", "key: ", "all: "]))
    loaded = load_yaml(text[:start] + junk + text[start + data.draw(st.integers(0, 5)) :])
    assert (loaded.document is None) == bool(loaded.findings)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "{a: " * 200_000,
        "- " * 400_000,
        "? " * 400_000,
        "scope: " + "{not: " * 1000 + "1" + "}" * 1000,
        "a: &a [x]\nb: &b [" + "*a," * 100 + "]\nc: [" + "*b," * 100 + "]\n",
        "x: |\n" + " y\n" * 300_000,
        "fields: {" + ", ".join(f"k{n}: {{}}" for n in range(50_000)) + "}",
        "fields: {" + ", ".join(f"k{n}: {{{', '.join(f'x{m}: 1' for m in range(40))}}}" for n in range(900)) + "}",
        "k: " + "9" * 900_000,
        "'" * 900_000,
        "\n".join(f"k{n}: 1" for n in range(80_000)),
    ],
    ids=lambda text: text[:8],
)
def test_hostile_texts_are_refused(text: str) -> None:
    """Neither nesting nor size nor aliases can hang or break the reader."""
    assert load_yaml(text).findings


def test_a_text_that_is_too_large_is_refused() -> None:
    """A million characters are enough."""
    assert codes("#" * 1_000_001) == [("DOCUMENT_TOO_LARGE", "")]


def test_numbers_out_of_all_bounds_are_texts() -> None:
    """So that no number of a text can be too long to read."""
    assert plain_scalar("9" * 50) == "9" * 50
    assert plain_scalar("1e9999") == "1e9999"


def test_written_yaml_is_read_alike_by_other_readers() -> None:
    """What we write means the same to a YAML 1.1 reader."""
    for shipped in templates():
        text = dump_yaml(shipped.document)
        assert yaml.safe_load(text) == read_yaml(text).data
