"""The access log: a line for each request, which says who, what and how it ended, and nothing of what was asked."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from api.access_log import AccessLog
from api.cli.terminal import logs
from tests.api.small import KEY, PEOPLE, app


@asynccontextmanager
async def served() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application as the server runs it."""
    transport = httpx.ASGITransport(AccessLog(app()))
    async with httpx.AsyncClient(transport=transport, base_url="http://baton.test") as http:
        yield http


async def ask(http: httpx.AsyncClient, key: str = KEY) -> None:
    """A query, signed in."""
    body = {"query": "query Private { language }", "variables": {"secret": "eva@firm.example"}}
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "request-77"}
    await http.post("/graphql", json=body, headers=headers)


async def test_a_request_is_one_line() -> None:
    """Tells method, path, status, time, the request's id; neither the key's secret nor what was asked."""
    async with served() as http:
        with capture_logs() as logged:
            await ask(http)
    (line,) = logged
    assert (line["log_level"], line["method"], line["path"]) == ("info", "POST", "/graphql")
    assert (line["status"], line["request_id"]) == (200, "request-77")
    assert line["ms"] >= 0
    assert not [word for word in (KEY, "eva@firm", "Private") if word in str(line)]


async def test_a_refused_request_is_one_line_too() -> None:
    """Whoever tries keys out stands in the log."""
    async with served() as http:
        with capture_logs() as logged:
            await ask(http, "baton_nobody")
    assert [line["status"] for line in logged if line["event"] == "request"] == [401]


async def test_a_socket_is_one_line_when_it_ends() -> None:
    """Tells the code with which it was closed."""
    scope: Scope = {"type": "websocket", "path": "/graphql", "headers": []}

    async def closing(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close", "code": 4401})

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        pass

    with capture_logs() as logged:
        await AccessLog(closing)(scope, receive, send)
    assert [(line["event"], line["status"]) for line in logged] == [("socket", 4401)]


@pytest.mark.usefixtures("logs_as_before")
async def test_each_level_tells_more_than_the_next_and_names_the_key(capsys: pytest.CaptureFixture[str]) -> None:
    """Health checks stand in the log at debug only; the id of the key lets an operator find out which to revoke."""
    told: dict[str, list[str]] = {}
    for level in ("debug", "info", "warning"):
        async with served() as http:
            logs.configure(level)
            await ask(http)
            await http.get("/health/live")
        told[level] = [line for line in capsys.readouterr().err.splitlines() if '"path"' in line]
    assert {level: len(lines) for level, lines in told.items()} == {"debug": 2, "info": 1, "warning": 0}
    assert f'"key":"{PEOPLE[KEY].key_id}"' in told["info"][0]


@pytest.mark.usefixtures("logs_as_before")
def test_libraries_that_write_values_stay_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """At debug, libraries say what they do, but never the values of statements."""
    logs.configure("debug")
    logging.getLogger("uvicorn.error").info("connection open")
    logging.getLogger("sqlalchemy.engine").info("eva@firm.example")
    said = capsys.readouterr().err
    assert ("connection open" in said, "eva@" in said) == (True, False)
