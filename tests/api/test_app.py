"""The application: health, metrics, GraphiQL, origins, rates."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from api.transport.app import GRAPHIQL, uvicorn_options
from api.transport.rate_limit import MAX_BUCKETS, Slots, TokenBuckets
from tests.api.small import SmallApplication, app, client


async def test_health_says_whether_the_house_serves() -> None:
    """Live is live; ready follows the house, and no trouble of it is told."""
    async with client(key=None) as http:
        assert (await http.get("/health/live")).json() == {"status": "live"}
        assert (await http.get("/health/ready")).status_code == 200
    async with client(SmallApplication(trouble=True), key=None) as http:
        assert ((await http.get("/health/ready")).status_code, (await http.get("/health/live")).status_code) == (
            503,
            200,
        )


async def test_a_house_that_fails_to_say_is_not_ready() -> None:
    """A readiness check that fails means not ready."""
    from api.transport.app import _readiness

    async def broken() -> bool:
        raise ConnectionError("secret")

    response = await _readiness(broken)(None)  # type: ignore[arg-type]
    assert (response.status_code, b"secret" in bytes(response.body)) == (503, False)


async def test_metrics_count_operations() -> None:
    """Metrics count operations by outcome."""
    async with client() as http:
        await http.post("/graphql", json={"query": "{ language }"})
        await http.post("/graphql", json={"query": "{ nothing }"})
        text = (await http.get("/metrics")).text
    assert re.search(r'baton_graphql_operations_total\{outcome="OK",transport="http"\} \d', text)
    assert re.search(r'outcome="GRAPHQL_VALIDATION_FAILED",transport="http"', text)


async def test_unknown_addresses_are_answered_in_json() -> None:
    """Unknown addresses and methods are answered in JSON."""
    async with client() as http:
        for response in (await http.get("/nothing"), await http.post("/graphql/x"), await http.delete("/health/live")):
            assert response.status_code in {404, 405}
            assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_graphiql_needs_nothing_from_outside() -> None:
    """The page loads only files of ours, which exist, under a strict policy and with long caching."""
    async with client(key=None, graphiql=True) as http:
        page = await http.get("/")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "connect-src 'self' ws://baton.test;" in policy
        assert "http" not in re.sub(r"ws://baton\.test", "", policy)
        files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(files) == 8
        for file in files:
            if file.startswith("data:"):
                continue
            assert file.startswith("graphiql/")
            answer = await http.get(f"/{file}")
            ours = file.startswith("graphiql/page.")
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == ("no-cache" if ours else "public, max-age=31536000, immutable")
        assert "MIT" in (await http.get("/graphiql/LICENSES.txt")).text


def test_no_script_of_graphiql_loads_from_elsewhere() -> None:
    """Neither page nor styles name an address to load from."""
    for name in ("index.html", "page.js", "page.css"):
        assert not re.search(r"https?://", Path(GRAPHIQL / name).read_text()), name
    assert not re.search(r"url\((?!data:|#|\"?data:)", (GRAPHIQL / "graphiql.min.css").read_text())


def test_graphiql_begins_quietly_and_takes_no_for_an_answer() -> None:
    """Without a key the schema is not asked for, which would be refused; a refused key is told and not tried again."""
    page = (GRAPHIQL / "page.js").read_text()
    assert "const schema = key ? undefined : null;" in page
    assert "fetcher, schema," in page
    assert "const REFUSED = 4403;" in page
    assert "shouldRetry: (event) => event.code !== REFUSED" in page
    assert "if (event.code === REFUSED) state.value =" in page


async def test_graphiql_is_off_unless_switched_on() -> None:
    """GraphiQL is off unless switched on."""
    async with client() as http:
        assert ((await http.get("/")).status_code, (await http.get("/graphiql/page.js")).status_code) == (404, 404)


PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


async def test_only_configured_origins_may_call() -> None:
    """A pre-flight succeeds for configured origins, fails for others, and for all when none is configured."""
    async with client(origins=("https://app.example",)) as http:
        good = await http.options("/graphql", headers={"Origin": "https://app.example", **PREFLIGHT})
        bad = await http.options("/graphql", headers={"Origin": "https://evil.example", **PREFLIGHT})
    assert (good.status_code, good.headers["access-control-allow-origin"]) == (200, "https://app.example")
    assert bad.status_code == 400
    assert "access-control-allow-origin" not in bad.headers
    async with client() as http:
        closed = await http.options("/graphql", headers={"Origin": "https://app.example", **PREFLIGHT})
    assert closed.status_code == 405
    assert "access-control-allow-origin" not in closed.headers


CLIENTS = {
    "Apollo Client": "apollographql-client-name,apollographql-client-version,apollo-require-preflight,authorization",
    "Relay": "content-type,accept,x-relay-request-id",
    "urql": "content-type,authorization,graphql-client-name,x-graphql-event-stream-token",
    "Sentry and OpenTelemetry": "sentry-trace,baggage,traceparent,tracestate",
    "axios": "x-requested-with,x-xsrf-token,cache-control,pragma",
}


@pytest.mark.parametrize("headers", CLIENTS.values(), ids=CLIENTS)
async def test_the_headers_of_usual_clients_pass_a_preflight(headers: str) -> None:
    """A client that names itself or its trace is let in from an origin that is configured."""
    asked = {"Origin": "https://app.example", **PREFLIGHT, "Access-Control-Request-Headers": headers}
    async with client(origins=("https://app.example",)) as http:
        answer = await http.options("/graphql", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-headers"]) == (200, headers)


async def test_what_fails_outside_of_graphql_is_masked_too() -> None:
    """A route that fails answers masked JSON with a request id."""
    from starlette.routing import Route

    async def broken(_request: object) -> None:
        raise RuntimeError("secret")

    application = app()
    application.router.routes.append(Route("/broken", broken))
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://baton.test") as http:
        with capture_logs():
            response = await http.get("/broken")
    assert (response.status_code, "secret" in response.text) == (500, False)
    assert response.json()["errors"][0]["extensions"]["requestId"]


def test_a_bucket_fills_again_with_time() -> None:
    """A bucket gives its burst at once and then what its rate fills."""
    now = [0.0]
    buckets = TokenBuckets(2.0, 3, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    now[0] = 0.5
    assert [buckets.take("a"), buckets.take("a") > 0, buckets.take("b")] == [0.0, True, 0.0]
    for key in range(MAX_BUCKETS + 5):
        buckets.take(key)
    assert len(buckets._buckets) == MAX_BUCKETS


def test_slots_are_taken_and_given_back() -> None:
    """Slots are taken up to their limit and given back."""
    slots = Slots(2)
    assert [slots.take("a"), slots.take("a"), slots.take("a"), slots.take("b")] == [True, True, False, True]
    slots.give_back("a")
    assert slots.take("a")
    slots.give_back("b")
    slots.give_back("b")
    assert slots._held == {"a": 2}


@pytest.mark.parametrize("option", ["ws_max_size", "timeout_graceful_shutdown", "ws_ping_interval"])
def test_uvicorn_is_bounded(option: str) -> None:
    """Uvicorn is started with bounds."""
    assert uvicorn_options()[option] > 0
