"""Connections before anybody signs in: headers, bodies and silences come to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from api.settings import ConnectionLimits
from tests.api.server import serving

BRIEF = ConnectionLimits(header_seconds=0.4, body_seconds=0.4)
GET = b"GET /health/live HTTP/1.1\r\nHost: baton.test\r\n"
POST = b"POST /graphql HTTP/1.1\r\nHost: baton.test\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
GOOD, BAD = POST % b"baton_good", POST % b"nobody"
QUESTION = b'{"query": "{ language }"}'
LAST = b"Connection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
LARGE_CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"


@dataclass
class Ended:
    """How a connection ended: the status of the answer, 0 without one, and whether it ended at all."""

    status: int
    closed: bool


async def talk(port: int, parts: Iterable[bytes], pause: float = 0.0) -> Ended:
    """Send parts, with a pause after each, and wait for the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    said, closed = b"", True
    try:
        async with asyncio.timeout(3):
            while part := await reader.read(65_536):
                said += part
    except TimeoutError:
        closed = False
    except OSError:
        pass  # it was closed while we were still sending
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    writer.close()
    return Ended(int(said.split(b" ")[1]) if said else 0, closed)


def singly(data: bytes) -> list[bytes]:
    """The bytes, one at a time."""
    return [data[place : place + 1] for place in range(len(data))]


async def test_what_is_too_large_or_too_slow_is_ended() -> None:
    """Headers too large, too many or too slow, bodies too slow and connections without a byte end, signed in or not."""
    cases: dict[str, tuple[list[bytes], float, set[int]]] = {
        "a header without end": ([GET, b"X: ", *[b"x" * 65_536] * 640], 0, {0, 431}),
        "a header too large, at once": ([GET, b"X: " + b"x" * 65_536 + b"\r\n\r\n"], 0, {431}),
        "an address too long": ([b"GET /" + b"x" * 65_536 + b" HTTP/1.1\r\n\r\n"], 0, {431}),
        "too many headers": ([GET, *[b"X: 1\r\n"] * 100, b"\r\n"], 0, {431}),
        "no byte at all": ([], 0, {0}),
        "headers a byte at a time": (singly(GET * 9), 0.05, {408}),
        "a body a byte at a time": ([GOOD, b"Content-Length: 900\r\n\r\n", *singly(b" " * 900)], 0.05, {408}),
        "chunks of a byte": ([GOOD, CHUNKED, *[b"1\r\n \r\n"] * 900], 0.05, {408}),
        "a body that stops": ([GOOD, b"Content-Length: 900\r\n\r\n", b" " * 800], 0, {408}),
        "no HTTP": ([b"\x00\x01\r\n\r\n"], 0, {400}),
        "an unknown key, a body without end": ([BAD, CHUNKED, *[LARGE_CHUNK] * 200], 0, {0, 401, 413}),
    }
    process = psutil.Process()
    async with serving(connections=BRIEF) as server:
        port = server.listener.getsockname()[1]
        before = process.memory_info().rss
        ends = await asyncio.gather(*(talk(port, parts, pause) for parts, pause, _ in cases.values()))
        assert process.memory_info().rss - before < 16 * 1_048_576
        await asyncio.sleep(0)
        assert not server.uvicorn.server_state.connections
    for (what, (_, _, statuses)), end in zip(cases.items(), ends, strict=True):
        assert end.closed, what
        assert end.status in statuses, what


async def test_what_keeps_within_its_bounds_is_answered() -> None:
    """Large headers, many of them, a body in good time, and requests on one connection are answered as ever."""
    length = b"Content-Length: %d\r\n" % len(QUESTION)
    cases: dict[str, list[bytes]] = {
        "a header of nearly all there may be": [GET, LAST, b"X: " + b"x" * 65_000 + b"\r\n\r\n"],
        "as many headers as there may be": [GET + LAST + b"X: 1\r\n" * 98 + b"\r\n"],
        "two at once": [GET + b"\r\n" + GOOD + LAST + length + b"\r\n" + QUESTION],
        "a body in pieces": [GOOD, LAST, length, b"\r\n", QUESTION[:9], QUESTION[9:]],
        "a large body": [GOOD, LAST, b"Content-Length: 900025\r\n\r\n", QUESTION, *[b" " * 90_000] * 10],
    }
    async with serving(connections=BRIEF) as server:
        port = server.listener.getsockname()[1]
        ends = await asyncio.gather(*(talk(port, parts, 0.01) for parts in cases.values()))
    assert dict.fromkeys(cases, Ended(200, True)) == dict(zip(cases, ends, strict=True))
