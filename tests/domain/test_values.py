"""Values come in as JSON, are stored in one form each, and compare as they should."""

from __future__ import annotations

from typing import Any

import pytest

from domain.document.sections.fields import FieldType, Typed
from domain.leads.comparable import comparable
from domain.leads.values import MAX_TEXT_BYTES, ValueFault, canonical_value


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
