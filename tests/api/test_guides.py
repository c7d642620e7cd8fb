"""The guides tell the truth: every GraphQL document in them is run against a server, and its answer compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.api.following import Server, serving
from tests.api.guide_stage import Shown, Stage, shown
from tests.api.house import World

Made = Callable[[Stage], Awaitable[dict[str, Any]]]
SENT = {"upsertLeads": {"results": [{"externalId": "4711", "lead": {"decision": {}}}]}}
DID = {"recordActivities": {"results": [{"status": "RECORDED", "handover": {"state": "OFFERED"}}]}}
REASONS = {"node": {"slaVersion": {"document": {"handover": {"returnReasons": [{"key": "no-need"}]}}}}}
NURTURE = {"lead": {"nurture": None}}
DIGESTS: dict[str, Any] = {"events": {"payload": {}}}

ROWS: dict[str, tuple[str, Made, dict[str, Any]]] = {
    "README.Handovers": ("leader", Stage.earliest, {"handovers": {"type": "OFFERED", "handover": {"grade": "A2"}}}),
    "conditions.conditionSubjects": (
        "marketing",
        Stage.nothing,
        {"conditionSubjects": [{"name": "account.employees"}]},
    ),
    "conditions.ruleOperators": ("marketing", Stage.nothing, {"ruleOperators": [{"name": "eq", "label": "is"}]}),
    "conditions.conditionFromQuerybuilder": (
        "marketing",
        Stage.group,
        {"conditionFromQuerybuilder": {"field": "country", "op": "eq", "value": "DE"}},
    ),
    "frontends.Inbox": ("sales", Stage.offered, {"handovers": {"nodes": [{"state": "OFFERED", "grade": "A2"}]}}),
    "frontends.Follow": ("sales", Stage.earliest, {"handovers": {"type": "OFFERED"}}),
    "frontends.Done": ("sales", Stage.cursor, {"ackEvents": {}}),
    "frontends.Accept": ("leader", Stage.offered, {"acceptHandover": {"handover": {"state": "ACCEPTED"}}}),
    "frontends.Return": ("leader", Stage.to_return, {"returnHandover": {"handover": {"returnReason": "no-need"}}}),
    "frontends.Tried": ("leader", Stage.offered, {"node": {"effort": {"attempts": 0, "needed": 3}}}),
    "frontends.GiveBack": (
        "leader",
        Stage.lead,
        {"moveLead": {"lead": {"stage": "recycled", "contactOwner": "MARKETING"}}},
    ),
    "frontends.Reasons": ("sales", Stage.offered, REASONS),
    "frontends.Ask": ("leader", Stage.offered, {"returnHandover": {"handover": {"dataAwaited": ["phone"]}}}),
    "frontends.Waiting": ("leader", Stage.waiting, {"handovers": {"nodes": [{"queueReason": "ALL_ABSENT"}]}}),
    "frontends.How": ("leader", Stage.accepted, {"node": {"assignments": [{"team": "inside-sales"}]}}),
    "frontends.Away": ("leader", Stage.nothing, {"setAbsence": {"team": {}}}),
    "frontends.Why": ("sales", Stage.lead_then, {"lead": {"decisionAt": {"grade": "A2"}}}),
    "frontends.Replay": ("marketing", Stage.decision, {"replayDecision": {"outcome": "SAME", "same": True}}),
    "frontends.Owed": ("sales", Stage.offered, {"obligations": {"nodes": [{"kind": "answer", "state": "OPEN"}]}}),
    "frontends.Settle": (
        "leader",
        Stage.to_settle,
        {
            "meetObligation": {"obligation": {"state": "MET", "evidence": "Called at 10:05"}},
            "waiveObligation": {"obligation": {"state": "WAIVED"}},
        },
    ),
    "frontends.Pause": ("leader", Stage.to_pause, {"pauseClock": {"handover": {"obligations": [{"paused": True}]}}}),
    "frontends.AnswerReturn": (
        "marketing",
        Stage.returned,
        {"answerReturn": {"handover": {"returnAnswer": "Goes into the track for buyers"}}},
    ),
    "frontends.Next": ("leader", Stage.offered, {"node": {"upcoming": [{"kind": "answer"}]}}),
    "frontends.Digests": ("management", Stage.earliest, DIGESTS),
    "frontends.Preview": ("management", Stage.approved, {"activateVersion": {"preview": {"complete": True}}}),
    "frontends.EditSection": ("marketing", Stage.draft, {"updateDraft": {"version": {"revision": 2}}}),
    "frontends.WhenDue": ("sales", Stage.opening, {"deadline": "2026-03-02T13:00:00.000Z"}),
    "simulation.Try": ("marketing", Stage.to_simulate, {"simulate": {"simulation": {"state": "RUNNING"}}}),
    "simulation.Follow": ("marketing", Stage.simulation, {"simulationProgress": {"fault": None}}),
    "simulation.Read": ("marketing", Stage.simulated, {"simulation": {"result": {"counts": {}, "quality": [{}]}}}),
    "tools.SendLeads": ("tool", Stage.nothing, SENT),
    "tools.SendActivities": ("tool", Stage.known, DID),
    "tools.Ask": ("tool", Stage.to_judge, {"judge": {"grade": "D2", "handover": {"trigger": "contact-request"}}}),
    "tools.Since": ("tool", Stage.from_the_start, {"events": {"nodes": [{"type": "handover.accepted"}]}}),
    "tools.MayWeCall": ("sales", Stage.handed_over, {"contactPermission": {"owner": "MARKETING"}}),
    "tools.Consent": ("tool", Stage.asking, {"recordConsent": {"lead": {"consents": [{"purpose": "marketing-mail"}]}}}),
    "tools.Next": ("tool", Stage.lead, NURTURE),
}
"""By page and operation: who asks, what is made for it, and what the answer says among other things."""
SHOWN = list(shown())


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world, for what is followed."""
    async with serving(world.application.database.url) as server:
        yield server


def says(answer: Any, expected: Any) -> bool:
    """Whether an answer says what is expected, among other things; of a list, in one of its items."""
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(key in answer and says(answer[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(answer, list) and all(any(says(each, one) for each in answer) for one in expected)
    return bool(answer == expected)


def refusals(answer: Any) -> list[Any]:
    """What the payloads of mutations refuse, at any depth."""
    if isinstance(answer, list):
        return [found for each in answer for found in refusals(each)]
    if not isinstance(answer, dict):
        return []
    own = answer.get("errors") or []
    return [*own, *(found for each in answer.values() for found in refusals(each))]


async def first_told(server: Server, key: str, text: str, variables: dict[str, Any]) -> Any:
    """The first message of a subscription."""
    async with server.signed_in(key) as follower:
        await follower.subscribe(text, variables=variables)
        message = await follower.receive()
    assert (message["type"], "errors" in message["payload"]) == ("next", False), message
    return message["payload"]["data"]


def test_every_document_of_the_guides_has_its_row() -> None:
    """A new query in a guide wants a row that says who asks it and what comes out; none is left over."""
    assert {each.name for each in SHOWN} == set(ROWS)
    assert len({each.name for each in SHOWN}) == len(SHOWN)


@pytest.mark.parametrize("document", SHOWN, ids=lambda document: document.name)
async def test_what_a_guide_shows_is_answered_as_it_says(document: Shown, world: World, server: Server) -> None:
    """Runs it as its reader would; nothing is refused."""
    who, made, expected = ROWS[document.name]
    variables = {**document.variables, **await made(Stage(world))}
    caller = world.callers[who]
    if document.text.startswith("subscription"):
        answer = await first_told(server, caller.secret, document.text, variables)
    else:
        answer = await caller.ask(document.text, **variables)
    assert refusals(answer) == []
    assert says(answer, expected), answer
