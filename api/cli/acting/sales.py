"""A sales team in the demonstration: it accepts, returns, forgets, calls, wins and loses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain, count
from random import Random
from typing import Any

import structlog

from api.cli.acting.marketing import SOURCE
from api.cli.client.remote import RECORD_ACTIVITIES, Remote, RemoteRefusal
from api.cli.client.stream import Subscription, follow
from application.agreements.start_agreement import Key
from application.demo.words import EXPLANATIONS, RETURN_COMMENTS
from application.runtime.time_source import TimeSource
from domain.time.business_time import BusinessCalendar

_ERRORS = "errors { code message }"
ACCEPT = f"mutation Accept($input: AcceptHandoverInput!) {{ acceptHandover(input: $input) {{ {_ERRORS} }} }}"
RETURN = f"mutation Return($input: ReturnHandoverInput!) {{ returnHandover(input: $input) {{ {_ERRORS} }} }}"
MOVE = f"mutation Move($input: MoveLeadInput!) {{ moveLead(input: $input) {{ {_ERRORS} }} }}"
EXPLAIN = f"mutation Explain($input: AcknowledgeBreachInput!) {{ acknowledgeBreach(input: $input) {{ {_ERRORS} }} }}"
HANDOVERS = """
subscription Offers($after: Cursor) {
  handovers(after: $after) { cursor type handover { id team assignee lead { id } } }
}
"""
BREACHES = """
subscription Missed($after: Cursor) {
  breaches(after: $after) { cursor type breach { id obligation { team } } }
}
"""
KEYS = "query Keys($id: ID!) { lead(ref: {id: $id}) { keys { source externalId } } }"
LATER_REASONS = ("no-project", "budget-later", "unreachable", "incomplete-data", "wrong-contact", "no-fit")
_log = structlog.get_logger("baton.demo")


class Habits:
    """The acts of sales on the next handover, all teams together, so that all of it is seen soon."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed + 1)  # noqa: S311 - a story, not a secret
        self.touches = count(1)
        self._answers = chain(("accept", "return", "forget", "accept", "accept", "late", "return"), self._later())

    def _later(self) -> Iterator[str]:
        while True:
            yield self.random.choices(("accept", "return", "forget", "late"), (56, 22, 12, 10))[0]

    def answer(self) -> str:
        """Return what is done with the next handover."""
        return next(self._answers)


class Sales:
    """One team: follows its handovers and breaches, and acts on them in working hours."""

    def __init__(self, url: str, key: Key, time: TimeSource, calendar: BusinessCalendar, habits: Habits) -> None:
        self._url = url
        self._key = key
        self._time = time
        self._calendar = calendar
        self._habits = habits
        self._met: set[tuple[str, str | None]] = set()
        """Handovers that were seen, each by itself and with whoever had it."""

    async def run(self) -> None:
        """Go on until cancelled."""
        wanted = [Subscription("handovers", HANDOVERS, "EARLIEST"), Subscription("breaches", BREACHES, "EARLIEST")]
        async with Remote(self._url, self._key.secret) as remote, asyncio.TaskGroup() as doings:
            async for told in follow(self._url, self._key.secret, wanted, notice=lambda _: None):
                if told.field == "breaches" and told.event["type"] == "OPENED":
                    self._look_into(doings, remote, told.event["breach"])
                elif told.field == "handovers" and told.event["type"] in {"OFFERED", "ASSIGNED"}:
                    self._look_at(doings, remote, told.event["handover"])

    def _look_into(self, doings: asyncio.TaskGroup, remote: Remote, breach: Mapping[str, Any] | None) -> None:
        """Explain every other breach of the team."""
        whose = ((breach or {}).get("obligation") or {}).get("team")
        if breach is not None and whose in self._key.principal.teams and self._habits.random.random() < 0.5:
            doings.create_task(self._quietly(self._explain(remote, breach["id"])))

    def _look_at(self, doings: asyncio.TaskGroup, remote: Remote, handover: Mapping[str, Any] | None) -> None:
        if handover is None or handover["assignee"] is None:
            return
        once, whose = (handover["id"], None), (handover["id"], handover["assignee"])
        known = once in self._met
        if whose in self._met:
            return
        self._met |= {once, whose}
        answer = "accept" if known else self._habits.answer()
        if answer != "forget":
            doings.create_task(self._quietly(self._answer(remote, handover, answer)))

    async def _quietly(self, doing: Any) -> None:
        """Skip a step that comes too late in a story that somebody else has changed."""
        try:
            await doing
        except RemoteRefusal as refusal:
            _log.debug("left at that", reason=str(refusal))

    async def _after(self, least: float, most: float) -> None:
        """Wait so many working hours."""
        hours = self._habits.random.uniform(least, most)
        await asyncio.sleep(self._time.seconds_until(self._calendar.add(self._time.now(), timedelta(hours=hours))))

    async def _answer(self, remote: Remote, handover: Mapping[str, Any], answer: str) -> None:
        await self._after(*((6.8, 7.8) if answer == "late" else (0.7, 4.0)))
        if answer == "return":
            reason = self._habits.random.choice(LATER_REASONS)
            comment = RETURN_COMMENTS[reason]
            if reason in NEEDS_EFFORT:
                await remote.change(ACCEPT, handover=handover["id"])
                await NEEDS_EFFORT[reason](self, remote, handover["lead"]["id"])
            await remote.change(RETURN, handover=handover["id"], reason=reason, comment=comment)
            return
        await remote.change(ACCEPT, handover=handover["id"])
        await self._work(remote, handover["lead"]["id"])

    async def _work(self, remote: Remote, lead: str) -> None:
        """Call, qualify, and in the end win or lose."""
        if self._habits.random.random() < 0.85:
            await self._after(0.5, 6)
            await self._touch(remote, lead, outcome=self._habits.random.choice(("reached", "reached", "voicemail")))
        await self._after(4, 12)
        await remote.change(MOVE, lead={"id": lead}, stage="sql")
        if self._habits.random.random() < 0.4:
            await self._after(2, 10)
            await remote.change(MOVE, lead={"id": lead}, stage="opportunity-generated")
        elif self._habits.random.random() < 0.6:
            await self._after(2, 10)
            await remote.change(MOVE, lead={"id": lead}, stage="lost", reason="Bought elsewhere.")

    async def _reach(self, remote: Remote, lead: str) -> None:
        """Reach the lead, which may want nothing."""
        await self._after(0.5, 3)
        await self._touch(remote, lead, outcome="reached")

    async def _try_in_vain(self, remote: Remote, lead: str) -> None:
        """Try as often, on as many channels and for as long as the agreement asks."""
        for outcome in ("no-answer", None, "voicemail", "no-answer", "no-answer", "no-answer"):
            await self._after(4.5, 6)
            await self._touch(remote, lead, outcome=outcome)

    async def _touch(self, remote: Remote, lead: str, *, outcome: str | None) -> None:
        """Record a call with its outcome; without one, an e-mail."""
        keys = (await remote.ask(KEYS, {"id": lead}))["lead"]["keys"]
        activity = {
            "key": f"touch-{next(self._habits.touches):06}",
            "lead": next(key["externalId"] for key in keys if key["source"] == SOURCE),
            "type": "sales-call" if outcome else "sales-email",
            "occurredAt": self._time.now().isoformat(),
            "party": "SALES",
            "person": self._key.principal.person,
            "fields": {"outcome": outcome} if outcome else {},
        }
        await remote.change(RECORD_ACTIVITIES, source=SOURCE, activities=[activity])

    async def _explain(self, remote: Remote, breach: str) -> None:
        await self._after(0.5, 3)
        await remote.change(EXPLAIN, breach=breach, explanation=self._habits.random.choice(EXPLANATIONS))


NEEDS_EFFORT = {"no-project": Sales._reach, "unreachable": Sales._try_in_vain}
"""The effort for a lead before it is returned for a reason that requires it."""
