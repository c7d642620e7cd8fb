"""Asking an ASGI application without a network and without a client library, so that only the application is timed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

Message = MutableMapping[str, Any]
Application = Callable[[Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class Client:
    """Posts GraphQL to an application."""

    def __init__(self, application: Application, secret: str = "") -> None:
        self._application = application
        self._secret = secret.encode()

    async def post(self, body: bytes) -> bytes:
        """The body of the answer to a request."""
        headers = [
            (b"host", b"baton.test"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"accept", b"application/json"),
            (b"authorization", b"Bearer " + self._secret),
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        parts: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message.get("body", b""))

        await self._application(scope, receive, send)
        return b"".join(parts)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = orjson.loads(await self.post(request(query, **variables)))
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


def request(query: str, **variables: Any) -> bytes:
    """The body of a request."""
    return orjson.dumps({"query": query, "variables": variables})
