"""A house behind the API with the starter agreement in force, two teams, and somebody of each role."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy import text
from starlette.applications import Starlette

from api.build import create_api
from api.settings import ApiSettings
from application.agreements import submitting
from application.clock.clock_loop import ClockLoop
from application.directory.manage_keys import create_key
from application.documents.templates import template
from application.lifespan.running import open_application
from application.runtime.time_source import TimeSource
from application.runtime.transaction import Application
from domain.party import Party
from domain.people.principal import Role
from rules.checking.trial import Passed

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin; the office is open."""

PEOPLE: dict[str, dict[str, Any]] = {
    "admin": {"role": Role.ADMIN, "person": "root"},
    "marketing": {"role": Role.MARKETING, "person": "anna.berg"},
    "sales": {"role": Role.SALES, "person": "jonas.keller", "team_keys": ["inside-sales"]},
    "leader": {"role": Role.SALES, "person": "ines.vogt", "team_keys": ["inside-sales"]},
    "field": {"role": Role.SALES, "person": "karl.huber", "team_keys": ["field-sales"]},
    "management": {"role": Role.MANAGEMENT, "person": "mara.stein"},
    "tool": {"role": Role.INTEGRATION},
}
numbers = count(1)


class HandTime(TimeSource):
    """A clock that is set by hand."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at

    def seconds_until(self, at: datetime) -> float:
        """The seconds it would have to be turned on."""
        return max(0.0, (at - self.at).total_seconds())


def mutation_of(name: str, selection: str) -> str:
    """The document of a mutation."""
    return f"mutation M($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {selection} }} }}"


@dataclass
class Caller:
    """Somebody who asks over HTTP."""

    http: httpx.AsyncClient
    secret: str

    async def post(self, query: str, language: str = "en", **variables: Any) -> httpx.Response:
        """The bare response."""
        headers = {"Authorization": f"Bearer {self.secret}", "Accept-Language": language}
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def answer(self, query: str, language: str = "en", **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        response = await self.post(query, language, **variables)
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, language: str = "en", **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.answer(query, language, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the one top-level error."""
        (error,) = (await self.answer(query, **variables))["errors"]
        code: str = error["extensions"]["code"]
        return code

    async def do(self, mutation: str, selection: str, **given: Any) -> Any:
        """The payload of a mutation, with `errors { code path }` and what is selected."""
        query = mutation_of(mutation, f"{selection} errors {{ code path }}")
        return (await self.ask(query, input=given))[mutation]

    async def done(self, mutation: str, selection: str, **given: Any) -> Any:
        """The payload of a mutation without errors."""
        payload = await self.do(mutation, selection, **given)
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def refused(self, mutation: str, **given: Any) -> list[str]:
        """The codes of the errors of a mutation."""
        return [error["code"] for error in (await self.do(mutation, "", **given))["errors"]]

    async def forbidden(self, mutation: str, **given: Any) -> bool:
        """Whether the mutation is answered with FORBIDDEN."""
        answer = await self.answer(mutation_of(mutation, "errors { code }"), input=given)
        errors = answer.get("errors", [])
        return [error["extensions"]["code"] for error in errors] == ["FORBIDDEN"]


@dataclass
class World:
    """The house, its clock, and those who ask."""

    application: Application
    time: HandTime
    app: Starlette
    callers: dict[str, Caller] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Caller:
        """Somebody by name, such as `world.marketing`."""
        if name in self.callers:
            return self.callers[name]
        raise AttributeError(name)

    async def pass_time(self, **duration: float) -> None:
        """Turn the clock on and let it act."""
        self.time.at += timedelta(**duration)
        clock = ClockLoop(self.application)
        for _ in range(5):
            await clock.tick()

    async def settle(self) -> None:
        """Wait until all events that are committed have their place in the log."""
        self.application.sequencer.wake()
        async with self.application.database.reading() as connection:
            while await connection.scalar(text("select exists (select from event_pending)")):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def lead(self, *, due: bool = True, employees: int = 60, **fields: Any) -> str:
        """A new lead, handed over if it is to be due; its external id."""
        key = f"lead-{next(numbers)}"
        given = {"email": f"{key}@example.org", "role": "Owner", "country": "DE", **fields}
        account = {"key": f"firm-{key}", "name": "Firm", "fields": {"employees": employees, "industry": "machinery"}}
        result = await self.tool.done(
            "upsertLeads",
            "results { status errors { code path } }",
            source="crm",
            leads=[{"externalId": key, "fields": given, "account": account}],
        )
        assert result["results"] == [{"status": "CREATED", "errors": []}]
        if due:
            await self.activity(key, "contact-form")
        return key

    async def activity(self, lead: str, kind: str, **given: Any) -> Any:
        """An activity of a lead, now; its result."""
        at = given.pop("occurredAt", self.time.at.isoformat())
        item = {"key": f"a-{next(numbers)}", "lead": lead, "type": kind, "occurredAt": at, **given}
        selection = "results { status lead { id } handover { id state team assignee } errors { code path } }"
        done = await self.tool.done("recordActivities", selection, source="crm", activities=[item])
        return done["results"][0]

    async def offered(self, **given: Any) -> tuple[str, str]:
        """A lead that is handed over: its external id and the handover's id."""
        key = await self.lead(**given)
        query = "query ($ref: LeadRef!) { lead(ref: $ref) { handover { id } } }"
        found = await self.admin.ask(query, ref={"key": {"source": "crm", "externalId": key}})
        return key, found["lead"]["handover"]["id"]


@asynccontextmanager
async def without_trial() -> AsyncIterator[None]:
    """Submit without the trial in a process of its own, which costs a second each time and is tested elsewhere."""
    with patch.object(submitting, "try_in_child", lambda _document: Passed()):
        yield


@asynccontextmanager
async def open_world(url: str, **settings: Any) -> AsyncIterator[World]:
    """A house whose starter agreement is in force."""
    time = HandTime(MONDAY)
    async with open_application(url, time=time, clock=False) as application, without_trial():
        app = create_api(application, ApiSettings(requests_per_second=10_000, request_burst=10_000, **settings))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://baton.test", timeout=60) as http:
            world = World(application, time, app)
            await _sign_in(world, http, in_teams=False)
            await _directory(world)
            await _sign_in(world, http, in_teams=True)
            await _found(world)
            yield world


async def _sign_in(world: World, http: httpx.AsyncClient, *, in_teams: bool) -> None:
    """Keys for those who are in teams, which have to be there before, or for the others."""
    for name, about in PEOPLE.items():
        if ("team_keys" in about) is in_teams:
            _, secret = await create_key(world.application, None, name=name, **about)
            world.callers[name] = Caller(http, secret)


async def _directory(world: World) -> None:
    starter = template("starter")
    assert starter is not None
    for team in starter.teams:
        members = [{"person": m.person, "weight": m.weight, "maxOpen": 1000} for m in team.members]
        await world.management.done(
            "upsertTeam",
            "team { key }",
            key=team.key,
            title=team.title,
            party=team.party.value,
            leadPerson=team.lead_person,
            calendar=team.calendar,
            members=members,
        )


async def _found(world: World) -> None:
    made = await world.marketing.done(
        "createAgreement", "version { id }", key="main", title="Main agreement", template="starter"
    )
    await in_force(world, made["version"]["id"])


def besides_consents(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings, but those that the starter has: it asks for no consents."""
    return [found for found in findings if found["code"] != "CONSENT_NOT_ASKED"]


def ref(key: str) -> dict[str, Any]:
    """A lead by the tool's key."""
    return {"key": {"source": "crm", "externalId": key}}


async def document_in_force(world: World, document: dict[str, Any]) -> None:
    """A version with that document in force."""
    made = await world.marketing.done("createDraft", "version { id }", agreement="main", document=document)
    await in_force(world, made["version"]["id"])
    await world.pass_time(seconds=1)


async def in_force(world: World, version: str, revision: int = 1, *, activate: bool = True) -> None:
    """Submit and sign a draft, and activate it unless that is left."""
    await world.marketing.done("submitVersion", "version { state }", version=version, expectedRevision=revision)
    for party, signer in ((Party.MARKETING, world.marketing), (Party.SALES, world.sales)):
        await signer.done("signVersion", "version { state }", version=version, party=party.value, approve=True)
    if not activate:
        return
    active = await world.management.done("activateVersion", "version { state }", version=version)
    assert active["version"]["state"] == "ACTIVE"
