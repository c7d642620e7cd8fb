"""GraphQL over HTTP: POST only, one operation, three forms of answer; every error is JSON with a code."""

from __future__ import annotations

from typing import Any, Final

import structlog
from graphql import ExecutionResult as CoreResult
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.errors import MASK, TROUBLE, ApiError, Code, told
from api.graphql.parts.context import Context, bearer
from api.graphql.results import failed, first_code, formatted, unavailable
from api.graphql.schema import BatonSchema
from api.transport.negotiation import EVENTS, JSON, RESPONSE_JSON, is_json, negotiate
from api.transport.request_pipeline import OPERATIONS, Asked, RequestPipeline, asked, request_id_of
from api.transport.sse import EventResponse, frames
from api.wire import read_json, write_json

PLAIN = frozenset({OperationType.QUERY, OperationType.MUTATION})
STATUS: Final[dict[str, int]] = {
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.RATE_LIMITED: 429,
    Code.TOO_MANY_SUBSCRIPTIONS: 429,
    Code.UNAVAILABLE: 503,
    Code.TIMEOUT: 504,
    Code.INTERNAL_SERVER_ERROR: 500,
}
LATER = {"Retry-After": "5"}
"""Goes with 503: when to come again, in seconds."""
_log = structlog.get_logger("api.transport.http")


class HttpFault(Exception):
    """A request that is refused before it is run: status, error and further headers."""

    def __init__(self, status: int, error: ApiError, headers: dict[str, str] | None = None) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = headers or {}


def error_response(
    error: ApiError, status: int, media_type: str = JSON, headers: dict[str, str] | None = None
) -> Response:
    """An error as a GraphQL response."""
    body = {"errors": [{"message": error.message, "extensions": error.as_extensions()}]}
    return Response(write_json(body), status, headers, media_type)


class HttpEndpoint:
    """Answers the HTTP requests of /graphql."""

    def __init__(self, schema: BatonSchema, pipeline: RequestPipeline) -> None:
        self._schema = schema
        self._pipeline = pipeline

    async def answer(self, request: Request) -> Response:
        """The response to a request, whatever it holds."""
        request_id = request_id_of(request.headers)
        form = negotiate(request.headers.get("accept"))
        errors_as = form if form in {JSON, RESPONSE_JSON} else JSON
        try:
            response = await self._answer(request, form, request_id)
        except HttpFault as fault:
            response = error_response(fault.error, fault.status, errors_as, fault.headers)
        except ApiError as error:
            response = error_response(error, STATUS.get(error.code, 400), errors_as, _headers(error))
        except ClientDisconnect:
            response = Response(status_code=400)
        except Exception:  # noqa: BLE001 - the last resort: masked, with the request id that stands in the log
            _log.exception("internal_error", request_id=request_id)
            ours = ApiError(Code.INTERNAL_SERVER_ERROR, MASK, requestId=request_id)
            response = error_response(ours, 500, errors_as)
        response.headers["X-Request-Id"] = request_id
        return response

    async def _answer(self, request: Request, form: str | None, request_id: str) -> Response:
        if request.method != "POST":
            error = ApiError(Code.BAD_REQUEST, "GraphQL is asked by POST.")
            raise HttpFault(405, error, {"Allow": "POST"})
        if form is None:
            raise HttpFault(406, ApiError(Code.BAD_REQUEST, f"Answers are {RESPONSE_JSON}, {JSON} or {EVENTS}."))
        limit = self._pipeline.settings.body_bytes
        announced = request.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > limit:
            raise _too_large(limit)
        principal = await self._pipeline.sign_in(bearer(request.headers.get("authorization")), request_id)
        self._pipeline.take_token(principal)
        if not is_json(request.headers.get("content-type")):
            raise HttpFault(415, ApiError(Code.BAD_REQUEST, f"The body is {JSON} in UTF-8."))
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise HttpFault(415, ApiError(Code.BAD_REQUEST, "The body comes as it is, without Content-Encoding."))
        question = asked(read_json(await _body(request, limit)))
        context = self._pipeline.context(principal, request.headers, request_id)
        if form == EVENTS:
            return await self._stream(question, context)
        return await self._run(question, context, form)

    async def _run(self, question: Asked, context: Context, form: str) -> Response:
        try:
            result = await self._schema.execute(
                question.query,
                variable_values=question.variables,
                context_value=context,
                operation_name=question.operation_name,
                allowed_operation_types=PLAIN,
                operation_extensions=question.extensions,
            )
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as error:
            known = told(error)
            assert known is not None  # noqa: S101 - the table of errors has all three
            OPERATIONS.labels("http", known.code).inc()
            raise known from None
        OPERATIONS.labels("http", first_code(result)).inc()
        headers = LATER if unavailable(result) else None
        return Response(write_json(formatted(result)), _status(result, form), headers, form)

    async def _stream(self, question: Asked, context: Context) -> Response:
        owner = context.principal.key_id
        if not self._pipeline.streams.take(owner):
            raise ApiError(Code.TOO_MANY_SUBSCRIPTIONS, "This principal has too many open streams.")
        results: Any = await self._schema.stream(
            question.query,
            variable_values=question.variables,
            context_value=context,
            operation_name=question.operation_name,
            operation_extensions=question.extensions,
        )
        body = frames(results, context, self._pipeline.settings.heartbeat_seconds)
        return EventResponse(body, lambda: self._pipeline.streams.give_back(owner))


def _headers(error: ApiError) -> dict[str, str]:
    match error.code:
        case Code.UNAUTHENTICATED:
            return {"WWW-Authenticate": "Bearer"}
        case Code.RATE_LIMITED:
            return {"Retry-After": str(error.extensions.get("retryAfter", 1))}
        case Code.UNAVAILABLE:
            return LATER
    return {}


def _status(result: ExecutionResult | CoreResult, form: str) -> int:
    """The status of an answer: 200 when the operation ran, and for application/json unless the fault is ours."""
    if result.data is None and first_code(result) in TROUBLE:
        return STATUS[first_code(result)]
    if not failed(result):
        return 200
    return STATUS.get(first_code(result), 400 if form == RESPONSE_JSON else 200)


def _too_large(limit: int) -> HttpFault:
    error = ApiError(Code.BAD_REQUEST, f"A body has at most {limit:,} bytes.")
    return HttpFault(413, error, {"Connection": "close"})


async def _body(request: Request, limit: int) -> bytes:
    """The body; 413 as soon as it is larger than the limit, without reading the rest."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)
