"""Marketing's tools in the demonstration: they send leads, what the leads do, and what becomes known later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from api.cli.client.remote import RECORD_ACTIVITIES, UPSERT_LEADS, Remote
from application.demo.prospects import Prospect, Step, prospects
from application.runtime.time_source import TimeSource

SOURCE, CRM = "marketing-automation", "crm"
"""The names under which the two systems of the template write."""
IN_CRM = frozenset({"buyingRole", "budget"})
"""The fields that only the CRM may tell, because it owns these fields."""
PAUSE_SECONDS = (0.5, 1.5)
"""Of the world, between two leads."""


class Marketing:
    """Sends a prospect every second or so, and lives through the story of each."""

    def __init__(self, remote: Remote, time: TimeSource, seed: int) -> None:
        self._remote = remote
        self._time = time
        self._seed = seed
        self._numbers = count(1)
        self.leads = 0
        self.activities = 0

    async def run(self) -> None:
        """Go on until cancelled."""
        random = Random(self._seed)  # noqa: S311 - a story, not a secret
        async with asyncio.TaskGroup() as stories:
            for prospect in prospects(self._seed):
                stories.create_task(self._live(prospect))
                await asyncio.sleep(0.3 if self.leads < 3 else random.uniform(*PAUSE_SECONDS))

    async def _live(self, prospect: Prospect) -> None:
        begun = self._time.now()
        account = {"key": prospect.account_key, "name": prospect.account_name, "fields": dict(prospect.account)}
        own = {name: value for name, value in prospect.fields.items() if name not in IN_CRM}
        await self._send(prospect, own, account=account, createdAt=begun.isoformat())
        if len(own) < len(prospect.fields):
            await self._tell_crm(prospect)
        self.leads += 1
        for step in prospect.steps:
            await asyncio.sleep(self._time.seconds_until(begun + timedelta(hours=step.after_hours)))
            await self._take(prospect, step)

    async def _take(self, prospect: Prospect, step: Step) -> None:
        if step.activity is None:
            await self._send(prospect, step.fields)
            return
        activity = {
            "key": f"demo-{next(self._numbers):06}",
            "lead": prospect.external_id,
            "type": step.activity,
            "occurredAt": self._time.now().isoformat(),
            "fields": dict(step.fields),
        }
        await self._remote.change(RECORD_ACTIVITIES, source=SOURCE, activities=[activity])
        self.activities += 1

    async def _send(self, prospect: Prospect, fields: Mapping[str, Any], **more: Any) -> None:
        lead = {"externalId": prospect.external_id, "fields": dict(fields), **more}
        await self._remote.change(UPSERT_LEADS, source=SOURCE, leads=[lead])

    async def _tell_crm(self, prospect: Prospect) -> None:
        """The CRM's knowledge of the prospect, under a key of its own for the same lead."""
        fields = {name: value for name, value in prospect.fields.items() if name in IN_CRM}
        same = {"source": SOURCE, "externalId": prospect.external_id}
        lead = {"externalId": f"C{prospect.external_id}", "sameAs": same, "fields": fields}
        await self._remote.change(UPSERT_LEADS, source=CRM, leads=[lead])
