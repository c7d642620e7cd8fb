"""Scalars: what comes in, what goes out, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.small import context, small_schema

ECHO = "query ($input: EchoInput!) {{ echo(input: $input) {{ {0} }} }}"


async def echo(field: str, value: Any) -> Any:
    """The value as it comes back."""
    result = await small_schema().execute(ECHO.format(field), {"input": {field: value}}, context())
    if result.errors:
        return str((result.errors[0].extensions or {})["code"])
    assert result.data is not None
    return result.data["echo"][field]


@pytest.mark.parametrize(
    ("field", "sent", "received"),
    [
        ("moment", "2026-03-01T09:30:00+01:00", "2026-03-01T08:30:00.000Z"),
        ("moment", "2026-03-01t09:30:00.5z", "2026-03-01T09:30:00.500Z"),
        ("moment", "2026-03-01T09:30:00.123456789Z", "2026-03-01T09:30:00.123456Z"),
        ("moment", "1900-01-01T00:00:00.000001Z", "1900-01-01T00:00:00.000001Z"),
        ("day", "2024-02-29", "2024-02-29"),
        ("duration", "P1DT2H30M", "P1DT2H30M"),
        ("duration", "PT90M", "PT1H30M"),
        ("decimal", "12.50", "12.50"),
        ("decimal", "-0.000001", "-0.000001"),
        ("decimal", 7, "7"),
        ("json", {"a": [1, 2.5, None, {"b": True}]}, {"a": [1, 2.5, None, {"b": True}]}),
        ("cursor", "EARLIEST", "EARLIEST"),
        ("party", "SALES", "SALES"),
    ],
)
async def test_a_good_value_comes_back_in_the_one_way_of_writing_it(field: str, sent: Any, received: Any) -> None:
    """A good value comes back in the one way of writing it."""
    assert await echo(field, sent) == received


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        *(("moment", text) for text in ("2026", "2026-03-01T09:30:00", "2026-03-01T24:00:00Z", "2026-02-30T00:00:00Z")),
        *(
            ("moment", value)
            for value in ("0001-01-01T00:00:00Z", "0001-01-01T01:00:00+01:00", "9999-12-31T23:59:59.999999999Z")
        ),
        *(
            ("moment", value)
            for value in ("2026-03-01 09:30:00Z", "0001-01-01T00:00:00+14:00", 5, True, "٢٠٢٦-03-01T09:30:00Z")
        ),
        *(("moment", text) for text in ("0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z")),
        *(("day", value) for value in ("20260101", "2026-W01-1", "2026-02-30", "2026-01-01T00:00:00Z", 0)),
        *(("duration", value) for value in ("4h", "P1M", "PT", "P", "-PT4H", "PT1.5H", "", 5)),
        *(
            ("decimal", value)
            for value in ("NaN", "Infinity", "1e999999", "1_000", "", " 1", "1.", 1.5, True, "1" * 19)
        ),
        *(("cursor", value) for value in ("", "a b", "x" * 513, "ä", 5)),
        ("party", "BUYERS"),
        ("text", 5),
    ],
)
async def test_a_bad_value_is_bad_user_input(field: str, sent: Any) -> None:
    """A bad value is refused with BAD_USER_INPUT."""
    assert await echo(field, sent) == "BAD_USER_INPUT"


async def test_a_bad_scalar_written_into_the_document_is_bad_user_input_too() -> None:
    """A bad scalar written into the document is BAD_USER_INPUT like one in a variable."""
    result = await small_schema().execute('{ echo(input: {moment: "2026"}) { moment } }', None, context())
    assert [error.extensions for error in result.errors or ()] == [{"code": "BAD_USER_INPUT"}]


async def test_nul_written_into_the_document_is_bad_user_input() -> None:
    """The character NUL written into the document is BAD_USER_INPUT."""
    result = await small_schema().execute('{ echo(input: {text: "a\\u0000b"}) { text } }', None, context())
    assert [error.extensions for error in result.errors or ()] == [{"code": "BAD_USER_INPUT"}]


async def test_a_measured_time_is_written_in_hours_and_a_moment_keeps_its_microseconds() -> None:
    """A measured time is written in hours, never in days; a moment keeps its microseconds."""
    result = await small_schema().execute("{ measured { measured moment } }", None, context())
    assert result.data == {"measured": {"measured": "PT26H", "moment": "2026-03-02T09:00:00.000001Z"}}


def test_every_scalar_says_where_it_is_specified() -> None:
    """Every scalar of ours has specifiedBy and a description."""
    kinds = small_schema()._schema.type_map
    for name in ("DateTime", "Date", "Duration", "Decimal", "JSON", "Cursor", "Condition"):
        assert getattr(kinds[name], "specified_by_url", None), name
        assert kinds[name].description, name


async def test_all_faults_of_a_choice_are_reported_at_once_without_python_names() -> None:
    """Exactly one field of a choice is given; GraphQL itself checks it."""
    run = small_schema().execute
    query = "query ($ref: Choice!) { choose(ref: $ref) }"
    assert (await run(query, {"ref": {"name": "x"}}, context())).data == {"choose": "name"}
    for ref in ({}, {"id": "1", "name": "x"}, {"id": None}):
        errors = (await run(query, {"ref": ref}, context())).errors or []
        assert [(error.extensions or {})["code"] for error in errors] == ["BAD_USER_INPUT"]
