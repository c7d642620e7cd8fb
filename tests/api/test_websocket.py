"""GraphQL over WebSocket, with a real server: signing in, the protocol, what is malformed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from tests.api.server import SIGN_IN, Socket, serving
from tests.api.small import KEY, SmallApplication


async def test_queries_mutations_and_subscriptions_run_on_one_socket() -> None:
    """Operations of all kinds run on one socket; a stream that ends completes."""
    async with serving() as server, server.signed_in() as ws:
        await ws.subscribe(
            "query ($n: Int) { pets(first: $n) { nodes { name } } language }", variables={"n": 1}, operationName=None
        )
        assert [await ws.receive(), await ws.receive()] == [
            {"id": "1", "type": "next", "payload": {"data": {"pets": {"nodes": []}, "language": "en"}}},
            {"id": "1", "type": "complete"},
        ]
        await ws.subscribe("subscription { ticks(upto: -2) { number cursor } }", name="1")
        found = [await ws.receive() for _ in range(3)]
        assert [m["type"] for m in found] == ["next", "next", "complete"]
        await ws.send({"type": "ping"})
        assert await ws.receive() == {"type": "pong"}


async def test_each_event_is_read_freshly_and_its_faults_stay_with_it() -> None:
    """A value read through a loader is fresh in each event; a field that fails is an error of its event only."""
    with capture_logs() as logs:
        async with serving() as server, server.signed_in() as ws:
            await ws.subscribe("subscription { ticks(upto: -3) { version fragile } }")
            found = [await ws.receive() for _ in range(4)]
    assert [m["payload"]["data"]["ticks"]["version"] for m in found[:3]] == [1, 2, 3]
    assert [m["payload"]["data"]["ticks"]["fragile"] for m in found[:3]] == [1, None, 3]
    (error,) = found[1]["payload"]["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in str(error)
    assert error["extensions"]["requestId"] in {entry["request_id"] for entry in logs}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"Authorization": "Bearer baton_bad"}, 4403),
        ({"Authorization": 5}, 4403),
        ({}, 4403),
        (None, 4403),
        ("text", 4400),
        ([1], 4400),
        (5, 4400),
    ],
)
async def test_a_bad_sign_in_closes_the_socket(payload: Any, code: int) -> None:
    """A missing or bad token closes with 4403, a payload that is no object with 4400; null is taken as empty."""
    async with serving() as server, server.open() as ws:
        own = Socket(ws)
        await own.send({"type": "connection_init", "payload": payload})
        assert await own.closed() == (code, [])


async def test_the_token_may_stand_in_the_handshake_and_the_payload_be_null() -> None:
    """A token in the handshake's header is taken when the payload, which may be null, has none."""
    headers = {"Authorization": f"Bearer {KEY}", "Accept-Language": "de"}
    async with serving() as server, server.open(additional_headers=headers) as ws:
        own = Socket(ws)
        await own.send({"type": "connection_init", "payload": None})
        assert await own.receive() == {"type": "connection_ack"}
        await own.subscribe("{ language }")
        assert (await own.receive())["payload"] == {"data": {"language": "de"}}


@pytest.mark.parametrize("name", ["Accept-Language", "accept-language"])
async def test_the_first_message_says_the_language(name: str) -> None:
    """`Accept-Language` beside the key is the language of the socket, of its streams too; it wins over the header's."""
    payload = {"Authorization": f"Bearer {KEY}", name: "de_DE, en;q=0.5"}
    async with serving() as server, server.open(additional_headers={"Accept-Language": "en"}) as ws:
        own = Socket(ws)
        await own.send({"type": "connection_init", "payload": payload})
        assert await own.receive() == {"type": "connection_ack"}
        await own.subscribe("{ language }")
        assert (await own.receive())["payload"] == {"data": {"language": "de"}}


async def test_trouble_while_signing_in_closes_with_try_again() -> None:
    """Trouble behind the door closes with 1013, and is logged."""
    with capture_logs() as logs:
        async with serving(SmallApplication(trouble=True)) as server, server.open() as ws:
            await Socket(ws).send(SIGN_IN)
            assert await Socket(ws).closed() == (1013, [])
    assert [entry["event"] for entry in logs] == ["sign_in_failed"]


async def test_a_key_revoked_meanwhile_starts_nothing_more() -> None:
    """When the key is revoked meanwhile, the next operation closes the socket with 4403."""
    application = SmallApplication()
    async with serving(application) as server, server.signed_in() as ws:
        application.keys.clear()
        await ws.subscribe("{ language }")
        assert await ws.closed() == (4403, [])


async def test_no_sign_in_in_time_closes_the_socket() -> None:
    """Without connection_init the socket is closed with 4408."""
    async with serving(init_seconds=0.05) as server, server.open() as ws:
        assert await Socket(ws).closed() == (4408, [])


MALFORMED: dict[str, Any] = {
    "null": None,
    "list": [],
    "text": "x",
    "number": 5,
    "no type": {},
    "type is a number": {"type": 5},
    "unknown type": {"type": "start"},
    "no id": {"type": "subscribe", "payload": {"query": "{ language }"}},
    "id is a number": {"type": "subscribe", "id": 1, "payload": {"query": "{ language }"}},
    "id is a list": {"type": "complete", "id": []},
    "empty id": {"type": "subscribe", "id": "", "payload": {"query": "{ language }"}},
    "no payload": {"type": "subscribe", "id": "1"},
    "payload is text": {"type": "subscribe", "id": "1", "payload": "x"},
    "no query": {"type": "subscribe", "id": "1", "payload": {}},
    "query is a number": {"type": "subscribe", "id": "1", "payload": {"query": 5}},
    "variables are a list": {"type": "subscribe", "id": "1", "payload": {"query": "{ language }", "variables": []}},
    "name is a number": {"type": "subscribe", "id": "1", "payload": {"query": "{ language }", "operationName": 5}},
}


@pytest.mark.parametrize("what", [*MALFORMED, "no JSON", "binary", "NaN", "deep", "half a pair"])
async def test_malformed_frames_close_with_4400_and_no_traceback(what: str) -> None:
    """Malformed frames close the socket with 4400; nothing is logged as a fault."""
    raw: dict[str, str | bytes] = {"no JSON": "{", "binary": b"{}", "NaN": '{"type": NaN}', "deep": "[" * 50_000}
    raw["half a pair"] = r'{"type": "subscribe", "id": "\ud800", "payload": {"query": "{ language }"}}'
    with capture_logs() as logs:
        async with serving() as server, server.signed_in() as ws:
            await ws.ws.send(raw[what] if what in raw else orjson.dumps(MALFORMED[what]).decode())
            assert await ws.closed() == (4400, [])
    assert logs == []


async def test_the_protocol_is_kept() -> None:
    """Out of turn: 4401 before signing in, 4429 signing in twice, 4409 an id in use, 4406 another protocol."""
    async with serving() as server:
        async with server.open() as ws:
            await Socket(ws).subscribe("{ language }")
            assert await Socket(ws).closed() == (4401, [])
        async with server.signed_in() as own:
            await own.send(SIGN_IN)
            assert await own.closed() == (4429, [])
        async with server.signed_in() as own:
            await own.subscribe("subscription { ticks(upto: 1) { number } }")
            await own.receive()
            await own.subscribe("{ language }")
            assert (await own.closed())[0] == 4409
        with pytest.raises(Exception, match=r"subprotocol|4406"):
            async with server.open("graphql-ws") as ws:
                await Socket(ws).receive()


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("", None, "BAD_REQUEST"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($a: Int!) { language }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($i: EchoInput!) { echo(input: $i) { text } }", {"i": {"day": "x"}}, "BAD_USER_INPUT"),
        ("query ($i: EchoInput!) { echo(input: $i) { text } }", {"i": {"text": "\x00"}}, "BAD_USER_INPUT"),
        ("query A { language } query B { language }", None, "OPERATION_RESOLUTION_FAILURE"),
        ("{ slow }", None, "TIMEOUT"),
        ('subscription { trouble(kind: "expired") { number } }', None, "CURSOR_EXPIRED"),
        ('subscription { refused(kind: "forbidden") { number } }', None, "FORBIDDEN"),
        ("{ " + "language " * 21 + "}", None, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_what_the_client_did_wrong_is_an_error_message_also_the_second_time(
    query: str, variables: Any, code: str
) -> None:
    """What the client did wrong ends the operation with an error message, the second time too."""
    async with serving() as server, server.signed_in() as ws:
        for name in ("1", "2"):
            await ws.subscribe(query, name=name, variables=variables)
            message = await ws.receive()
            assert (message["type"], message["id"]) == ("error", name)
            assert message["payload"][0]["extensions"]["code"] == code
        await ws.subscribe("{ language }", name="3")
        assert (await ws.receive())["type"] == "next"


async def test_a_character_that_no_text_may_hold_is_told_with_its_place() -> None:
    """Over this way in too, halves of surrogate pairs included; the socket stays open."""
    query = "query ($i: EchoInput!) { echo(input: $i) { text } }"
    bodies = {
        "input.text": rf'{{"query": "{query}", "variables": {{"i": {{"text": "a\ud800"}}}}}}',
        "query": r'{"query": "{ language } #\u0000"}',
    }
    async with serving() as server, server.signed_in() as ws:
        for number, (path, body) in enumerate(bodies.items()):
            await ws.ws.send(f'{{"type": "subscribe", "id": "{number}", "payload": {body}}}')
            answer = await ws.receive()
            extensions = answer["payload"][0]["extensions"]
            assert (answer["type"], extensions["code"]) == ("error", "BAD_USER_INPUT")
            assert ".".join(extensions["path"]).replace("i.", "input.") == path
