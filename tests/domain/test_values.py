"""Values come in as JSON, are stored in one form each, and compare as they should."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.fields import FieldType, Typed
from domain.leads.values import MAX_TEXT_BYTES, ValueFault, canonical_value, comparable


def field(kind: str, **more: Any) -> Typed:
    """A field of a type."""
    return Typed.model_validate({"key": "it", "label": "It", "type": kind, **more})


@pytest.mark.parametrize(
    ("definition", "value", "stored"),
    [
        (field("TEXT"), "Müller", "Müller"),
        (field("TEXT"), "", None),
        (field("TEXT"), " \u00a0\t", None),
        (field("TEXT"), " x ", " x "),
        (field("TEXT"), "x" * MAX_TEXT_BYTES, "x" * MAX_TEXT_BYTES),
        (field("INTEGER"), -5, -5),
        (field("INTEGER"), 2**53, 2**53),
        (field("INTEGER"), 5.0, 5),
        (field("INTEGER"), -0.0, 0),
        (field("DECIMAL", scale=2), 12.5, "12.50"),
        (field("DECIMAL", scale=2), "12.5000", "12.50"),
        (field("DECIMAL", scale=2), -0.5, "-0.50"),
        (field("DECIMAL", scale=2), "-0.00", "0.00"),
        (field("DECIMAL", scale=2), "007", "7.00"),
        (field("DECIMAL", scale=0), 5.0, "5"),
        (field("DECIMAL", scale=6), 1e-06, "0.000001"),
        (field("BOOLEAN"), False, False),
        (field("DATE"), "2024-02-29", "2024-02-29"),
        (field("DATE_TIME"), "2026-03-01T09:30:00+01:00", "2026-03-01T08:30:00.000Z"),
        (field("DATE_TIME"), "2026-03-01t09:30:00.123987z", "2026-03-01T09:30:00.123Z"),
        (field("DATE"), "1900-01-01", "1900-01-01"),
        (field("DATE"), "9999-12-31", "9999-12-31"),
        (field("DATE_TIME"), "1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z"),
        (field("ENUM", values=["a", "b"]), "b", "b"),
        (field("LIST"), ["x", "x"], ["x", "x"]),
        (field("ENUM", values=["a"]), " ", None),
        (field("LIST"), ["x", "", " \n"], ["x"]),
        (field("LIST", values=["a"]), [" ", "a"], ["a"]),
        (field("LIST"), ["", " "], None),
        (field("LIST", values=["a"]), [], None),
    ],
)
def test_a_value_has_one_stored_form(definition: Typed, value: object, stored: object) -> None:
    """What a sender wrote becomes the canonical form, which is its own canonical form."""
    assert canonical_value(definition, value) == stored
    assert stored is None or canonical_value(definition, stored) == stored


@pytest.mark.parametrize(
    ("definition", "value", "code"),
    [
        (field("TEXT"), 5, "WRONG_TYPE"),
        (field("TEXT"), "a\x00b", "VALUE_NOT_ALLOWED"),
        (field("TEXT"), "\ud800", "VALUE_NOT_ALLOWED"),
        (field("TEXT"), "\U0010fd00", "VALUE_NOT_ALLOWED"),
        (field("TEXT"), "\U0010ffff", "VALUE_NOT_ALLOWED"),
        (field("TEXT"), "ä" * (MAX_TEXT_BYTES // 2 + 1), "VALUE_NOT_ALLOWED"),
        (field("INTEGER"), True, "WRONG_TYPE"),
        (field("INTEGER"), 5.5, "WRONG_TYPE"),
        (field("INTEGER"), "50", "WRONG_TYPE"),
        (field("INTEGER"), 2**53 + 1, "VALUE_NOT_ALLOWED"),
        (field("INTEGER"), 10**30, "VALUE_NOT_ALLOWED"),
        (field("INTEGER"), 1e30, "VALUE_NOT_ALLOWED"),
        (field("INTEGER"), float("inf"), "VALUE_NOT_ALLOWED"),
        (field("DECIMAL", scale=2), 12.345, "VALUE_NOT_ALLOWED"),
        (field("DECIMAL", scale=2), "1e3", "WRONG_TYPE"),
        (field("DECIMAL", scale=2), "", "WRONG_TYPE"),
        (field("DECIMAL", scale=2), "１２", "WRONG_TYPE"),
        (field("DECIMAL", scale=2), True, "WRONG_TYPE"),
        (field("DECIMAL", scale=2), float("nan"), "VALUE_NOT_ALLOWED"),
        (field("DECIMAL", scale=2), float("inf"), "VALUE_NOT_ALLOWED"),
        (field("DECIMAL", scale=2), 10**400, "VALUE_NOT_ALLOWED"),
        (field("DECIMAL", scale=6), 2**53, "VALUE_NOT_ALLOWED"),
        (field("DECIMAL", scale=6), 1e-300, "VALUE_NOT_ALLOWED"),
        (field("BOOLEAN"), 1, "WRONG_TYPE"),
        (field("DATE"), "2024-02-30", "WRONG_TYPE"),
        (field("DATE"), "20240229", "WRONG_TYPE"),
        (field("DATE"), "0001-01-01", "VALUE_NOT_ALLOWED"),
        (field("DATE"), "1899-12-31", "VALUE_NOT_ALLOWED"),
        (field("DATE_TIME"), "0900-03-01T00:30:00-01:00", "VALUE_NOT_ALLOWED"),
        (field("DATE"), "2024-W01-1", "WRONG_TYPE"),
        (field("DATE"), "2024-02-29\n", "WRONG_TYPE"),
        (field("DATE_TIME"), "2026-03-01T09:30:00", "WRONG_TYPE"),
        (field("DATE_TIME"), "2026-03-01T09:30:60Z", "WRONG_TYPE"),
        (field("DATE_TIME"), "0001-01-01T00:00:00+02:00", "WRONG_TYPE"),
        (field("DATE_TIME"), 1772353800, "WRONG_TYPE"),
        (field("ENUM", values=["a"]), "A", "VALUE_NOT_ALLOWED"),
        (field("ENUM", values=["a"]), [], "WRONG_TYPE"),
        (field("LIST"), "x", "WRONG_TYPE"),
        (field("LIST"), [1], "WRONG_TYPE"),
        (field("LIST"), ["x"] * 1001, "VALUE_NOT_ALLOWED"),
        (field("LIST"), ["x" * 1000] * 100, "VALUE_NOT_ALLOWED"),
        (field("LIST", values=["a"]), ["a", "b"], "VALUE_NOT_ALLOWED"),
    ],
)
def test_a_value_its_field_does_not_take_is_refused(definition: Typed, value: object, code: str) -> None:
    """The fault says whether the type is wrong or the value is not allowed."""
    with pytest.raises(ValueFault) as refused:
        canonical_value(definition, value)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


ANY_TYPE = st.sampled_from(
    [
        field("TEXT"),
        field("INTEGER"),
        field("DECIMAL", scale=3),
        field("BOOLEAN"),
        field("DATE"),
        field("DATE_TIME"),
        field("ENUM", values=["a", "b"]),
        field("LIST"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(ANY_TYPE, JSON)
def test_whatever_a_sender_writes_is_stored_or_refused(definition: Typed, value: object) -> None:
    """Nothing else happens, and what is stored survives JSON and can be compared."""
    try:
        stored = canonical_value(definition, value)
    except ValueFault:
        return
    assert json.loads(json.dumps(stored)) == stored
    assert stored is None or comparable(definition.type, definition.scale, stored) is not None


@given(st.sampled_from(FieldType), st.sampled_from([None, 0, 3]), JSON)
def test_comparing_never_fails(kind: FieldType, scale: int | None, stored: object) -> None:
    """What does not have the declared type, because the agreement changed, compares as missing."""
    comparable(kind, scale, stored)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_decimals_compare_as_numbers(one: int, other: int) -> None:
    """Their scaled whole numbers are in the order of the decimals."""
    definition = field("DECIMAL", scale=2)
    stored = [canonical_value(definition, str(Decimal(n) / 100)) for n in (one, other)]
    scaled = [comparable(definition.type, 2, text) for text in stored]
    assert scaled == [one, other]


@given(st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30)), st.integers(-840, 840))  # noqa: DTZ001 - the offset is added below
def test_moments_compare_by_the_instant(local: datetime, offset: int) -> None:
    """The same instant written with two offsets is one value."""
    moment = local.replace(tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()
    definition = field("DATE_TIME")
    stored = canonical_value(definition, elsewhere)
    assert stored == canonical_value(definition, moment.isoformat())
    assert comparable(FieldType.DATE_TIME, None, stored) == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )


@pytest.mark.parametrize(
    ("kind", "scale", "stored"),
    [
        (FieldType.INTEGER, None, True),
        (FieldType.INTEGER, None, "5"),
        (FieldType.TEXT, None, 5),
        (FieldType.BOOLEAN, None, 1),
        (FieldType.DECIMAL, 2, 5),
        (FieldType.DECIMAL, 2, "5.125"),
        (FieldType.DATE, None, "tomorrow"),
        (FieldType.DATE, None, "2024-02-30"),
        (FieldType.DATE_TIME, None, "2024-02-29"),
        (FieldType.LIST, None, "text"),
        (FieldType.LIST, None, ["a", 1]),
    ],
)
def test_a_stored_value_of_another_type_is_missing(kind: FieldType, scale: int | None, stored: object) -> None:
    """A value stored before its field changed its type is treated as missing."""
    assert comparable(kind, scale, stored) is None


def test_a_decimal_stored_with_another_scale_still_compares() -> None:
    """A field may get more decimals without losing what is stored."""
    assert comparable(FieldType.DECIMAL, 3, "12.50") == 12500
