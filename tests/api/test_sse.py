"""GraphQL over server-sent events, distinct connections mode."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from api.graphql.parts.context import Context
from api.transport.sse import frames
from tests.api.small import SmallApplication, app, client, context, small_schema

EVENTS = {"Accept": "text/event-stream"}
TICKS = "subscription ($upto: Int!) { ticks(upto: $upto) { number } }"


async def events(query: str, application: SmallApplication | None = None, last: str = "") -> tuple[int, list[str]]:
    """Status and events of a stream that ends."""
    async with client(application) as http:
        response = await http.post(
            "/graphql", json={"query": query}, headers={**EVENTS, "Last-Event-ID": last} if last else EVENTS
        )
    return response.status_code, [event for event in response.text.split("\n\n") if event and not event.startswith(":")]


async def test_events_carry_their_cursor_as_id_and_the_stream_completes() -> None:
    """Each event carries its cursor as id, though the client did not select it; a stream that ends completes."""
    application = SmallApplication()
    status, found = await events("subscription { ticks(upto: -2) { number version } }", application)
    assert status == 200
    assert found == [
        'id: t1\nevent: next\ndata: {"data":{"ticks":{"number":1,"version":1}}}',
        'id: t2\nevent: next\ndata: {"data":{"ticks":{"number":2,"version":2}}}',
        "event: complete\ndata:",
    ]
    assert application.closed == ["ticks"]


async def test_last_event_id_wins_over_after() -> None:
    """A client that comes again goes on behind Last-Event-ID, also when `after` says something else."""
    _, found = await events('subscription { ticks(upto: -3, after: "t1") { number } }', last="t2")
    assert [event.splitlines()[0] for event in found] == ["id: t3", "event: complete"]


async def test_queries_and_mutations_are_taken_too() -> None:
    """Queries and mutations are answered with one event."""
    _, found = await events("mutation { setVersion(to: 4) }")
    assert found == ['event: next\ndata: {"data":{"setVersion":4}}', "event: complete\ndata:"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { trouble(kind: "expired") { number } }', "CURSOR_EXPIRED"),
        ('subscription { refused(kind: "forbidden") { number } }', "FORBIDDEN"),
        ("{ slow }", "TIMEOUT"),
    ],
)
async def test_what_the_client_did_wrong_reaches_it_also_the_second_time(query: str, code: str) -> None:
    """An error of the client reaches it as an event, not as a bare complete, the second time too."""
    for _ in range(2):
        status, found = await events(query)
        assert status == 200
        assert f'"code":"{code}"' in found[0]
        assert found[1:] == ["event: complete\ndata:"]


@pytest.mark.parametrize("kind", ["revoked", "shutdown", "unknown"])
async def test_a_source_in_trouble_ends_the_response_without_complete(kind: str) -> None:
    """When the source breaks off, the response ends without complete, so that clients come again."""
    _, found = await events(f'subscription {{ trouble(kind: "{kind}") {{ number }} }}')
    assert [event.splitlines()[1] for event in found] == ["event: next"]
    assert "secret" not in str(found)


async def test_a_quiet_stream_says_that_it_lives_and_leaving_ends_its_source() -> None:
    """A quiet stream sends comments; when the client leaves, the source's finally runs."""
    application = SmallApplication()
    surroundings: Context = context(application)
    results = await small_schema().stream("subscription { ticks(upto: 1) { number } }", None, surroundings)
    stream = frames(results, surroundings, 0.02)
    found = [await anext(stream) for _ in range(4)]
    assert [frame.startswith(b": ") for frame in found] == [True, False, True, True]
    assert application.closed == []
    await stream.aclose()
    assert application.closed == ["ticks"]


async def test_streams_of_a_principal_are_counted_and_given_back() -> None:
    """A principal has so many streams and no more; what has ended is given back."""
    application = SmallApplication()
    asgi = app(application, subscriptions_per_principal=1)
    transport = httpx.ASGITransport(asgi)
    headers = {**EVENTS, "Authorization": "Bearer baton_good"}
    async with httpx.AsyncClient(transport=transport, base_url="http://baton.test", headers=headers) as http:
        for _ in range(3):
            assert (await http.post("/graphql", json={"query": "{ language }"})).status_code == 200
        assert asgi.state.pipeline.streams.take(application.keys["baton_good"].key_id)
        refused = await http.post("/graphql", json={"query": "{ language }"})
    assert refused.status_code == 429
    assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
    await asyncio.sleep(0)


async def test_a_stream_needs_a_key() -> None:
    """A stream without a key is 401 with JSON."""
    async with client(key=None) as http:
        response = await http.post("/graphql", json={"query": "{ language }"}, headers=EVENTS)
    assert (response.status_code, response.headers["content-type"]) == (401, "application/json")
