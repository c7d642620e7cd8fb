"""`baton demo`: the whole house in a folder of its own, people who act in it, and a line for what happens."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from api.cli.acting.marketing import Marketing
from api.cli.acting.sales import Habits, Sales
from api.cli.client.remote import Remote
from api.cli.client.stream import follow
from api.cli.serving.listening import address_of, listen, listen_near
from api.cli.serving.server import server_of
from api.cli.terminal import logs
from api.cli.terminal.lines import line, watched, word_of
from api.cli.terminal.output import Text, out
from api.cli.terminal.signals import run_until_signal
from application.demo.setting import Setting, demo_template, first_morning, set_up, working_hours
from application.demo.story_time import StoryTime
from application.lifespan.housing import open_application, prepared_database
from application.runtime.settings import Settings

HOST, PORT = "127.0.0.1", 8000
SUMMARY = (
    ("Handovers offered", "OFFERED"),
    ("… accepted", "ACCEPTED"),
    ("… returned", "RETURNED"),
    ("… discarded", "DISCARDED"),
    ("… warned", "WARNED"),
    ("… reminded of", "REMINDED"),
    ("… escalated", "ESCALATED"),
    ("Breaches opened", "BREACH"),
    ("… explained", "EXPLAINED"),
    ("… resolved", "RESOLVED"),
)
"""A figure at the end: its name, and the word of its lines."""


@dataclass
class _Show:
    """One demonstration: what was asked for, and what has been seen."""

    listener: socket.socket
    seconds: float | None
    speed: float
    seed: int
    seen: Counter[str] = field(default_factory=Counter)
    marketing: Marketing | None = None
    time: StoryTime | None = None

    @property
    def address(self) -> str:
        return address_of(self.listener, HOST)


def demo(*, seconds: float | None, port: int | None, speed: float, seed: int) -> None:
    """Run the demonstration until it has taken long enough or Ctrl-C."""
    logs.configure("warning")
    listener = listen(HOST, port) if port is not None else listen_near(HOST, PORT)
    folder = Path(tempfile.mkdtemp(prefix="baton-demo-"))
    show = _Show(listener, seconds, speed, seed)
    _say(Text(f"Setting up a PostgreSQL in {folder}; it is removed at the end.", style="dim"))
    try:
        with listener:
            run_until_signal(_run(Settings(data=folder, database_url=None, graphiql=True), show))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if show.marketing is not None:
        _sum_up(show)


async def _run(settings: Settings, show: _Show) -> None:
    show.time = StoryTime(start=first_morning(working_hours(demo_template()), before=datetime.now(UTC)))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(prepared_database(settings))
        application = await stack.enter_async_context(open_application(url, time=show.time))
        setting = await set_up(application)
        server = server_of(application, settings)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.run_until_cancelled(show.listener))
            _introduce(show, setting)
            try:
                async with asyncio.timeout(show.seconds):
                    await _act(show, setting)
            except TimeoutError:
                pass
            finally:
                serving.cancel()


async def _act(show: _Show, setting: Setting) -> None:
    """Let everybody act and tell what happens, until cancelled."""
    url, habits = f"http://{show.address}/graphql", Habits(show.seed)
    time = show.time or StoryTime()
    async with Remote(url, setting.integration.secret) as remote, asyncio.TaskGroup() as group:
        await remote.ask("{ viewer { role } }", {})
        time.hurry(show.speed)
        show.marketing = Marketing(remote, time, show.seed)
        group.create_task(_tell(show, setting, url))
        for key in setting.sales.values():
            group.create_task(Sales(url, key, time, setting.calendar, habits).run())
        group.create_task(show.marketing.run())


async def _tell(show: _Show, setting: Setting, url: str) -> None:
    """Print a line for each handover, answer, warning and breach, from the subscriptions."""
    offered: set[tuple[str, str]] = set()
    async for told in follow(url, setting.management.secret, [watched("EARLIEST")], notice=lambda _: None):
        printed = line(told.event, zone=setting.zone)
        if printed is None:
            continue
        word, moment = word_of(told.event), ((told.event["subject"] or {}).get("id", ""), told.event["at"])
        show.seen[word] += 1
        if word == "OFFERED":
            offered.add(moment)
        elif word == "ASSIGNED" and moment in offered:
            continue  # the line of the offer says it already
        _say(printed)


def _introduce(show: _Show, setting: Setting) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("GraphiQL", Text(f"http://{show.address}/", style="bold cyan"))
    table.add_row("GraphQL", f"http://{show.address}/graphql")
    sales_team, sales = next(iter(setting.sales.items()))
    held = (
        ("Admin key", setting.admin),
        ("Management key", setting.management),
        ("Marketing key", setting.marketing),
        (f"Sales key, {sales_team}", sales),
        ("Integration key", setting.integration),
    )
    for label, key in held:
        table.add_row(label, Text(key.secret, style="green"))
    out().print(table, soft_wrap=True)
    command = f"baton watch --url ws://{show.address}/graphql --key {setting.management.secret}"
    _say(Text.assemble(("Follow it from another terminal:  ", "dim"), (command, "bold")))
    speed = f"{show.speed / 60:.4g} minutes pass in one second"
    title = setting.template.title()
    _say(Text(f"In force: “{title}”. {speed}. Ctrl-C stops.", style="dim"))
    out().print()


def _sum_up(show: _Show) -> None:
    marketing, time = show.marketing, show.time
    if marketing is None or time is None:
        return
    table = Table("", "Count", title="What was seen", title_justify="left", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    table.add_row("Leads sent", str(marketing.leads))
    table.add_row("Activities sent", str(marketing.activities))
    for words, counted in SUMMARY:
        table.add_row(words, str(show.seen[counted]))
    out().print()
    out().print(table)
    _say(Text(f"It was {time.now().astimezone():%A, %H:%M} there when it ended.", style="dim"))


def _say(text: Text) -> None:
    console = out()
    console.print(text, soft_wrap=True)
    console.file.flush()
