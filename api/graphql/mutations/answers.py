"""The answers of mutations: the changed object, or what is wrong with the input, as data. One place for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from api.graphql.parts import published
from api.graphql.parts.context import Info
from api.graphql.parts.error_room import within_bounds
from api.graphql.parts.user_errors import PlainUserError, UserError, user_error
from application.agreements.draft_content import InvalidDocument
from domain.document.findings import Severity
from domain.refusal import Refusal, Refusals


class Payload(Protocol):
    """The answer of a mutation."""

    errors: list[UserError]


P = TypeVar("P", bound=Payload)
S = TypeVar("S")
I = TypeVar("I")  # noqa: E741 - the input


def errors_of(refusal: Refusal) -> list[UserError]:
    """The findings, as data: of a document each of its errors, of other input each of its faults."""
    if isinstance(refusal, Refusals):
        return [user_error(fault) for fault in refusal.faults]
    if not isinstance(refusal, InvalidDocument):
        return [user_error(refusal)]
    faults = [f for f in refusal.findings if f.severity is Severity.ERROR]
    return [PlainUserError(code=refusal.code, message=f.message, path=[*(refusal.path or ()), f.path]) for f in faults]


def refused(payload: type[P], refusal: Refusal) -> P:
    """The payload of a mutation that was refused."""
    more = getattr(payload, "of_refusal", _nothing_more)(refusal)
    return cast(Callable[..., P], payload)(errors=errors_of(refusal), **more)


def _nothing_more(_refusal: Refusal) -> dict[str, Any]:
    return {}


def mutation(payload: type[P]) -> Callable[[Callable[[S, Info, I], Awaitable[P]]], Any]:
    """Publish a method as a mutation with that payload; what it refuses becomes the payload's errors."""

    def publish(act: Callable[[S, Info, I], Awaitable[P]]) -> Any:
        @wraps(act)
        async def answer(self: S, info: Info, input: I) -> P:
            info.context.forget()  # what a mutation before it in the same document has loaded
            try:
                done = await act(self, info, input)
            except Refusal as refusal:
                done = refused(payload, refusal)
            within_bounds(done, info.context)
            return done

        field: Any = published.mutation(answer)
        for argument in field.arguments:
            argument.description = "The thing to be done."
        return field

    return publish
