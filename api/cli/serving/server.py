"""One process of the server: the house, and uvicorn in it, until somebody says that it is enough."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from api.access_log import AccessLog
from api.build import create_api
from api.settings import ApiSettings, ConnectionLimits, DocumentLimits
from api.transport.app import uvicorn_options
from application.lifespan.running import open_application
from application.runtime.settings import Settings
from application.runtime.transaction import Application

GARBAGE_THRESHOLDS = (50_000, 20, 100)
"""A request leaves little garbage that reference counts do not free; to look more often costs a third of the time."""


class ApiServer(uvicorn.Server):
    """Uvicorn that leaves signals to us, and lets subscribers go before it waits for requests to end."""

    def __init__(self, app: Starlette, application: Application, settings: ApiSettings | None = None) -> None:
        options = uvicorn_options(settings)
        super().__init__(uvicorn.Config(AccessLog(app), **options, log_config=None, access_log=False))
        self._application = application

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, wait for the rest."""
        for server in self.servers:
            server.close()
        await self._application.tail.stop()
        await super().shutdown(sockets)

    async def run_until_cancelled(self, listener: socket.socket) -> None:
        """Serve; when cancelled, end cleanly first."""
        serving = asyncio.create_task(self.serve(sockets=[listener]), name="server")
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.should_exit = True
            await serving
            raise


def api_settings(settings: Settings) -> ApiSettings:
    """Return what the front door is told of the settings."""
    return ApiSettings(
        limits=DocumentLimits(introspection=settings.introspection),
        connections=ConnectionLimits(header_bytes=settings.header_bytes, body_rate=settings.body_rate),
        body_bytes=settings.body_bytes,
        requests_per_second=settings.requests_per_second,
        request_burst=max(1, round(2 * settings.requests_per_second)),
        graphiql=settings.graphiql,
        origins=settings.origins,
    )


async def serve_application(url: str, settings: Settings, listener: socket.socket) -> None:
    """Serve a house on a database at a socket until cancelled."""
    async with open_application(url, spark=settings.spark_at_hand()) as application:
        server = server_of(application, settings)
        gc.collect()
        gc.freeze()  # what stays for ever is not searched for garbage again and again, a third of a second each time
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        await server.run_until_cancelled(listener)


def server_of(application: Application, settings: Settings) -> ApiServer:
    """The server of a house."""
    api = api_settings(settings)
    return ApiServer(create_api(application, api), application, api)
