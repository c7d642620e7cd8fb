"""Top-level errors: which code each has, what is masked, what the log keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError, StrawberryInputCoercionError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from api.outage_log import OUTAGE
from api.short_texts import cut, short, short_path
from application.runtime.trouble import DatabaseAway, DatabaseBusy
from domain.people.principal import Forbidden
from domain.refusal import BadRequest, Refusal, Refusals

MAX_ERRORS = 50
"""Errors in an answer; further ones are counted."""
NO_NULL = "Null is not allowed here; leave the field out to keep its value."
MASK = "Something went wrong on our side. The request id stands in our log."
AWAY = "The database cannot be used at the moment; try again soon."
BUSY = "The database was too busy with it; nothing was changed. Try again."
_log = structlog.get_logger("api.errors")


class Code(StrEnum):
    """The codes of top-level errors."""

    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_MANY_SUBSCRIPTIONS = "TOO_MANY_SUBSCRIPTIONS"
    TIMEOUT = "TIMEOUT"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


TROUBLE: frozenset[str] = frozenset({Code.UNAVAILABLE, Code.TIMEOUT})
"""The codes of what is nobody's fault here, and may go well later."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: its code, a sentence, and the path of what is at fault."""

    code: str
    message: str
    path: tuple[str, ...] | None = None


class ApiError(Exception):
    """An error the client is told as it is: code, message, and the single faults where there are several."""

    def __init__(self, code: str, message: str, faults: Sequence[Fault] = (), **extensions: Any) -> None:
        super().__init__(message)
        self.code = str(code)
        self.message = message
        self.faults = tuple(faults)
        self.extensions = extensions

    def as_extensions(self) -> dict[str, Any]:
        """Return what stands in the error's `extensions`."""
        faults = [
            {"code": f.code, "message": cut(f.message), "path": short_path(f.path)} for f in self.faults[:MAX_ERRORS]
        ]
        more = len(self.faults) - len(faults)
        told = {**({"errors": faults} if faults else {}), **({"more": more} if more else {})}
        return {"code": self.code, **told, **self.extensions}


class StreamClosed(Exception):
    """Raised by a subscription's source to close the whole socket with a code: 1012, 1013 (resume), 4403 (sign in)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def bad_input(message: str, faults: Sequence[Fault] = ()) -> ApiError:
    """The error for input that cannot be used."""
    return ApiError(Code.BAD_USER_INPUT, message, faults)


def _of_bad_request(error: BadRequest) -> ApiError:
    faults = [Fault(f.code, f.message, f.path) for f in error.faults]
    return bad_input(faults[0].message if len(faults) == 1 else f"{len(faults)} faults in the input.", faults)


def _of_refusal(error: Refusal) -> ApiError:
    if isinstance(error, Refusals):
        return _of_bad_request(BadRequest(error.faults))
    return bad_input(error.message, [Fault(error.code, error.message, error.path)])


def _needs(error: Forbidden) -> dict[str, Any]:
    """Return who may do what was refused, each null where it is not what lacks; keys have no scopes yet."""
    needs = error.needs
    return {
        "roles": None if needs.roles is None else [role.value for role in needs.roles],
        "scope": None,
        "party": None if needs.party is None else needs.party.value,
        "persons": None if needs.persons is None else list(needs.persons),
    }


def _of_trouble(error: DatabaseAway | DatabaseBusy) -> ApiError:
    away = isinstance(error, DatabaseAway)
    return ApiError(Code.UNAVAILABLE, AWAY) if away else ApiError(Code.TIMEOUT, BUSY)


def told(error: BaseException | None) -> ApiError | None:  # noqa: PLR0911 - one row of the table each
    """The error for the client in place of an exception; None for one that it must not see. This is the only such
    table."""
    match error:
        case ApiError():
            return error
        case BadRequest():
            return _of_bad_request(error)
        case Refusal():
            return _of_refusal(error)
        case Forbidden():
            return ApiError(Code.FORBIDDEN, error.message, needs=_needs(error))
        case DatabaseAway() | DatabaseBusy():
            return _of_trouble(error)
        case StrawberryInputCoercionError():
            return bad_input(NO_NULL if "Maybe[" in error.message else short(error.message))
        case MissingQueryError():
            return ApiError(Code.BAD_REQUEST, "The request has no query.")
        case CannotGetOperationTypeError():
            return ApiError(Code.OPERATION_RESOLUTION_FAILURE, "The document has no operation of that name.")
        case InvalidOperationTypeError():
            return ApiError(
                Code.BAD_REQUEST,
                f"A {error.operation_type.value} is not possible here; subscriptions need a WebSocket or"
                " 'Accept: text/event-stream'.",
            )
    return None


def cause_of(error: GraphQLError) -> Exception | None:
    """The exception behind an error of the executor, without its wrappings; None when GraphQL itself found fault."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and not isinstance(cause, StrawberryInputCoercionError):
        cause = cause.original_error
    return cause if isinstance(cause, Exception) else None


def _code_without_cause(error: GraphQLError) -> Code | str | None:
    """The code of an error that GraphQL itself raised; None when it is a fault of ours."""
    if isinstance(error, GraphQLSyntaxError):
        return Code.GRAPHQL_PARSE_FAILED
    code = (error.extensions or {}).get("code")
    if isinstance(code, str):
        return code
    if error.message.startswith(("Unknown operation named", "Must provide")):
        return Code.OPERATION_RESOLUTION_FAILURE
    if error.path is None or error.message.startswith(("Argument '", "Variable '")):
        return Code.BAD_USER_INPUT
    return None


def polish(errors: list[GraphQLError], *, request_id: str) -> int:
    """Give every error its code, mask faults of ours and log once what happened; the list is changed in place.

    Tells how many errors it has cut, since an answer has room for so many only.

    The log keeps codes and counts of what clients do, never values; of faults of ours the traceback, with the
    request id that the client is told.
    """
    codes: Counter[str] = Counter()
    for error in errors:
        if isinstance(cause := cause_of(error), StreamClosed):
            continue
        error.extensions = _extensions(error, cause, request_id)
        codes[str(error.extensions["code"])] += 1
    more = max(0, len(errors) - MAX_ERRORS)
    del errors[MAX_ERRORS:]
    masked = codes.pop(Code.INTERNAL_SERVER_ERROR, 0)
    if masked:
        _log_faults(errors, request_id, masked)
    if reason := next(filter(None, map(_trouble, errors)), None):
        OUTAGE.refused(request_id, reason)
    codes = Counter({code: number for code, number in codes.items() if code != Code.UNAVAILABLE})
    if codes:
        _log.info("client_errors", request_id=request_id, codes=dict(codes))
    return more


def _trouble(error: GraphQLError) -> str | None:
    """Return what is the matter with the database, if that is the error."""
    cause = cause_of(error)
    return str(cause) if isinstance(cause, DatabaseAway | DatabaseBusy) else None


def _extensions(error: GraphQLError, cause: Exception | None, request_id: str) -> dict[str, Any]:
    known = told(cause)
    if known is not None:
        error.message = cut(known.message)
        return known.as_extensions()
    code = _code_without_cause(error) if cause is None else None
    if code is not None:
        error.message = short(error.message)
        return {**(error.extensions or {}), "code": str(code)}
    if cause is None:
        error.original_error = RuntimeError(short(error.message))
    error.message = MASK
    return {"code": str(Code.INTERNAL_SERVER_ERROR), "requestId": request_id}


def _log_faults(errors: list[GraphQLError], request_id: str, count: int) -> None:
    """Log each kind of fault once: the same line of code failing for fifty rows is one entry."""
    seen: set[tuple[str, int, int]] = set()
    for error in errors:
        if (error.extensions or {}).get("code") != Code.INTERNAL_SERVER_ERROR:
            continue
        cause = cause_of(error) or error
        last = cause.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        place = (type(cause).__name__, last.tb_lineno if last else 0, id(last.tb_frame.f_code) if last else 0)
        if place not in seen:
            seen.add(place)
            _log.error("internal_error", request_id=request_id, count=count, path=error.path, exc_info=cause)
