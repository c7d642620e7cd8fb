"""Values come in as JSON, are stored in one form each, and compare as they should."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.fields import FieldType, Typed
from domain.leads.comparable import comparable
from domain.leads.values import ValueFault, canonical_value
from tests.domain.test_values import field

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
