"""GraphQL over HTTP: what any client may send, and what it gets."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from tests.api.small import KEY, SmallApplication, client

RESPONSE_JSON = "application/graphql-response+json"
OK = {"query": "{ language }"}


def code(response: httpx.Response) -> str:
    """The code of the first error; the answer is JSON with an errors array."""
    assert response.headers["content-type"].split(";")[0] in {"application/json", RESPONSE_JSON}
    return str(response.json()["errors"][0]["extensions"]["code"])


BODIES: dict[str, bytes] = {
    "null": b"null",
    "text": b'"x"',
    "number": b"12",
    "list": b"[]",
    "batch": b"[1]",
    "empty": b"",
    "empty object": b"{}",
    "invalid UTF-8": b'{"query": "\xff"}',
    "deep": b"[" * 200_000,
    "deep in variables": b'{"query":"{language}","variables":' + b'{"a":' * 2000,
    "lone surrogate": b'{"query": "{ language }", "variables": {"a": "\\ud800"}}',
    "NaN": b'{"query": "{ language }", "variables": {"a": NaN}}',
    "NUL": b'{"query": "{ language }", "variables": {"a": ["\\u0000"]}}',
    "NUL in a key": b'{"query": "{ language }", "variables": {"\\u0000": 1}}',
    "query is no text": b'{"query": 5}',
    "query is null": b'{"query": null}',
    "empty query": b'{"query": ""}',
    "variables are text": b'{"query": "{ language }", "variables": "{}"}',
    "variables are a list": b'{"query": "{ language }", "variables": []}',
    "extensions are text": b'{"query": "{ language }", "extensions": "x"}',
    "name is a number": b'{"query": "{ language }", "operationName": 1}',
    "unknown operation": b'{"query": "query A { language }", "operationName": "B"}',
    "two operations": b'{"query": "query A { language } query B { language }"}',
    "only a fragment": b'{"query": "fragment F on Query { language }"}',
    "subscription": b'{"query": "subscription { ticks { number } }"}',
    "syntax": b'{"query": "{"}',
    "unknown field": b'{"query": "{ nothing }"}',
    "huge number": b'{"query": "{ language }", "variables": {"a": 1e999}}',
}


@pytest.mark.parametrize("what", BODIES)
async def test_no_body_is_a_fault_of_ours(what: str) -> None:
    """Whatever the body holds, the answer is 400 with a coded error and no traceback is logged."""
    async with client() as http:
        with capture_logs() as logs:
            response = await http.post(
                "/graphql", content=BODIES[what], headers={"Content-Type": "application/json", "Accept": RESPONSE_JSON}
            )
    assert response.status_code == 400
    assert code(response) in {
        "BAD_REQUEST",
        "BAD_USER_INPUT",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "OPERATION_RESOLUTION_FAILURE",
    }
    assert "data" not in response.json()
    assert not [entry for entry in logs if entry["log_level"] == "error"]


@pytest.mark.parametrize("what", ["NUL", "lone surrogate", "NUL in a key"])
async def test_texts_that_no_database_takes_are_bad_user_input(what: str) -> None:
    """NUL and lone surrogates anywhere in the variables are BAD_USER_INPUT."""
    async with client() as http:
        response = await http.post("/graphql", content=BODIES[what], headers={"Content-Type": "application/json"})
    assert code(response) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_only_json_is_taken(content_type: str) -> None:
    """A body of another type is refused with 415."""
    async with client() as http:
        response = await http.post("/graphql", content=orjson.dumps(OK), headers={"Content-Type": content_type})
    assert (response.status_code, code(response)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "gzip, identity"])
async def test_a_body_that_is_packed_is_refused(encoding: str) -> None:
    """A body with a Content-Encoding is refused with 415, also when it is not really packed."""
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    async with client() as http:
        packed = await http.post("/graphql", content=orjson.dumps(OK), headers=headers)
        plain = await http.post("/graphql", json=OK, headers={"Content-Encoding": "identity"})
    assert (packed.status_code, code(packed)) == (415, "BAD_REQUEST")
    assert plain.status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def test_only_post_is_taken(method: str) -> None:
    """Other methods than POST are refused with 405, and nothing runs."""
    application = SmallApplication()
    async with client(application) as http:
        response = await http.request(method, "/graphql", params={"query": "mutation { setVersion(to: 5) }"})
    assert (response.status_code, response.headers["allow"], application.version) == (405, "POST", 0)
    if method != "HEAD":
        assert code(response) == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, application/json;q=0.9", RESPONSE_JSON),
        (f"application/json;q=0.5, {RESPONSE_JSON};q=0.9", RESPONSE_JSON),
        ("text/html, */*;q=0.1", "application/json"),
        (f"{RESPONSE_JSON}, application/json, text/event-stream, multipart/mixed", RESPONSE_JSON),
    ],
)
async def test_the_answer_has_the_form_the_client_likes_best(accept: str | None, media_type: str) -> None:
    """The answer has the form the client likes best."""
    async with client() as http:
        http.headers.pop("accept")
        response = await http.post("/graphql", json=OK, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert response.json() == {"data": {"language": "en"}}


async def test_a_client_that_takes_no_form_of_ours_is_told_which_there_are() -> None:
    """An Accept header that names no form of ours is answered with 406."""
    async with client() as http:
        response = await http.post("/graphql", json=OK, headers={"Accept": "text/html"})
    assert (response.status_code, code(response)) == (406, "BAD_REQUEST")


async def test_application_json_answers_well_formed_requests_with_200() -> None:
    """For application/json a well-formed request is answered with 200, whatever is wrong with its document."""
    async with client() as http:
        for query in ("{", "{ nothing }", "query ($a: Int!) { language }"):
            response = await http.post("/graphql", json={"query": query}, headers={"Accept": "application/json"})
            assert response.status_code == 200
            assert code(response)
            assert "data" not in response.json()


@pytest.mark.parametrize("form", ["application/json", RESPONSE_JSON])
async def test_an_operation_that_ran_is_200_with_its_data(form: str) -> None:
    """An operation that ran is 200, even when all of its fields failed."""
    async with client() as http:
        with capture_logs():
            response = await http.post("/graphql", json={"query": "{ boom language }"}, headers={"Accept": form})
    assert response.status_code == 200
    assert response.json()["data"] == {"boom": None, "language": "en"}
    request_id = response.json()["errors"][0]["extensions"]["requestId"]
    assert request_id == response.headers["x-request-id"]


@pytest.mark.parametrize("form", ["application/json", RESPONSE_JSON, "*/*"])
@pytest.mark.parametrize("header", [None, "Bearer baton_bad", "Basic YTpi", "Bearer", ""])
async def test_nothing_works_without_a_key(form: str, header: str | None) -> None:
    """Without a good key everything, introspection too, is answered with 401 and UNAUTHENTICATED."""
    headers = {"Accept": form} | ({} if header is None else {"Authorization": header})
    async with client(key=None) as http:
        for query in ("{ language }", "{ __schema { types { name } } }", "{"):
            response = await http.post("/graphql", json={"query": query}, headers=headers)
            assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
            assert response.headers["www-authenticate"] == "Bearer"


async def test_trouble_behind_the_door_is_503_and_masked() -> None:
    """When it cannot be told whether a key is good, clients are told to come again; the log knows why."""
    async with client(SmallApplication(trouble=True)) as http:
        with capture_logs() as logs:
            response = await http.post("/graphql", json=OK)
    assert (response.status_code, code(response)) == (503, "UNAVAILABLE")
    assert "database" not in response.text
    assert response.json()["errors"][0]["extensions"]["requestId"] in {entry["request_id"] for entry in logs}


async def test_a_body_over_the_limit_is_413() -> None:
    """A body over the limit is answered with 413, with and without a content length; known before who asks."""

    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 1000

    headers = {"Content-Type": "application/json"}
    async with client(body_bytes=10_000) as http:
        announced = await http.post("/graphql", content=b"x" * 10_001, headers=headers)
        streamed = await http.post("/graphql", content=endless(), headers=headers)
    async with client(SmallApplication(trouble=True), key=None, body_bytes=10_000) as http:
        unsigned = await http.post("/graphql", content=b"x" * 10_001, headers=headers)
    assert [(r.status_code, code(r)) for r in (announced, streamed, unsigned)] == [(413, "BAD_REQUEST")] * 3


async def test_a_principal_that_asks_too_fast_waits_and_others_do_not() -> None:
    """Asking too fast is answered with 429 and Retry-After; another principal is not affected."""
    async with client(requests_per_second=0.5, request_burst=3) as http:
        answers = [await http.post("/graphql", json=OK) for _ in range(4)]
        other = await http.post("/graphql", json=OK, headers={"Authorization": "Bearer baton_other"})
    assert [r.status_code for r in answers] == [200, 200, 200, 429]
    assert (code(answers[3]), answers[3].headers["retry-after"]) == ("RATE_LIMITED", "2")
    assert other.status_code == 200


async def test_a_slow_operation_is_stopped_with_timeout() -> None:
    """An operation that takes too long is stopped and answered with TIMEOUT."""
    application = SmallApplication()
    async with client(application) as http:
        response = await http.post("/graphql", json={"query": "{ slow }"})
    assert (response.status_code, code(response), application.closed) == (504, "TIMEOUT", ["slow"])


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, de;q=0.3", "de"),
        ("fr", "en"),
        ("", "en"),
        ("en;q=0.2, de;q=x", "en"),
        ("*", "en"),
        ("de_DE", "de"),
        ("fr, de_AT;q=0.4, en_US;q=0.3", "de"),
    ],
)
async def test_accept_language_picks_the_language(header: str, language: str) -> None:
    """Accept-Language picks English or German."""
    async with client() as http:
        response = await http.post("/graphql", json=OK, headers={"Accept-Language": header})
    assert response.json() == {"data": {"language": language}}


async def test_a_request_id_of_a_proxy_is_kept_when_it_looks_like_one() -> None:
    """A request id given by a proxy is kept when it looks like one, else replaced."""
    async with client() as http:
        kept = await http.post("/graphql", json=OK, headers={"X-Request-Id": "abc-12345"})
        replaced = await http.post("/graphql", json=OK, headers={"X-Request-Id": "a b\x7f"})
    assert kept.headers["x-request-id"] == "abc-12345"
    assert len(replaced.headers["x-request-id"]) == 32


async def test_an_authorization_scheme_is_read_in_any_case() -> None:
    """The scheme of the Authorization header is read in any case."""
    async with client(key=None) as http:
        response = await http.post("/graphql", json=OK, headers={"authorization": f"bearer  {KEY}"})
    assert response.status_code == 200
