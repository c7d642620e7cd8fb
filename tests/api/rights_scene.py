"""Leads in every state of a handover, and somebody of every role and team; what is tried with them is never stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from api.graphql.parts.global_ids import global_id
from application.directory.manage_keys import create_key
from application.documents.templates import template
from application.runtime.transaction import Transaction
from domain.party import Party
from domain.people.principal import Role
from domain.refusal import Refusal
from domain.words.ids import new_id
from tests.api.house import MONDAY, Caller, World, document_in_force, mutation_of, open_world, ref

TEAMS = ("own", "overflow", "former", "other")
"""The route names own, and overflow in its stead; former had each lead once, other never."""
STATES = ("none", "queued", "offered", "accepted", "reassigned", "closed")
FIRST = "again"
BATCHES = frozenset({"upsertLeads", "recordActivities"})
"""The mutations that tell faults by item; they are tried with items that are refused."""
MAY, NOT_FOUND, FORBIDDEN = "may", "NOT_FOUND", "FORBIDDEN"


@dataclass(frozen=True)
class Actor:
    """Somebody who tries."""

    caller: Caller
    role: Role
    team: str | None = None

    @property
    def party(self) -> Party | None:
        """The party for which it acts."""
        return {Role.MARKETING: Party.MARKETING, Role.SALES: Party.SALES}.get(self.role)


@dataclass
class RightsCase:
    """A lead and what is about it, in one state of its handover."""

    state: str
    key: str
    ids: dict[str, str]
    """The global ids of the lead and of what is about it, by type; nobody's where there is no such thing."""

    @property
    def seen(self) -> set[str]:
        """The teams that see the lead."""
        if self.state == "none":
            return set()
        return {"own", "former", "overflow"} if self.state == "queued" else {"own", "former"}

    @property
    def held(self) -> set[str]:
        """The teams with which it stands, and which see its last handover."""
        if self.state == "none":
            return set()
        return {"own", "overflow"} if self.state == "queued" else {"own"}


@dataclass
class Stage:
    """All of it."""

    world: World
    actors: dict[str, Actor]
    cases: dict[str, RightsCase] = field(default_factory=dict)
    version: str = ""

    @contextmanager
    def _nothing_stored(self) -> Iterator[None]:
        """Whatever is done meanwhile is taken back and refused as DONE."""

        async def tried(body: Callable[[Transaction], Awaitable[Any]], **given: Any) -> Any:
            async def undone(transaction: Transaction) -> None:
                await body(transaction)
                raise Refusal("DONE", "It was done, and taken back.")

            return await type(self.world.application).transact(self.world.application, undone, **given)

        with patch.object(self.world.application, "transact", tried):
            yield

    async def outcome(self, actor: Actor, mutation: str, given: dict[str, Any]) -> str:
        """What becomes of a mutation: it may, there is nothing, or it is forbidden."""
        results = " results { errors { code } }" if mutation in BATCHES else ""
        query = mutation_of(mutation, f"errors {{ code }}{results}")
        with nullcontext() if mutation in BATCHES else self._nothing_stored():
            answer = await actor.caller.answer(query, input=given)
        if "errors" in answer:
            (error,) = answer["errors"]
            assert error["extensions"]["code"] == FORBIDDEN, (mutation, error)
            assert set(error["extensions"]["needs"]) == {"roles", "scope", "party", "persons"}
            return FORBIDDEN
        payload = answer["data"][mutation]
        told = [payload, *payload.get("results", [])]
        codes = {error["code"] for one in told for error in one["errors"]}
        assert codes, f"{mutation} was done and stored"
        return NOT_FOUND if codes & {"NOT_FOUND", "UNKNOWN_LEAD"} else MAY


@asynccontextmanager
async def set_stage(url: str) -> AsyncIterator[Stage]:
    """The house with teams, people, and a lead in each state."""
    async with open_world(url) as world:
        for team in TEAMS:
            await world.admin.done(
                "upsertTeam",
                "team { key }",
                key=team,
                title=team,
                party="SALES",
                leadPerson=f"lead-of-{team}",
                members=[{"person": f"lead-of-{team}"}, {"person": f"rep-of-{team}"}],
            )
        actors = {
            "marketing": Actor(world.marketing, Role.MARKETING),
            "tool": Actor(world.tool, Role.INTEGRATION),
            "management": Actor(world.management, Role.MANAGEMENT),
            "admin": Actor(world.admin, Role.ADMIN),
        }
        for team in TEAMS:
            person = f"lead-of-{team}"
            _, secret = await create_key(
                world.application, None, name=team, role=Role.SALES, person=person, team_keys=[team]
            )
            actors[f"sales of {team}"] = Actor(Caller(world.admin.http, secret), Role.SALES, team)
        stage = Stage(world, actors)
        await document_in_force(world, _document())
        query = '{ agreement(key: "main") { activeVersion { id } } }'
        stage.version = (await world.admin.ask(query))["agreement"]["activeVersion"]["id"]
        for state in ("closed", "reassigned", "accepted", "offered", "queued", "none"):
            key = await _lead_in(world, state)
            stage.cases[state] = RightsCase(state, key, {})
        await world.pass_time(days=5)
        for case in stage.cases.values():
            case.ids = await _ids(world, case)
        yield stage


def _document() -> dict[str, Any]:
    starter = template("starter")
    assert starter is not None
    document = starter.document.to_json()
    handover = document["handover"]
    routing = [{"team": "own", "strategy": "ROUND_ROBIN", "overflow": ["overflow"]}]
    reasons = [*handover["returnReasons"], {"key": FIRST, "label": "Again", "destination": "NURTURE"}]
    return {**document, "handover": {**handover, "routing": routing, "returnReasons": reasons, "maxRounds": 9}}


async def _lead_in(world: World, state: str) -> str:
    """A lead that one team had and gave back, and that is handed over again, up to a state."""
    if state == "none":
        return await world.lead(due=False)
    key, first = await world.offered()
    away = {"from": MONDAY.isoformat(), "until": (MONDAY + timedelta(days=300)).isoformat()}
    await _reassign(world, first, "former")
    await world.admin.done("returnHandover", "handover { id }", handover=first, reason=FIRST)
    if state == "queued":
        for team in ("own", "overflow"):
            for person in (f"lead-of-{team}", f"rep-of-{team}"):
                await world.admin.done("setAbsence", "team { key }", person=person, **away)
    world.time.at += timedelta(seconds=1)
    handover = (await world.activity(key, "contact-form"))["handover"]["id"]
    assert handover != first
    if state == "reassigned":
        await _reassign(world, handover, "former")
    if state in {"reassigned", "accepted", "closed"}:
        await world.admin.done("acceptHandover", "handover { id }", handover=handover)
    if state == "reassigned":
        await _reassign(world, handover, "own")
    if state == "closed":
        await world.admin.done("moveLead", "lead { id }", lead=ref(key), stage="lost")
    return key


async def _reassign(world: World, handover: str, team: str) -> None:
    given = {"handover": handover, "team": team, "assignee": f"rep-of-{team}", "reason": "x"}
    await world.admin.done("reassignHandover", "handover { id }", **given)


ABOUT = """query ($ref: LeadRef!) { lead(ref: $ref) { id account { id } activities { nodes { id } } decision { id }
  handovers { nodes { id state team closedAt } } history { nodes { id type subject { id } } } } }"""
MISSED = "{ breaches(first: 100) { nodes { id party obligation { id } subject { id } } } }"


async def _ids(world: World, case: RightsCase) -> dict[str, str]:
    await world.settle()
    lead = (await world.admin.ask(ABOUT, ref=ref(case.key)))["lead"]
    kinds = ("Activity", "Handover", "Obligation", "Breach", "Decision")
    ids = {kind: str(global_id(kind, new_id(now=MONDAY))) for kind in kinds}
    created = next(event["id"] for event in lead["history"]["nodes"] if event["type"] == "lead.created")
    ids |= {"Lead": lead["id"], "Account": lead["account"]["id"], "Event": created}
    ids["Decision"] = lead["decision"]["id"]
    if case.state == "none":
        return ids
    handover = lead["handovers"]["nodes"][0]
    assert (handover["team"] is None) == (case.state == "queued")
    breaches = (await world.admin.ask(MISSED))["breaches"]["nodes"]
    missed = next(
        b for b in breaches if b["subject"]["id"] == handover["id"] and b["party"] == "SALES" and b["obligation"]
    )
    ids |= {"Handover": handover["id"], "Obligation": missed["obligation"]["id"], "Breach": missed["id"]}
    return ids | {"Activity": lead["activities"]["nodes"][0]["id"]}
