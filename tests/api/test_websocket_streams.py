"""Streams over WebSocket, with a real server: trouble, limits, leaving, stopping."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from api.graphql.execution import FastExecutor
from tests.api.server import deaf_reader, serving, until
from tests.api.small import SmallApplication


@pytest.mark.parametrize(("kind", "code"), [("revoked", 4403), ("shutdown", 1012), ("unknown", 1013)])
async def test_a_source_in_trouble_closes_the_socket_and_never_completes(kind: str, code: int) -> None:
    """A source in trouble closes the whole socket, with its own code or 1013; it never sends complete or an error."""
    with capture_logs() as logs:
        async with serving() as server, server.signed_in() as ws:
            await ws.subscribe("subscription { ticks(upto: 1) { number } }", name="other")
            assert (await ws.receive())["id"] == "other"
            await ws.subscribe(f'subscription {{ trouble(kind: "{kind}") {{ number }} }}')
            closed, before = await ws.closed()
            await until(lambda: server.application.closed == ["ticks"])
    assert (closed, [m["type"] for m in before]) == (code, ["next"])
    faults = [entry for entry in logs if entry["log_level"] == "error"]
    assert len(faults) == (kind == "unknown")


async def test_a_source_that_cannot_begin_closes_the_socket() -> None:
    """A source that fails to begin closes the socket with 1013, since an error message would be final."""
    with capture_logs():
        async with serving() as server, server.signed_in() as ws:
            await ws.subscribe('subscription { refused(kind: "x") { number } }')
            assert await ws.closed() == (1013, [])


async def test_a_connection_runs_so_many_operations_and_no_more() -> None:
    """One operation more than allowed is refused; when one ends, another may start."""
    async with serving(subscriptions_per_connection=2, subscriptions_per_principal=3) as server:
        async with server.signed_in() as ws:
            for name in "ab":
                await ws.subscribe("subscription { ticks(upto: 1) { number } }", name=name)
                assert (await ws.receive())["id"] == name
            await ws.subscribe("{ language }", name="c")
            refused = await ws.receive()
            assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "TOO_MANY_SUBSCRIPTIONS")
            async with server.signed_in() as second:
                await second.subscribe("subscription { ticks(upto: 1) { number } }", name="a")
                assert (await second.receive())["type"] == "next"
                await second.subscribe("{ language }", name="d")
                assert (await second.receive())["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
            await ws.send({"type": "complete", "id": "a"})
            await until(lambda: server.application.closed == ["ticks", "ticks"])
            await ws.subscribe("{ language }", name="e")
            assert (await ws.receive())["type"] == "next"
        await until(lambda: not server.asgi.state.pipeline.streams._held)


async def test_asking_too_fast_is_an_error_message() -> None:
    """Asking too fast is an error message with RATE_LIMITED."""
    async with serving(requests_per_second=0.1, request_burst=1) as server, server.signed_in() as ws:
        await ws.subscribe("{ language }", name="1")
        await ws.subscribe("{ language }", name="2")
        found = [await ws.receive() for _ in range(3)]
    (refused,) = [m for m in found if m["id"] == "2"]
    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")


@pytest.mark.parametrize("how", ["close", "abort", "complete"])
async def test_leaving_ends_the_source_at_once_and_quietly(how: str) -> None:
    """When a client leaves, in whatever way, the source's finally runs, and nothing is logged."""
    with capture_logs() as logs:
        async with serving() as server, server.signed_in() as ws:
            await ws.subscribe("subscription { ticks(upto: 1) { number } }")
            await ws.receive()
            match how:
                case "close":
                    await ws.ws.close()
                case "abort":
                    ws.ws.transport.abort()
                case "complete":
                    await ws.send({"type": "complete", "id": "1"})
            await until(lambda: server.application.closed == ["ticks"])
    assert logs == []


async def test_a_reader_that_does_not_read_is_cut_off() -> None:
    """A reader too slow for its messages is cut off; it holds neither memory nor its source."""
    with capture_logs() as logs:
        async with serving(send_seconds=0.2) as server:
            deaf = await deaf_reader(server, "subscription { flood }")
            for _ in range(40):
                if server.application.closed:
                    break
                await asyncio.sleep(0.1)
            assert server.application.closed == ["flood"]
            deaf.close()
    assert logs == []


async def test_a_stop_of_the_server_tells_clients_to_come_again() -> None:
    """When the server stops, sockets are closed with 1012 and sources are ended."""
    application = SmallApplication()
    async with serving(application) as server:
        async with server.signed_in() as ws:
            await ws.subscribe("subscription { ticks(upto: 1) { number } }")
            await ws.receive()
            server.uvicorn.should_exit = True
            assert await ws.closed() == (1012, [])
        await until(lambda: application.closed == ["ticks"])


async def test_pages_of_other_origins_are_kept_out() -> None:
    """A handshake from a page of another origin is refused, unless the origin is configured."""
    async with serving() as server:
        with pytest.raises(InvalidStatus) as refused:
            async with server.open(origin="https://evil.example"):
                pass
        assert refused.value.response.status_code == 403
    async with serving(origins=("https://app.example",)) as server, server.signed_in(origin="https://app.example"):
        pass


async def test_what_is_known_of_a_selection_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many events a subscription tells, what is worked out of its selection is worked out once."""
    seen: list[Any] = []
    build = FastExecutor.build_per_event_executor

    def noted(self: FastExecutor, payload: Any) -> Any:
        seen.append(build(self, payload))
        return seen[-1]

    monkeypatch.setattr(FastExecutor, "build_per_event_executor", noted)
    async with serving() as server, server.signed_in() as ws:
        await ws.subscribe("subscription { ticks(upto: -30) { number cursor } }")
        assert [(await ws.receive())["type"] for _ in range(31)] == ["next"] * 30 + ["complete"]
    assert len(seen) == 30
    assert (len(seen[-1]._steps), len(seen[-1]._relevant_sub_fields)) == (2, 1)
