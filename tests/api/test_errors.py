"""Top-level errors: every one has a code, faults of ours are masked, the log holds no values."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from api.errors import MASK
from api.graphql.parts.user_errors import PlainUserError, StaleRevisionError, user_errors
from domain.refusal import Refusal, StaleRevision
from tests.api.small import Row, SmallApplication, context, small_schema


async def errors_of(
    query: str, variables: dict[str, Any] | None = None, application: SmallApplication | None = None
) -> list[dict[str, Any]]:
    """The errors as a client sees them."""
    result = await small_schema().execute(query, variables, context(application))
    return [dict(error.formatted) for error in result.errors or ()]


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("forbidden", "FORBIDDEN", "This principal may not do that."),
        ("refusal", "BAD_USER_INPUT", "There is no such field."),
        ("bad", "BAD_USER_INPUT", "2 faults in the input."),
        ("expired", "CURSOR_EXPIRED", "Too old."),
    ],
)
async def test_what_a_client_may_know_has_its_code_and_message(kind: str, code: str, message: str) -> None:
    """What a client may know reaches it with its code and message."""
    (error,) = await errors_of("query ($k: String!) { boom(kind: $k) }", {"k": kind})
    assert (error["extensions"]["code"], error["message"], error["path"]) == (code, message, ["boom"])


async def test_all_faults_of_an_input_stand_in_the_extensions() -> None:
    """All faults of an input stand in extensions.errors, each with code, message and path; further data beside them."""
    (error,) = await errors_of('{ boom(kind: "bad") }')
    assert error["extensions"]["errors"] == [
        {"code": "A", "message": "One.", "path": ["a"]},
        {"code": "B", "message": "Two.", "path": None},
    ]
    (error,) = await errors_of('{ boom(kind: "expired") }')
    assert error["extensions"] == {"code": "CURSOR_EXPIRED", "oldest": "p7"}


async def test_a_fault_of_ours_is_masked_and_stands_in_the_log_under_its_request_id() -> None:
    """A fault of ours tells the client nothing but a request id, and the log everything but once."""
    with capture_logs() as logs:
        errors = await errors_of("{ boom a: boom b: boom }")
    assert {str(e["extensions"]) for e in errors} == {"{'code': 'INTERNAL_SERVER_ERROR', 'requestId': 'request-1'}"}
    assert all("secret" not in error["message"] for error in errors)
    (entry,) = logs
    assert (entry["event"], entry["request_id"], entry["count"]) == ("internal_error", "request-1", 3)
    assert "secret" in str(entry["exc_info"])


async def test_faulty_values_of_ours_are_masked_too() -> None:
    """A null where there can be none is a fault of ours."""
    application = SmallApplication(rows=[Row(1, UUID(int=1), cast(str, None))])
    with capture_logs() as logs:
        (error,) = await errors_of("{ allPets { name } }", application=application)
    assert (error["extensions"]["code"], error["message"]) == ("INTERNAL_SERVER_ERROR", MASK)
    assert [entry["event"] for entry in logs] == ["internal_error"]


async def test_many_bad_values_are_one_line_of_log_without_values() -> None:
    """Fifty bad values are at most one line of log, which holds codes and counts but no values."""
    query = "query (" + ", ".join(f"$v{n}: EchoInput!" for n in range(50)) + ") { language }"
    query = query.replace(
        "{ language }", "{ " + " ".join(f"e{n}: echo(input: $v{n}) {{ text }}" for n in range(20)) + " }"
    )
    variables = {f"v{n}": {"moment": "anna@example.org" * 100} for n in range(50)}
    with capture_logs() as logs:
        errors = await errors_of(query.replace("".join(f", $v{n}: EchoInput!" for n in range(20, 50)), ""), variables)
    (error,) = errors
    told = [error, *error["extensions"]["errors"]]
    assert [fault["path"] for fault in told[1:]] == [[f"v{n}", "moment"] for n in range(20)]
    assert {e["extensions"]["code"] for e in errors} == {"BAD_USER_INPUT"} == {fault["code"] for fault in told[1:]}
    assert all(len(fault["message"]) <= 300 for fault in told)
    assert [(entry["event"], entry["codes"]) for entry in logs] == [("client_errors", {"BAD_USER_INPUT": 1})]
    assert "anna" not in str(logs)


async def test_messages_are_short_and_hint_at_nothing() -> None:
    """No message is longer than 300 characters or hints at names, not even for variables and arguments."""
    long = "x" * 5000
    cases: list[tuple[str, dict[str, Any] | None]] = [
        ("query ($k: Party!) { language }", {"k": "SALE"}),
        ("query ($i: EchoInput!) { echo(input: $i) { text } }", {"i": {"txt": 1, "party": "SALE"}}),
        (f'{{ echo(input: {{day: "{long}"}}) {{ day }} }}', None),
        ("query ($i: EchoInput!) { echo(input: $i) { text } }", {"i": {"text": {"a": [long]}}}),
    ]
    for query, variables in cases:
        for error in await errors_of(query, variables):
            assert len(error["message"]) <= 300
            assert "Did you mean" not in error["message"]


@pytest.mark.parametrize("variables", [{"i": None}, {"i": {"party": None}}, {}])
async def test_null_is_not_told_in_the_words_of_python(variables: dict[str, Any]) -> None:
    """Null where a value has to be is called null, in a variable and in a document."""
    for error in await errors_of("query ($i: EchoInput!) { echo(input: $i) { text } }", variables):
        assert "None" not in str(error)
    (error,) = await errors_of("{ echo(input: null) { text } }", None)
    assert error["message"] == "Null is not allowed here; wanted: EchoInput!."


async def test_an_operation_that_takes_too_long_is_stopped() -> None:
    """An operation that takes too long is cancelled and told so."""
    application = SmallApplication()
    (error,) = await errors_of("{ slow }", application=application)
    assert (error["extensions"]["code"], application.closed) == ("TIMEOUT", ["slow"])


async def test_a_mutation_may_take_longer_than_a_query() -> None:
    """A mutation, which may wait for other writers, has a limit of its own, and is stopped there."""
    application = SmallApplication()
    assert await errors_of("mutation { wait(seconds: 0.5) }", application=application) == []
    (error,) = await errors_of("mutation { wait(seconds: 5) }", application=application)
    assert (error["extensions"]["code"], application.closed) == ("TIMEOUT", ["wait"])


def test_refusals_become_user_errors_of_the_type_that_says_most() -> None:
    """Refusals become user errors; a stale revision tells the current one."""
    plain, stale = user_errors([Refusal("WRONG_STATE", "It is closed.", ("handover",)), StaleRevision(4, ["title"])])
    assert plain == PlainUserError(code="WRONG_STATE", message="It is closed.", path=["handover"])
    assert isinstance(stale, StaleRevisionError)
    assert (stale.code, stale.current_revision, stale.path) == ("STALE_REVISION", 4, ["expectedRevision"])
