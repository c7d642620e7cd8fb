"""The one schema, and the application that serves it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache, partial

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from api.graphql import schema as schemas
from api.graphql.guard import guard
from api.graphql.list_cursors import LIST_CURSORS
from api.graphql.lists.list_pages import NAME as LIST_PAGES
from api.graphql.mutations import Mutation
from api.graphql.parts.context import Authenticate
from api.graphql.parts.user_errors import EvidenceMissingError, PlainUserError, StaleRevisionError
from api.graphql.queries.queries import Query
from api.graphql.schema import BatonSchema
from api.graphql.subscriptions.subscriptions import Subscription
from api.settings import ApiSettings
from api.transport.app import Lifespan, create_app
from api.transport.request_pipeline import unauthenticated
from application.directory.manage_keys import sign_in, valid_keys
from application.reading.health import Readiness
from application.runtime.transaction import Application
from domain.people.principal import Principal

REMEMBERED_SECONDS = 1.0
"""The time for which a signed-in key is remembered; so long a revoked key may still work."""
REMEMBERED_KEYS = 10_000


def build_schema(settings: ApiSettings | None = None) -> BatonSchema:
    """The schema, built once for each set of settings."""
    return _built(settings or ApiSettings())


@cache
def _built(settings: ApiSettings) -> BatonSchema:
    further = [PlainUserError, StaleRevisionError, EvidenceMissingError]
    built = schemas.build_schema(Query, Mutation, Subscription, types=further, settings=settings)
    built._schema.extensions[LIST_PAGES] = LIST_CURSORS
    return guard(built)


def create_api(
    application: Application,
    settings: ApiSettings | None = None,
    *,
    routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan | None = None,
) -> Starlette:
    """The application that serves a house."""
    settings = settings or ApiSettings()
    return create_app(
        application,
        settings,
        schema=build_schema(settings),
        authenticate=authentication(application),
        now=application.time.now,
        ready=Readiness(application),
        admitted=partial(valid_keys, application),
        routes=routes,
        lifespan=lifespan,
    )


def authentication(application: Application) -> Authenticate:
    """Signs in with API keys; who signed in is remembered for a moment."""
    remembered: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def authenticate(token: str | None) -> Principal:
        if token is None:
            raise unauthenticated()
        known = remembered.get(token)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        since = time.monotonic()
        principal = await sign_in(application, token)
        if principal is None:
            remembered.pop(token, None)
            raise unauthenticated()
        remembered[token] = (since + REMEMBERED_SECONDS, principal)
        remembered.move_to_end(token)
        if len(remembered) > REMEMBERED_KEYS:
            remembered.popitem(last=False)
        return principal

    return authenticate
