"""`baton watch`: a line for each event, a lost connection made again, a refused key told clearly."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest

from api.cli.client.remote import RECORD_ACTIVITIES, UPSERT_LEADS, Remote
from api.cli.client.stream import StreamRefused, Told, follow
from api.cli.terminal.lines import watched
from application.demo.setting import Setting, set_up
from application.lifespan.housing import prepared_application
from tests.cli.conftest import Start, run

URL = r"(http://\S+/graphql)"
FIELDS = {"lastName": "Egger", "email": "egger@molkerei.example", "phone": "+43 512 555"}
ACCOUNT = {"key": "molkerei", "name": "Molkerei Egger", "fields": {"country": "AT", "employees": 140}}


async def _setting(new_database_url: Callable[..., Awaitable[str]]) -> tuple[str, Setting]:
    url = await new_database_url()
    async with prepared_application(url) as application:
        return url, await set_up(application)


async def _hand_over(url: str, setting: Setting, key: str) -> None:
    async with Remote(url, setting.integration.secret) as remote:
        lead = {"externalId": key, "fields": FIELDS, "account": ACCOUNT}
        await remote.change(UPSERT_LEADS, source="test", leads=[lead])
        at = (await remote.ask("{ events(first: 1) { nodes { at } } }", {}))["events"]["nodes"][0]["at"]
        activity = {"key": key, "lead": key, "type": "callback-request", "occurredAt": at}
        await remote.change(RECORD_ACTIVITIES, source="test", activities=[activity])


async def _first(url: str, key: str, after: str | None = None) -> Told:
    return await anext(aiter(follow(url, key, [watched(after)], notice=lambda _: None)))


async def test_events_are_told_across_a_restart_of_the_server(
    start: Start, new_database_url: Callable[..., Awaitable[str]]
) -> None:
    """Goes on behind the last event after the server was away; Ctrl-C is no failure and tells where it stopped.

    A refused key, a wrong address and a wrong cursor are told as what they are, and not tried again.
    """
    database, setting = await _setting(new_database_url)
    server = start("serve", "--port", "0", BATON_DATABASE_URL=database)
    url = await server.seen(URL)
    watching = start("watch", "--url", url, "--key", setting.management.secret, "--after", "EARLIEST")
    await watching.seen("In force: mittelstand. Open handovers: 0", of=watching.errors)
    await _hand_over(url, setting, "first")
    await watching.seen(r"OFFERED +Egger, Molkerei Egger .* contact-request → field-sales-south/")
    with pytest.raises(StreamRefused, match="The key was refused"):
        await _first(url, "baton_nobody")
    with pytest.raises(StreamRefused, match="is no API of Baton"):
        await _first(url.replace("graphql", "nowhere"), setting.management.secret)
    with pytest.raises(StreamRefused, match="events cannot be followed"):
        await _first(url, setting.management.secret, after="nonsense")
    assert await asyncio.to_thread(server.end, signal.SIGTERM) == 0
    server = start("serve", "--port", url.split(":")[2].split("/")[0], BATON_DATABASE_URL=database)
    await server.seen(URL)
    await _hand_over(url, setting, "second")
    await watching.seen(r"(?s)OFFERED .*OFFERED ")
    assert await asyncio.to_thread(watching.end, signal.SIGINT) == 0
    assert watching.text.count("OFFERED") == 2
    assert any("trying again" in line for line in watching.errors)
    assert "--after" in watching.errors[-1]


@pytest.mark.parametrize("url", ["gopher://x", "nonsense", "ws://"])
def test_what_is_no_address_is_one_line(url: str) -> None:
    """Says what an address looks like."""
    said = run("watch", "--url", url, "--key", "baton_nobody")
    assert (said.status, "is no address such as ws://" in said.err) == (1, True)
