"""What stands when the queries of the guides are run: leads, handovers and drafts, made fresh for each of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.house import World, document_in_force, in_force, ref
from tests.application.scene import starter_document

HOUSE = Path(__file__).parents[2]
PAGES = [HOUSE / "README.md", *sorted((HOUSE / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(graphql|json)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"\s*(?:\w+\s+(\w+))?[^{]*\{\s*(\w+)")


@dataclass(frozen=True)
class Shown:
    """A document that a page shows, and the variables that it shows behind it."""

    name: str
    """The page and the operation: `frontends.Accept`; of one without a name, its first field."""
    text: str
    variables: Mapping[str, Any]


def shown() -> Iterator[Shown]:
    """All GraphQL documents of README and guides."""
    for page in PAGES:
        blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
        for (kind, text), (next_kind, next_text) in zip(blocks, [*blocks[1:], ("", "")], strict=False):
            if kind != "graphql":
                continue
            found = _NAME.match(text)
            assert found, text
            variables = json.loads(next_text) if next_kind == "json" else {}
            yield Shown(f"{page.stem}.{found[1] or found[2]}", text, variables)


@dataclass
class Stage:
    """The world, and ways to make what a query speaks of; each gives the variables."""

    world: World

    async def nothing(self) -> dict[str, Any]:
        """No variables."""
        return {}

    async def earliest(self) -> dict[str, Any]:
        """From the oldest event, of which there are some."""
        await self.world.offered()
        await self.world.settle()
        return {"after": "EARLIEST"}

    async def from_the_start(self) -> dict[str, Any]:
        """The log from its beginning, with an accepted handover in it."""
        await self.accepted()
        await self.world.settle()
        return {"after": None}

    async def lead(self) -> dict[str, Any]:
        """A lead that is handed over."""
        return {"lead": ref(await self.world.lead())}

    async def known(self) -> dict[str, Any]:
        """The lead of which the pages speak."""
        lead = {"externalId": "4711", "fields": {"email": "eva.maier@werk.example"}}
        await self.world.tool.done("upsertLeads", "results { status }", source="crm", leads=[lead])
        return {}

    async def handed_over(self) -> dict[str, Any]:
        """The same lead after it asked for contact, so that sales sees it."""
        await self.known()
        await self.world.activity("4711", "contact-form")
        return {}

    async def lead_then(self) -> dict[str, Any]:
        """The same, and the present moment."""
        return {**await self.lead(), "at": self.world.time.now().isoformat()}

    async def offered(self) -> dict[str, Any]:
        """A handover that waits for its answer."""
        return {"handover": (await self.world.offered())[1]}

    async def accepted(self) -> dict[str, Any]:
        """A handover that sales accepted."""
        given = await self.offered()
        await self.world.leader.done("acceptHandover", "handover { id }", **given)
        return given

    async def returned(self) -> dict[str, Any]:
        """A handover that sales returned."""
        given = await self.offered()
        await self.world.leader.done("returnHandover", "handover { id }", **given, reason="no-need")
        return given

    async def to_return(self) -> dict[str, Any]:
        """A handover, and why it goes back."""
        return {**await self.offered(), "reason": "no-need"}

    async def to_pause(self) -> dict[str, Any]:
        """An accepted handover, and until when its clocks are to stand still."""
        return {**await self.accepted(), "until": "2026-03-05T12:00:00+01:00"}

    async def waiting(self) -> dict[str, Any]:
        """A handover for which everybody is away."""
        away = {"from": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"}
        for person in ("jonas.keller", "mia.brandt", "ines.vogt"):
            await self.world.leader.done("setAbsence", "team { key }", person=person, **away)
        await self.world.offered()
        return {}

    async def cursor(self) -> dict[str, Any]:
        """Where the log stands."""
        found = await self.world.sales.ask("{ handovers { eventCursor } }")
        return {"cursor": found["handovers"]["eventCursor"]}

    async def decision(self) -> dict[str, Any]:
        """A decision that is stored."""
        query = "query ($lead: LeadRef!) { lead(ref: $lead) { decision { id } } }"
        found = await self.world.marketing.ask(query, **await self.lead())
        return {"decision": found["lead"]["decision"]["id"]}

    async def to_settle(self) -> dict[str, Any]:
        """What sales owes and has done, and what it is owed and forgives."""
        done = await self._owed(await self.accepted(), "first-contact")
        forgiven = await self._owed(await self.returned(), "return-answer")
        return {
            "met": {"obligation": done, "evidence": "Called at 10:05"},
            "waived": {"obligation": forgiven, "reason": "Said at the meeting"},
        }

    async def _owed(self, given: dict[str, Any], kind: str) -> str:
        query = "query ($handover: ID!) { obligations(filter: {subject: $handover}) { nodes { id kind } } }"
        found = await self.world.admin.ask(query, **given)
        return str(next(each["id"] for each in found["obligations"]["nodes"] if each["kind"] == kind))

    async def approved(self) -> dict[str, Any]:
        """A version that both parties signed and that is not in force."""
        made = await self.world.marketing.done("createDraft", "version { id }", agreement="main")
        version = made["version"]["id"]
        await in_force(self.world, version, activate=False)
        return {"version": version}

    async def draft(self) -> dict[str, Any]:
        """A draft, its revision, and a section to put in."""
        made = await self.world.marketing.done("createDraft", "version { id revision }", agreement="main")
        version = made["version"]
        sections = {"targets": starter_document()["targets"]}
        return {"version": version["id"], "revision": version["revision"], "sections": sections}

    async def opening(self) -> dict[str, Any]:
        """Ten in the morning in Berlin."""
        return {"from": "2026-03-02T09:00:00Z"}

    async def group(self) -> dict[str, Any]:
        """What react-querybuilder makes of a condition."""
        return {"group": {"combinator": "and", "rules": [{"field": "country", "operator": "=", "value": "DE"}]}}

    async def to_judge(self) -> dict[str, Any]:
        """A lead that is not stored, and what it did."""
        lead = {"externalId": "new", "fields": {"email": "eva@firm.example", "country": "DE"}}
        activity = {"key": "1", "lead": "new", "type": "contact-form", "occurredAt": "2026-03-02T08:00:00Z"}
        return {"lead": lead, "activities": [activity]}

    async def to_simulate(self) -> dict[str, Any]:
        """A period in which leads were handed over."""
        await self.world.offered()
        return {"input": {"version": (await self.approved())["version"], "from": "2026-02-01T00:00:00Z"}}

    async def simulation(self) -> dict[str, Any]:
        """A simulation that was begun."""
        made = await self.world.marketing.done("simulate", "simulation { id }", **(await self.to_simulate())["input"])
        return {"id": made["simulation"]["id"]}

    async def simulated(self) -> dict[str, Any]:
        """A simulation that is done."""
        given = await self.simulation()
        query = "query ($id: ID!) { simulation(id: $id) { state } }"
        async with asyncio.timeout(60):
            while (await self.world.marketing.ask(query, **given))["simulation"]["state"] == "RUNNING":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return given

    async def asking(self) -> dict[str, Any]:
        """A lead under a version that asks for consent to mails of marketing."""
        mails = {"key": "marketing-mail", "label": "News by e-mail", "party": "MARKETING", "channels": ["email"]}
        await document_in_force(self.world, starter_document() | {"contact": {"consents": [mails]}})
        return await self.lead()
