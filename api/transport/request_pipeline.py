"""The base of all ways in: signing in, rates, the surroundings of an operation, how a result is told."""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter, Gauge

from api.access_log import know_key
from api.errors import TROUBLE, ApiError, Code, told
from api.graphql.parts.broadcast import Broadcasts, Message
from api.graphql.parts.context import Authenticate, Context, pick_language
from api.outage_log import OUTAGE
from api.settings import ApiSettings
from api.transport.open_sockets import Admitted, OpenSockets
from api.transport.rate_limit import Slots, TokenBuckets
from api.unreadable import NOT_ALLOWED
from api.wire import not_storable
from domain.people.principal import Principal

OPERATIONS = Counter(
    "baton_graphql_operations", "GraphQL operations by transport and outcome", ["transport", "outcome"]
)
STREAMS = Gauge("baton_graphql_streams", "Operations running on a stream, by transport", ["transport"])
SOCKETS = Gauge("baton_websockets", "Open WebSocket connections")

REFUSALS = frozenset({Code.UNAUTHENTICATED, Code.FORBIDDEN})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_log = structlog.get_logger("api.transport.request_pipeline")


def unauthenticated() -> ApiError:
    """The error for a missing or unusable token."""
    return ApiError(Code.UNAUTHENTICATED, "Sign in with 'Authorization: Bearer' and an API key.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A GraphQL request as it came in, its parts of the right types."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None


def asked(payload: Any) -> Asked:
    """Read the parameters of a request; BAD_REQUEST names the one that is at fault."""
    if not isinstance(payload, dict):
        raise ApiError(Code.BAD_REQUEST, "A request is one JSON object; batches are not taken.")
    query, name = payload.get("query"), payload.get("operationName")
    if not isinstance(query, str):
        raise ApiError(Code.BAD_REQUEST, "'query' is the document, as text.")
    if not isinstance(name, str | None):
        raise ApiError(Code.BAD_REQUEST, "'operationName' is text or null.")
    for part in ("variables", "extensions"):
        if not isinstance(payload.get(part), dict | None):
            raise ApiError(Code.BAD_REQUEST, f"'{part}' is an object or null.")
    for part, text in (("query", query), ("operationName", name)):
        if not_storable(text):
            raise ApiError(Code.BAD_USER_INPUT, f"{NOT_ALLOWED}, in '{part}'.", path=[part])
    return Asked(query, payload.get("variables"), name or None, payload.get("extensions"))


@dataclass(slots=True)
class RequestPipeline:
    """The front door of one process."""

    application: Any
    settings: ApiSettings
    authenticate: Authenticate
    now: Callable[[], datetime]
    admitted: Admitted | None = None
    buckets: TokenBuckets = field(init=False)
    streams: Slots = field(init=False)
    sockets: OpenSockets = field(init=False)
    broadcasts: Broadcasts = field(default_factory=Broadcasts)

    def __post_init__(self) -> None:
        self.buckets = TokenBuckets(self.settings.requests_per_second, self.settings.request_burst)
        self.streams = Slots(self.settings.subscriptions_per_principal)
        self.sockets = OpenSockets(self.admitted)

    async def sign_in(self, token: str | None, request_id: str) -> Principal:
        """The principal of a token; UNAUTHENTICATED or FORBIDDEN when refused, UNAVAILABLE when it cannot be told."""
        try:
            principal = await self.authenticate(token)
            know_key(principal.key_id)
            return principal
        except Exception as error:
            known = told(error)
            if known is not None and known.code in REFUSALS:
                _log.info("sign_in_refused", request_id=request_id, code=known.code, given=token is not None)
                raise known from None
            if known is not None and known.code in TROUBLE:
                OUTAGE.refused(request_id, str(error))
            else:
                _log.exception("sign_in_failed", request_id=request_id)
            message = "Signing in is not possible at the moment; try again soon."
            raise ApiError(Code.UNAVAILABLE, message, requestId=request_id) from error

    def take_token(self, principal: Principal) -> None:
        """Count a request of the principal; RATE_LIMITED with `retryAfter` in whole seconds when it asks too fast."""
        wait = self.buckets.take(principal.key_id)
        if wait:
            raise ApiError(Code.RATE_LIMITED, "Too many requests; slow down.", retryAfter=int(wait) + 1)

    def context(
        self, principal: Principal, headers: Mapping[str, str], request_id: str, language: str | None = None
    ) -> Context:
        """The surroundings of an operation."""
        return Context(
            principal=principal,
            language=pick_language(language or headers.get("accept-language")),
            request_id=request_id,
            now=self.now,
            application=self.application,
            last_event_id=headers.get("last-event-id"),
            checkpoint_seconds=self.settings.checkpoint_seconds,
            broadcasts=self.broadcasts,
        )


def request_id_of(headers: Mapping[str, str]) -> str:
    """The request id a proxy gave, when it looks like one, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def count(transport: str, messages: Sequence[Message]) -> None:
    """Count what is sent, by the codes of its errors."""
    for code, number in Tally(one.code for one in messages).items():
        OPERATIONS.labels(transport, code).inc(number)
