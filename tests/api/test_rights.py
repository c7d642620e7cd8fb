"""The table of rights against the whole API: every operation by everybody, whatever stands with whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from graphql import GraphQLObjectType

from api.build import build_schema
from api.graphql.lists.event_cursors import read_event_cursor, write_event_cursor
from api.graphql.parts.nodes import loaders
from domain.party import Party
from domain.people.principal import Role
from domain.people.rights import ACTING, RIGHTS, For, Reach
from tests.api.following import BREACHES, EVENTS, HANDOVERS, Follower, serving
from tests.api.house import MONDAY, mutation_of, ref
from tests.api.rights_scene import FORBIDDEN, MAY, NOT_FOUND, STATES, Actor, RightsCase, Stage, set_stage

ID = "nonsense"
AT = MONDAY.isoformat()


@pytest.fixture(scope="module")
async def stage(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[Stage]:
    """All the leads and all the people."""
    async with set_stage(await new_database_url()) as stage:
        yield stage


def of_lead(kind: str, **given: Any) -> Callable[[RightsCase], dict[str, Any]]:
    """The input of a mutation about what belongs to a lead."""
    return lambda case: {kind.lower(): case.ids[kind], **given}


def activity(case: RightsCase) -> dict[str, Any]:
    """One activity, of a type that is not there."""
    item = {"key": "tried", "lead": case.key, "type": "nothing", "occurredAt": AT}
    return {"source": "crm", "activities": [item]}


ABOUT_LEADS: dict[str, Callable[[RightsCase], dict[str, Any]]] = {
    "moveLead": lambda case: {"lead": {"id": case.ids["Lead"]}, "stage": "nowhere"},
    "recordConsent": lambda case: {"lead": ref(case.key), "purpose": "x", "channel": "email", "granted": False},
    "recordActivities": activity,
    "upsertLeads": lambda case: {"source": "crm", "leads": [{"externalId": case.key, "fields": {"nothing": 1}}]},
    "acceptHandover": of_lead("Handover"),
    "returnHandover": of_lead("Handover", reason="no-need"),
    "reassignHandover": of_lead("Handover", team="own", assignee="lead-of-own", reason="x"),
    "withdrawHandover": of_lead("Handover", reason="x"),
    "answerReturn": of_lead("Handover", comment="x"),
    "pauseClock": of_lead("Handover", until=AT, reason="x"),
    "resumeClock": of_lead("Handover"),
    "meetObligation": of_lead("Obligation"),
    "waiveObligation": of_lead("Obligation", reason="x"),
    "recordMeeting": of_lead("Obligation"),
    "acknowledgeBreach": of_lead("Breach", explanation="x"),
}
"""Each mutation about a lead, with an input that changes nothing where it would be refused for what it says."""
ELSEWHERE: dict[str, Callable[[Stage, Actor], dict[str, Any]]] = {
    "createAgreement": lambda _stage, _actor: {"key": "a b", "title": "x"},
    "createDraft": lambda _stage, _actor: {"agreement": "main", "template": "none", "document": {}},
    "updateDraft": lambda stage, _actor: {"version": stage.version, "expectedRevision": 1},
    "submitVersion": lambda stage, _actor: {"version": stage.version, "expectedRevision": 1},
    "commentSection": lambda stage, _actor: {"version": stage.version, "section": "none", "body": "x"},
    "signVersion": lambda stage, actor: {
        "version": stage.version,
        "party": (actor.party or Party.SALES).value,
        "approve": True,
    },
    "withdrawVersion": lambda stage, _actor: {"version": stage.version},
    "activateVersion": lambda stage, _actor: {"version": stage.version},
    "rollback": lambda stage, _actor: {"agreement": "main", "toVersion": stage.version},
    "upsertTeam": lambda _stage, _actor: {"key": "", "title": "x", "party": "SALES", "members": []},
    "reassignWork": lambda _stage, _actor: {"person": "nobody", "reason": " "},
    "setAbsence": lambda _stage, _actor: {"person": "rep-of-own", "from": AT, "until": AT},
    "createApiKey": lambda _stage, _actor: {"name": "", "role": "SALES"},
    "revokeApiKey": lambda _stage, _actor: {"apiKey": ID},
    "ackEvents": lambda _stage, _actor: {"consumer": "", "cursor": write_event_cursor(0)},
    "simulate": lambda stage, _actor: {"version": stage.version, "from": "2030-01-01T00:00:00Z"},
    "cancelSimulation": lambda _stage, _actor: {"simulation": ID},
}
"""Each mutation about something else."""
UNKNOWN = {"revokeApiKey", "cancelSimulation"}
"""Those of them that speak of what does not exist."""


def fields_of(root: str) -> set[str]:
    """The fields of a root type, as the table names them."""
    kind = build_schema()._schema.type_map[root]
    assert isinstance(kind, GraphQLObjectType)
    return {f"{root}.{name}" for name in kind.fields}


def test_the_table_has_a_row_for_each_operation_and_no_other() -> None:
    """A new mutation, query, subscription or node without a row fails here; so does a row without one."""
    nodes = {f"Node.{name}" for name in loaders()}
    assert set(RIGHTS) == nodes.union(*(fields_of(root) for root in ("Query", "Mutation", "Subscription")))


def test_every_mutation_is_tried() -> None:
    """A new mutation without an attempt fails here."""
    tried = {*ABOUT_LEADS, *ELSEWHERE}
    assert {f"Mutation.{name}" for name in tried} == fields_of("Mutation")
    assert not ABOUT_LEADS.keys() & ELSEWHERE.keys()


def expected(actor: Actor, operation: str, case: RightsCase, owing: Party) -> str:
    """What the row says of an attempt about what belongs to a lead, of which a party owes something."""
    row = RIGHTS[operation]
    if actor.role not in row.roles:
        return FORBIDDEN
    if actor.role is Role.SALES and row.reach is not Reach.ALL:
        teams = case.seen if row.reach is Reach.SEEN else case.held
        if actor.team not in teams:
            return NOT_FOUND
    if case.state == "none" and row.party in {For.OWING, For.OWED}:
        return NOT_FOUND
    wrong = {For.OWING: actor.party is not owing, For.OWED: actor.party is owing}.get(row.party, False)
    return FORBIDDEN if actor.role in ACTING and wrong else MAY


@pytest.mark.parametrize("state", STATES)
async def test_who_acts_on_a_lead_in_every_state_of_its_handover(stage: Stage, state: str) -> None:
    """Of sales those act with whom the lead stands: not who never had it, nor who had it once."""
    case = stage.cases[state]
    found, wanted = {}, {}
    for mutation, given in ABOUT_LEADS.items():
        for name, actor in stage.actors.items():
            wish = expected(actor, f"Mutation.{mutation}", case, Party.SALES)
            if wish == FORBIDDEN and actor.role not in RIGHTS[f"Mutation.{mutation}"].roles and state != "offered":
                continue  # a role that may not at all is refused before anybody looks at a lead
            missing = state == "none" and not {"lead", "leads", "activities"} & given(case).keys()
            wanted[mutation, name] = NOT_FOUND if missing and wish != FORBIDDEN else wish
            found[mutation, name] = await stage.outcome(actor, mutation, given(case))
    assert found == wanted


async def test_who_does_everything_else(stage: Stage) -> None:
    """Whatever the input, who may not at all is FORBIDDEN; the others are told what is wrong with it."""
    found, wanted = {}, {}
    for mutation, given in ELSEWHERE.items():
        for name, actor in stage.actors.items():
            role = actor.role in RIGHTS[f"Mutation.{mutation}"].roles
            leads = mutation != "setAbsence" or actor.role not in ACTING or actor.team == "own"
            done = NOT_FOUND if mutation in UNKNOWN else MAY
            wanted[mutation, name] = done if role and leads else FORBIDDEN
            found[mutation, name] = await stage.outcome(actor, mutation, given(stage, actor))
    assert found == wanted


NODES = ("Lead", "Account", "Activity", "Decision", "Event", "Handover", "Obligation", "Breach")
WITH_THE_HANDOVER = {"Handover", "Obligation", "Breach"}
READING = f"""query ($ref: LeadRef!, $decision: ID!, {", ".join(f"${n}: ID!" for n in NODES)}) {{
  {" ".join(f"n{n}: node(id: ${n}) {{ id }}" for n in NODES)}
  lead(ref: $ref) {{ id history {{ nodes {{ id }} }} }} replayDecision(id: $decision) {{ outcome }}
  leads(first: 100) {{ nodes {{ id }} }} handovers(first: 100) {{ nodes {{ id }} }}
  obligations(first: 100) {{ nodes {{ id }} }} breaches(first: 100) {{ nodes {{ id }} }} }}"""
ASKING = 'query ($ref: LeadRef!) { contactPermission(lead: $ref, party: SALES, channel: "phone") { allowed } }'


@pytest.mark.parametrize("state", STATES)
async def test_who_sees_a_lead_in_every_state_of_its_handover(stage: Stage, state: str) -> None:
    """By id, by key, in lists and when asking to contact it: who has or had it, and the route while it is queued."""
    case = stage.cases[state]
    present = set(NODES) - (WITH_THE_HANDOVER | {"Activity"} if state == "none" else set())
    for name, actor in stage.actors.items():
        free = actor.role is not Role.SALES
        ids = {kind: case.ids[kind] for kind in NODES}
        told = await actor.caller.ask(READING, ref=ref(case.key), decision=case.ids["Decision"], **ids)
        lead = free or actor.team in case.seen
        handover = free or actor.team in case.held
        shown = {kind for kind in NODES if told[f"n{kind}"]}
        assert shown == {k for k in present if (handover if k in WITH_THE_HANDOVER else lead)}, name
        assert (told["lead"] is not None, told["replayDecision"] is not None) == (lead, lead), name
        listed = {kind: {node["id"] for node in told[kind]["nodes"]} for kind in ("leads", "handovers", "obligations")}
        assert (case.ids["Lead"] in listed["leads"]) is lead, name
        if state != "none":
            assert (case.ids["Handover"] in listed["handovers"]) is handover, name
            assert (case.ids["Obligation"] in listed["obligations"]) is handover, name
        if lead:
            assert case.ids["Event"] in {event["id"] for event in told["lead"]["history"]["nodes"]}
        asked = await actor.caller.answer(ASKING, ref=ref(case.key))
        codes = [e["code"] for error in asked.get("errors", []) for e in error["extensions"]["errors"]]
        assert codes == ([] if lead else ["NOT_FOUND"]), name


STREAMS = ((HANDOVERS, "handover", "handovers"), (EVENTS, "subject", "leads"), (BREACHES, "breach", "breaches"))
EVERY = " ".join(f"{kind}(first: 100) {{ eventCursor nodes {{ id }} }}" for kind in ("handovers", "leads", "breaches"))


async def _until(follower: Follower, head: int) -> list[dict[str, Any]]:
    """All that is told up to a position of the log."""
    found = [await follower.told()]
    while read_event_cursor(found[-1]["cursor"]) < head:
        found.append(await follower.told())
    return found


async def test_who_is_told_what_in_a_stream(stage: Stage) -> None:
    """A stream shows the handovers, breaches and leads that a list shows; who may not simulate follows none."""
    leads = {case.ids["Lead"] for case in stage.cases.values()}
    async with serving(stage.world.application.database.url, checkpoint_seconds=0.05) as server:
        server.time.at = stage.world.time.at
        for actor in (actor for actor in stage.actors.values() if actor.role is Role.SALES):
            lists = await actor.caller.ask(f"{{ {EVERY} }}")
            head = read_event_cursor(lists["leads"]["eventCursor"])
            async with server.signed_in(actor.caller.secret) as follower:
                for query, shown, kind in STREAMS:
                    listed = {node["id"] for node in lists[kind]["nodes"]}
                    await follower.subscribe(query, name=kind, variables={"after": "EARLIEST"})
                    told = {one[shown]["id"] for one in await _until(follower, head) if one[shown]}
                    await follower.send({"type": "complete", "id": kind})
                    assert (told & leads <= listed) if kind == "leads" else told == listed, (actor.team, kind)
        async with server.signed_in(stage.actors["tool"].caller.secret) as follower:
            await follower.subscribe(f'subscription {{ simulationProgress(id: "{ID}") {{ id }} }}')
            refused = await follower.receive()
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", FORBIDDEN)


async def test_a_refusal_says_who_may(stage: Stage) -> None:
    """`needs` names the roles, the party or the persons that lack, and nothing that does not."""
    nothing = {"roles": None, "scope": None, "party": None, "persons": None}
    case, actors = stage.cases["accepted"], stage.actors

    async def needs(name: str, mutation: str, **given: Any) -> dict[str, Any]:
        answer = await actors[name].caller.answer(mutation_of(mutation, "errors { code }"), input=given)
        found: dict[str, Any] = answer["errors"][0]["extensions"]["needs"]
        return found

    roles = await needs("tool", "upsertTeam", key="x", title="x", party="SALES", members=[])
    assert roles == nothing | {"roles": ["MANAGEMENT", "ADMIN"]}
    party = await needs("marketing", "meetObligation", obligation=case.ids["Obligation"])
    assert party == nothing | {"party": "SALES"}
    absence = {"person": "rep-of-own", "from": AT, "until": AT}
    assert await needs("sales of other", "setAbsence", **absence) == nothing | {"persons": ["lead-of-own"]}
