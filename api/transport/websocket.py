"""GraphQL over WebSocket: strawberry's graphql-transport-ws, made strict, and honest about trouble.

Close codes: 4400 malformed, 4401 not yet signed in, 4403 not (or no longer) signed in, 4408 no `connection_init` in
time, 4409 id in use, 4429 second `connection_init`, 1012 and 1013 trouble: come again and resume.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import structlog
from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation

from api.errors import ApiError, Code, StreamClosed
from api.graphql.parts.context import Context, bearer
from api.graphql.results import closing, failed, first_code
from api.graphql.subscription_execution import told
from api.transport.request_pipeline import (
    OPERATIONS,
    REFUSALS,
    STREAMS,
    Asked,
    RequestPipeline,
    asked,
    count,
)
from api.transport.socket_adapter import SocketAdapter
from api.wire import holds_half, write_json
from domain.people.principal import Principal

if TYPE_CHECKING:
    from api.transport.socket import Socket

_log = structlog.get_logger("api.transport.websocket")


@dataclass(slots=True)
class Connection:
    """One socket: the headers of its handshake, and who signed in on it."""

    headers: Mapping[str, str]
    request_id: str
    token: str | None = None
    language: str | None = None
    principal: Principal | None = None


class SocketHandler(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection: signs in on `connection_init`, then runs operations."""

    websocket: SocketAdapter

    @property
    def _pipeline(self) -> RequestPipeline:
        return cast("Socket", self.view).pipeline

    @property
    def _connection(self) -> Connection:
        return cast(Connection, self.context)

    async def handle_message(self, message: Any) -> None:
        """Take a message; what is malformed closes the socket with 4400."""
        kind = message.get("type") if isinstance(message, dict) else None
        needs_id = kind in {"subscribe", "complete"}
        named = isinstance(kind, str) and (not needs_id or (isinstance(message.get("id"), str) and message["id"]))
        about = {**message, "payload": None} if named and kind == "subscribe" else message
        if not named or holds_half(about):  # those of a payload are told by its operation
            await self.handle_invalid_message("Malformed message")
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """Sign in with the token of the payload, else of the handshake."""
        if self.connection_timed_out:
            return
        if self.connection_init_received:
            await self.websocket.close(4429, "Too many initialisation requests")
            return
        self.connection_init_received = True
        if self.connection_init_timeout_task:
            self.connection_init_timeout_task.cancel()
        payload = message.get("payload") or {}
        if not isinstance(payload, dict):
            await self.websocket.close(4400, "Invalid connection init payload")
            return
        own = {key.lower(): value for key, value in payload.items()}
        connection = self._connection
        connection.token = bearer(own.get("authorization")) or bearer(connection.headers.get("authorization"))
        language = own.get("accept-language")
        connection.language = language if isinstance(language, str) else None
        if await self._signed_in():
            await self.send_message({"type": "connection_ack"})
            self.connection_acknowledged = True
            self._pipeline.sockets.add(self)

    @property
    def key_id(self) -> UUID:
        """The key that it was opened with."""
        return cast(Principal, self._connection.principal).key_id

    async def dismiss(self) -> None:
        """Close the socket, whose key has ended."""
        await self.websocket.drop(4403, "Forbidden")

    async def shutdown(self) -> None:
        """End all that runs on the socket."""
        self._pipeline.sockets.discard(self)
        await super().shutdown()

    async def _signed_in(self) -> bool:
        """Return whether the connection's token is good right now; closes the socket when it is not."""
        connection = self._connection
        try:
            connection.principal = await self._pipeline.sign_in(connection.token, connection.request_id)
        except ApiError as error:
            refused = error.code in REFUSALS
            await self.websocket.close(4403 if refused else 1013, "Forbidden" if refused else "Try again")
            return False
        return True

    async def handle_subscribe(self, message: Any) -> None:
        """Start an operation of any kind."""
        name = message["id"]
        if not self.connection_acknowledged:
            await self.websocket.close(4401, "Unauthorized")
            return
        if name in self.operations:
            await self.websocket.close(4409, f"Subscriber for {name[:80]} already exists")
            return
        try:
            question = asked(message.get("payload"))
        except ApiError as error:
            if error.code == Code.BAD_USER_INPUT:
                await self.send_message({"type": "error", "id": name, "payload": [_as_error(error).formatted]})
            else:
                await self.handle_invalid_message(error.message)
            return
        if not await self._signed_in():
            return
        try:
            await self._start(name, question)
        except ApiError as error:
            await self.send_message({"type": "error", "id": name, "payload": [_as_error(error).formatted]})

    async def _start(self, name: str, question: Asked) -> None:
        principal = cast(Principal, self._connection.principal)
        self._pipeline.take_token(principal)
        limit = self.max_subscriptions_per_connection
        if limit is not None and len(self.operations) >= limit:
            raise ApiError(Code.TOO_MANY_SUBSCRIPTIONS, f"A connection runs at most {limit} operations at once.")
        if not self._pipeline.streams.take(principal.key_id):
            raise ApiError(Code.TOO_MANY_SUBSCRIPTIONS, "This principal has too many open streams.")
        operation: Operation[Any, None] = Operation(
            self, name, question.query, question.variables, question.operation_name
        )
        self.operations[name] = operation
        operation.task = asyncio.create_task(self.run_operation(operation))
        STREAMS.labels("websocket").inc()
        operation.task.add_done_callback(lambda task: self._ended(task, principal))

    def _ended(self, task: asyncio.Task[None], principal: Principal) -> None:
        STREAMS.labels("websocket").dec()
        self._pipeline.streams.give_back(principal.key_id)
        self._task_done(task)

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Run an operation to its end; trouble closes the socket, never ends the stream with `complete`."""
        connection = self._connection
        context = self._pipeline.context(
            cast(Principal, connection.principal), connection.headers, connection.request_id, connection.language
        )
        try:
            results: Any = await self.schema.stream(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
            )
            async with aclosing(results):
                await self._deliver(operation, results, context)
        except WebSocketDisconnected:
            return
        except StreamClosed as end:
            await self.websocket.close(end.code, end.reason)
        except ApiError as error:
            await operation.send_initial_errors([_as_error(error)])
        except Exception:  # noqa: BLE001 - whatever it is, the client is told to come again
            _log.exception("internal_error", request_id=connection.request_id)
            await self.websocket.close(1013, "Try again")

    async def _deliver(
        self, operation: Operation[Any, None], results: AsyncGenerator[Any, None], context: Context
    ) -> None:
        opening = f'{{"id":{write_json(operation.id).decode()},"type":"next","payload":'
        async for result in results:
            end = closing(result)
            if end is not None or failed(result):
                OPERATIONS.labels("websocket", first_code(result)).inc()
            if end is not None:
                raise end
            if failed(result):
                await operation.send_initial_errors(result.errors)
                return
            async with aclosing(told(result, context.event)) as parts:
                async for messages in parts:
                    count("websocket", messages)
                    await self.websocket.send_all([f"{opening}{one.text}}}" for one in messages])
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what a background task of the connection raised, unless the socket is merely gone."""
        if not isinstance(error, WebSocketDisconnected):
            _log.error("internal_error", request_id=self._connection.request_id, exc_info=error)


def _as_error(error: ApiError) -> GraphQLError:
    return GraphQLError(error.message, extensions=error.as_extensions())
