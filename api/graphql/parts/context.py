"""The context of every resolver: who asks, in which language, under which request id, and the house behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

import strawberry
from strawberry.dataloader import DataLoader

from api.graphql.parts.broadcast import Broadcasts
from application.runtime.transaction import Application
from domain.people.principal import Principal

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

LANGUAGES = ("en", "de")
Authenticate = Callable[[str | None], Awaitable[Principal]]
"""Signs in by token (None: none was given). It raises `ApiError(UNAUTHENTICATED)` or Forbidden to refuse; whatever else
it raises counts as trouble behind the door, which clients are told to retry."""


@dataclass(slots=True)
class Context:
    """The surroundings of one operation; for a subscription, of one event."""

    principal: Principal
    language: str
    """en or de."""
    request_id: str
    """Stands in the log beside faults of ours."""
    now: Callable[[], datetime]
    """The clock: the current moment, aware."""
    application: Application
    """The application behind; resolvers call its use cases and never the database."""
    last_event_id: str | None = None
    """The cursor behind which a reconnecting SSE client wants to go on; wins over `after`."""
    checkpoint_seconds: float = 20.0
    """After how long without an event a subscription tells where it stands."""
    event: Any = None
    """The event being delivered, where the operation is a subscription."""
    page: dict[Any, DataLoader[Any, Any]] | None = None
    """The objects loaded for the events that a subscription tells together; a new one for each such page."""
    broadcasts: Broadcasts = field(default_factory=Broadcasts)
    """The results shared in this process to all who ask the same."""
    more: int = 0
    """The number of errors the answer has no room for."""
    _loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    def load(self, read: Callable[[Context, list[K]], Awaitable[Sequence[V]]], key: K) -> Awaitable[V]:
        """The value of a key, read together with the other keys that are asked for meanwhile, each once.

        `read` is a function of its own (not a lambda made on the spot) that returns one value per key, in order.
        """
        loader = self._loaders.get(read)
        if loader is None:

            async def read_all(keys: list[K]) -> list[Any]:
                return list(await read(self, keys))

            loader = self._loaders[read] = DataLoader(load_fn=read_all, max_batch_size=500)
        return cast(Awaitable[V], loader.load(key))

    def forget(self) -> None:
        """Forget what was loaded, because it may have changed."""
        self._loaders.clear()

    def for_event(self, event: Any) -> Context:
        """The same surroundings without what was loaded before (but for the page), for delivering an event."""
        return replace(self, event=event, _loaders={} if self.page is None else self.page)


Info = strawberry.Info[Context, None]


def pick_language(accept: str | None) -> str:
    """The language of ours that an Accept-Language header likes best; English when it likes none.

    Systems write `de_DE` where browsers write `de-DE`; both are German.
    """
    best, weight = LANGUAGES[0], 0.0
    for part in (accept or "").split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().replace("_", "-").partition("-")[0]
        quality = _quality(parameters)
        if quality > weight and (language in LANGUAGES or language == "*"):
            best, weight = LANGUAGES[0] if language == "*" else language, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0


def bearer(header: Any) -> str | None:
    """The token of an Authorization header or payload entry; None when there is none."""
    if not isinstance(header, str):
        return None
    scheme, _, token = header.strip().partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None
