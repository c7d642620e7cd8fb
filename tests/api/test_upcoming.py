"""What comes next about a handover, over GraphQL [S3.2b]."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.api.house import World
from tests.api.test_queries_lists import counted

UPCOMING = "upcoming { at act kind action audience recipients { audience person party } obligation { id dueAt } }"
ONE = f"query ($id: ID!) {{ node(id: $id) {{ ... on Handover {{ answerDueAt team assignee {UPCOMING} }} }} }}"


async def upcoming(world: World, handover: str) -> Any:
    """The handover with what comes next."""
    return (await world.admin.ask(ONE, id=handover))["node"]


async def test_each_step_to_come_says_whom_it_would_reach(world: World) -> None:
    """Warning, escalation and breach in order of time, with the people as they are now."""
    _, handover = await world.offered()
    found = await upcoming(world, handover)
    steps = found["upcoming"]
    assert [(s["act"], s["action"], s["audience"]) for s in steps] == [
        ("ESCALATE", "NOTIFY", "PERSON"),
        ("WARN", None, "PERSON"),
        ("BREACH", None, None),
        ("ESCALATE", "NOTIFY", "TEAM_LEAD"),
        ("ESCALATE", "NOTIFY", "MANAGEMENT"),
    ]
    assert {s["kind"] for s in steps} == {"answer"}
    assert [s["at"] for s in steps] == sorted(s["at"] for s in steps)
    assert steps[2]["at"] == found["answerDueAt"] == steps[2]["obligation"]["dueAt"]
    assignee = [{"audience": "PERSON", "person": found["assignee"], "party": None}]
    told = [s["recipients"] for s in steps]
    assert (told[0], told[1], told[2]) == (assignee, assignee, [])
    assert told[3][0]["person"] is not None
    assert told[4] == [{"audience": "MANAGEMENT", "person": None, "party": None}]


async def test_what_is_done_is_no_longer_to_come(world: World) -> None:
    """After the warning the rest is left; an answer leaves what is owed then; at the end nothing is left."""
    key, handover = await world.offered()
    steps = (await upcoming(world, handover))["upcoming"]
    world.time.at = max(world.time.at, datetime.fromisoformat(steps[1]["at"]))
    await world.pass_time(seconds=1)
    assert (await upcoming(world, handover))["upcoming"] == steps[2:]
    await world.admin.done("acceptHandover", "handover { id }", handover=handover)
    after = (await upcoming(world, handover))["upcoming"]
    assert "answer" not in {s["kind"] for s in after}
    assert "first-contact" in {s["kind"] for s in after}
    ref = {"key": {"source": "crm", "externalId": key}}
    moved = {"lead": ref, "stage": "lost", "reason": "no budget"}
    await world.admin.done("moveLead", "lead { stage }", **moved)
    assert (await upcoming(world, handover))["upcoming"] == []


async def test_many_handovers_cost_what_one_costs(world: World) -> None:
    """What comes next about a page of handovers is read together."""
    for _ in range(4):
        await world.offered()
    query = f"query ($first: Int!) {{ handovers(first: $first) {{ nodes {{ {UPCOMING} }} }} }}"
    costs = []
    for first in (4, 1, 4):
        with counted(world) as sent:
            found = await world.admin.ask(query, first=first)
        assert len(found["handovers"]["nodes"]) == first
        costs.append(len(sent))
    assert costs[1] == costs[2]


async def test_sales_sees_what_comes_next_of_its_own(world: World) -> None:
    """A team does not see the handovers of another, nor what comes next about them."""
    _, handover = await world.offered()
    team = (await upcoming(world, handover))["team"]
    mine, other = (world.sales, world.field) if team == "inside-sales" else (world.field, world.sales)
    assert (await mine.ask(ONE, id=handover))["node"]["upcoming"]
    assert (await other.ask(ONE, id=handover))["node"] is None
