"""Results of operations: as they are sent, and what they say about how it went."""

from __future__ import annotations

from typing import Any

from graphql import ExecutionResult as CoreResult
from strawberry.types import ExecutionResult

from api.errors import Code, StreamClosed, cause_of


def formatted(result: ExecutionResult | CoreResult) -> dict[str, Any]:
    """The result as it is sent; `data` is left out when the operation did not run."""
    body: dict[str, Any] = {} if failed(result) else {"data": result.data}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def failed(result: ExecutionResult | CoreResult) -> bool:
    """Return whether the operation did not run, or its stream broke: nothing but errors, none of them at a field."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def first_code(result: ExecutionResult | CoreResult) -> str:
    """The code of the first error, OK when there is none; for metrics and status."""
    return str((result.errors[0].extensions or {}).get("code", "UNKNOWN")) if result.errors else "OK"


def closing(result: ExecutionResult | CoreResult) -> StreamClosed | None:
    """The way a socket closes after this result: what the source asked for, 'try again' after trouble of ours, else
    not."""
    for error in result.errors or () if result.data is None else ():
        cause = cause_of(error)
        if isinstance(cause, StreamClosed):
            return cause
    if failed(result) and first_code(result) == Code.INTERNAL_SERVER_ERROR:
        return StreamClosed(1013, "Try again")
    return StreamClosed(1013, "Try again") if unavailable(result) else None


def unavailable(result: ExecutionResult | CoreResult) -> bool:
    """Return whether there is no data because the house cannot serve at the moment."""
    return result.data is None and first_code(result) == Code.UNAVAILABLE
