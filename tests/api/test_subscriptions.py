"""Following handovers, breaches and events: what is told, in which order, to whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.following import BREACHES, EVENTS, HANDOVERS, Follower, Server, serving
from tests.api.house import World


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world: who writes and who follows meet only there."""
    async with serving(world.application.database.url) as server:
        yield server


def words(envelopes: list[dict[str, Any]]) -> list[str]:
    """The types of what was told."""
    return [envelope["type"] for envelope in envelopes]


async def about(follower: Follower, handover: str) -> dict[str, Any]:
    """The next envelope about a handover; tests before have left others, about which something happens too."""
    while True:
        (envelope,) = await follower.next(1)
        subject = envelope["handover"] if "handover" in envelope else envelope["breach"]["subject"]
        if subject["id"] == handover:
            return envelope


async def test_what_happens_arrives_with_the_handover_as_it_stands(world: World, server: Server) -> None:
    """A stream tells where it begins; then each event arrives once, in order, with the handover as it is now."""
    async with server.following(world.marketing.secret, HANDOVERS) as follower:
        assert (follower.begun["type"], follower.begun["handover"]) == ("CHECKPOINT", None)
        _, handover = await world.offered()
        told = await follower.next(2)
        assert words(told) == ["OFFERED", "ASSIGNED"]
        assert {one["handover"]["id"] for one in told} == {handover}
        await world.admin.done("acceptHandover", "handover { id }", handover=handover)
        (accepted,) = await follower.next(1)
    assert (accepted["type"], accepted["handover"]["state"]) == ("ACCEPTED", "ACCEPTED")
    assert accepted["handover"]["lead"]["stage"] != told[0]["handover"]["lead"]["stage"]
    assert len({one["id"] for one in [follower.begun, *told, accepted]}) == 4


async def test_an_envelope_is_the_event_of_the_log(world: World, server: Server) -> None:
    """Its cursor is that of the event in the log; its id is of its own type and no node, so no store mixes them."""
    async with server.following(world.marketing.secret, HANDOVERS) as follower:
        await world.offered()
        offered, _ = await follower.next(2)
    query = "query ($id: ID!) { node(id: $id) { id } }"
    for one in (offered, follower.begun):
        assert (await world.marketing.ask(query, id=one["id"]))["node"] is None
    log = "query ($after: Cursor) { events(after: $after, first: 1) { nodes { id cursor type at } } }"
    (event,) = (await world.marketing.ask(log, after=follower.begun["cursor"]))["events"]["nodes"]
    while event["cursor"] != offered["cursor"]:
        (event,) = (await world.marketing.ask(log, after=event["cursor"]))["events"]["nodes"]
    assert (event["type"], event["at"]) == ("handover.offered", offered["at"])
    assert event["id"] != offered["id"]


async def test_a_missed_answer_arrives_as_a_breach(world: World, server: Server) -> None:
    """The clock's warning, escalation and breach arrive; so does the breach's end when the answer comes."""
    marketing = world.marketing.secret
    async with server.following(marketing, HANDOVERS) as handovers, server.following(marketing, BREACHES) as breaches:
        _, handover = await world.offered()
        await world.pass_time(hours=12)
        opened = await about(breaches, handover)
        assert (opened["type"], opened["breach"]["state"], opened["breach"]["kind"]) == ("OPENED", "OPEN", "answer")
        await world.admin.done("acceptHandover", "handover { id }", handover=handover)
        resolved = await about(breaches, handover)
        told = [await about(handovers, handover) for _ in range(4)]
    assert (resolved["type"], resolved["breach"]["state"]) == ("RESOLVED", "RESOLVED")
    assert (resolved["breach"]["id"], resolved["at"] > opened["at"]) == (opened["breach"]["id"], True)
    assert (words(told)[:2], {"WARNED", "ESCALATED"} <= set(words(told))) == (["OFFERED", "ASSIGNED"], True)


async def test_the_whole_log_can_be_followed_by_type(world: World, server: Server) -> None:
    """The log tells of events of the types asked for, with what they are about; its checkpoints are about nothing."""
    async with server.following(world.admin.secret, EVENTS, types=["lead.created", "handover.offered"]) as follower:
        assert (follower.begun["type"], follower.begun["subject"]) == ("checkpoint", None)
        _, handover = await world.offered()
        told = await follower.next(2)
    assert words(told) == ["lead.created", "handover.offered"]
    assert told[1]["subject"]["id"] == handover


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"state": ["ACCEPTED"]}, ["ACCEPTED"]),
        ({"state": ["OFFERED"], "queued": False, "open": True}, ["OFFERED", "ASSIGNED", "LEFT"]),
        ({"team": ["field-sales"]}, []),
        ({"team": ["inside-sales"], "agreement": "main"}, ["OFFERED", "ASSIGNED", "ACCEPTED"]),
        ({"open": False}, []),
        ({"overdue": True}, []),
        ({"offeredSince": "2026-01-01T00:00:00Z", "lead": "nobody"}, []),
        ({"offeredSince": "2030-01-01T00:00:00Z"}, []),
    ],
)
async def test_filters_are_applied_to_how_it_stood_at_the_event(
    world: World, server: Server, wanted: dict[str, Any], expected: list[str]
) -> None:
    """A filter judges each event by how things stood then; what is filtered out still moves the cursor on."""
    async with server.following(world.marketing.secret, HANDOVERS) as follower:
        _, handover = await world.offered()
        await world.admin.done("acceptHandover", "handover { id }", handover=handover)
        *_, last = await follower.next(3)
    after = follower.begun["cursor"]
    async with server.following(world.marketing.secret, HANDOVERS, filter=wanted, after=after) as filtered:
        told = await filtered.until_checkpoint()
    assert words(told) == [*expected, "CHECKPOINT"]
    async with server.following(world.marketing.secret, HANDOVERS, after=told[-1]["cursor"]) as behind:
        assert words(await behind.until_checkpoint()) == ["CHECKPOINT"]
    assert told[-1]["handover"] is None
    assert last["handover"]["state"] == "ACCEPTED"


async def test_breaches_are_filtered_too(world: World, server: Server) -> None:
    """Breaches are filtered by kind, party, severity and team."""
    matching = {"kind": ["answer"], "party": "SALES", "severity": ["MEDIUM", "HIGH"], "team": ["inside-sales"]}
    others: list[dict[str, Any]] = [
        {"kind": ["no-capacity"]},
        {"kind": ["answer"], "party": "MARKETING"},
        {"state": ["ACKNOWLEDGED"]},
    ]
    async with server.following(world.marketing.secret, BREACHES, filter=matching) as follower:
        await world.offered()
        await world.pass_time(days=3)
        assert words(await follower.next(1)) == ["OPENED"]
    for wanted in others:
        after = follower.begun["cursor"]
        async with server.following(world.marketing.secret, BREACHES, filter=wanted, after=after) as other:
            assert words(await other.until_checkpoint()) == ["CHECKPOINT"]


async def test_sales_is_told_of_its_own_teams_only(world: World, server: Server) -> None:
    """Sales of another team is told nothing of a handover, neither by handovers nor by breaches nor by events."""
    async with (
        server.following(world.sales.secret, HANDOVERS) as inside,
        server.following(world.field.secret, HANDOVERS) as handovers,
        server.following(world.field.secret, BREACHES) as breaches,
        server.following(world.field.secret, EVENTS) as events,
    ):
        await world.offered()
        await world.pass_time(days=3)
        assert words(await inside.next(2)) == ["OFFERED", "ASSIGNED"]
        await asyncio.sleep(0.3)
        for other in (handovers, breaches, events):
            assert words(await other.until_checkpoint())[:1] in (["CHECKPOINT"], ["checkpoint"])


async def test_a_handover_that_went_elsewhere_is_told_without_it(world: World, server: Server) -> None:
    """A team is told once that a handover left it, by its id and nothing else, and nothing of what happens after."""
    _, handover = await world.offered()
    async with (
        server.following(world.sales.secret, HANDOVERS) as before,
        server.following(world.field.secret, HANDOVERS) as then,
    ):
        given = {"handover": handover, "team": "field-sales", "reason": "territory"}
        await world.management.done("reassignHandover", "handover { team }", **given)
        (lost,), (got,) = await before.next(1), await then.next(1)
        await world.admin.done("acceptHandover", "handover { id }", handover=handover)
        assert words(await then.next(1)) == ["ACCEPTED"]
        assert words(await before.until_checkpoint()) == ["CHECKPOINT"]
    assert (lost["type"], lost["handover"], lost["because"]) == ("LEFT", None, None)
    assert lost["handoverId"] == got["handoverId"] == handover
    assert (got["id"], got["handover"]["team"]) == (lost["id"], "field-sales")


async def test_what_is_loaded_is_fresh_with_each_event(world: World, server: Server) -> None:
    """What is read through loaders is read anew for each event of one subscription."""
    async with server.following(world.marketing.secret, HANDOVERS) as follower:
        _, handover = await world.offered()
        stages = [one["handover"]["lead"]["stage"] for one in await follower.next(2)]
        await world.admin.done("acceptHandover", "handover { id }", handover=handover)
        stages += [one["handover"]["lead"]["stage"] for one in await follower.next(1)]
    assert stages == ["mql", "mql", "sal"]
