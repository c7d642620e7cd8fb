"""A house with an active agreement, two teams and a key for each role; time stands still until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_agreement, create_draft, update_draft
from application.agreements.signing import sign_version
from application.agreements.submitting import submit_version
from application.clock.clock_loop import ClockLoop
from application.directory.edit_team import upsert_team
from application.directory.manage_keys import create_key, sign_in
from application.documents.templates import template
from application.intake.record_activities import record_activities
from application.intake.upsert_leads import upsert_leads
from application.reading import lists
from application.runtime.incoming import IncomingAccount, IncomingActivity, IncomingLead, ItemResult
from application.runtime.page import PageRequest
from application.runtime.time_source import TimeSource
from application.runtime.transaction import Application
from domain.handovers.handover import Handover
from domain.obligation import Breach, Obligation
from domain.party import Party
from domain.people.principal import Principal, Role
from domain.people.team import Member, Team
from persistence.database.database import Database
from persistence.events.event_log import StoredEvent, read_after
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail

_PENDING = text("select exists (select from event_pending)")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday at ten in Berlin, within opening hours."""


class StandingTime(TimeSource):
    """A time that only a test moves."""

    def __init__(self, at: datetime = MONDAY) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self.at

    def pass_by(self, **length: float) -> datetime:
        """Let time pass; hours=1, seconds=1 and so on."""
        self.at += timedelta(**length)
        return self.at


@dataclass
class Scene:
    """Who and what a test works with."""

    application: Application
    time: StandingTime
    admin: Principal
    marketing: Principal
    sales: Principal
    management: Principal
    integration: Principal
    version: UUID | None = None
    source: str = "crm"
    _keys: int = field(default=0)

    @property
    def main(self) -> UUID:
        """The version that is active from the beginning."""
        assert self.version is not None
        return self.version

    @property
    def clock(self) -> ClockLoop:
        """The clock of the house, to be ticked by hand."""
        return ClockLoop(self.application)

    async def tick(self) -> None:
        """Let the clock do all that is due."""
        while await self.clock.tick():
            pass

    async def new_version(
        self, agreement: str, *, sections: Mapping[str, Any] | None = None, document: Mapping[str, Any] | None = None
    ) -> UUID:
        """An approved version of an agreement: the active one's content, some sections replaced."""
        source = NewDraft(document=document) if document is not None else NewDraft()
        draft = await create_draft(self.application, self.marketing, agreement=agreement, source=source)
        if sections:
            await update_draft(
                self.application, self.marketing, version_id=draft, expected_revision=1, sections=sections
            )
        await self.approve(draft, revision=2 if sections else 1)
        return draft

    async def approve(self, version: UUID, *, revision: int = 1) -> None:
        """Submit a draft and have both parties sign it."""
        await submit_version(self.application, self.marketing, version_id=version, expected_revision=revision)
        for party, who in ((Party.MARKETING, self.marketing), (Party.SALES, self.sales)):
            await sign_version(self.application, who, version_id=version, party=party, approve=True, comment=None)

    async def lead(
        self, key: str, *, employees: int = 60, company: str | None = None, owner: str | None = None, **fields: Any
    ) -> ItemResult:
        """Send one lead that fits and carries what a handover needs, unless told otherwise; of a company of its own."""
        known = {"email": f"{key}@example.org", "country": "DE", "role": "Owner"} | fields
        of_company = {"employees": employees, "industry": "machinery"}
        account = IncomingAccount(
            company or f"company of {key}", fields=of_company, **({"owner": owner} if owner else {})
        )
        item = IncomingLead(key, {k: v for k, v in known.items() if v is not None}, account)
        return (await upsert_leads(self.application, self.integration, source=self.source, items=[item])).results[0]

    async def activity(self, lead: str, kind: str = "contact-form", **about: Any) -> ItemResult:
        """Record one activity of a lead."""
        self._keys += 1
        about = {"key": f"a{self._keys}", "occurred_at": self.time.now(), **about}
        item = IncomingActivity(lead=lead, type=kind, **about)
        answer = await record_activities(self.application, self.integration, source=self.source, items=[item])
        return answer.results[0]

    async def offered(self, key: str, **about: Any) -> Handover:
        """A lead that asked for contact and was handed over."""
        await self.lead(key, **about)
        result = await self.activity(key)
        assert result.handover_id is not None
        return await self.handover(result.handover_id)

    async def handover(self, handover_id: UUID) -> Handover:
        """A handover as it is now."""
        return next(h for h in await self.handovers() if h.id == handover_id)

    async def handovers(self) -> list[Handover]:
        """All handovers, the newest first."""
        page = await lists.handovers(self.application, self.admin, lists.HandoverFilter()).page(PageRequest(first=1000))
        return list(page.items)

    async def obligations(self, **wanted: Any) -> list[Obligation]:
        """Obligations, the earliest due first."""
        found = lists.obligations(self.application, self.admin, lists.ObligationFilter(**wanted))
        return list((await found.page(PageRequest(first=1000))).items)

    async def breaches(self, **wanted: Any) -> list[Breach]:
        """Breaches, the newest first."""
        found = lists.breaches(self.application, self.admin, lists.BreachFilter(**wanted))
        return list((await found.page(PageRequest(first=1000))).items)

    async def events(self, *prefixes: str) -> list[StoredEvent]:
        """The events written so far, in order, of types that begin so."""
        async with self.application.database.reading() as connection:
            while await connection.scalar(_PENDING):
                self.application.sequencer.wake()
                await asyncio.sleep(0.01)
            found = await read_after(connection, 0, limit=100_000)
        return [event for event in found if not prefixes or event.type.startswith(prefixes)]


def starter_document(**sections: Any) -> dict[str, Any]:
    """The starter template's document as JSON, some sections replaced."""
    found = template("starter")
    assert found is not None
    return found.document.to_json() | sections


def leads_only(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document without what is owed by a day or in a rhythm, so that all obligations are about leads."""
    stages = [{name: v for name, v in s.items() if name != "measures"} for s in document["journey"]["stages"]]
    feedback = {name: value for name, value in document["feedback"].items() if name != "meetings"}
    kept = {name: value for name, value in document.items() if name not in ("reviewOn", "material")}
    return kept | {"journey": document["journey"] | {"stages": stages}, "feedback": feedback}


async def set_scene(database: Database, *, active: bool = True) -> Scene:
    """A house on an empty database, with keys, two teams and, if wished, the starter agreement active."""
    time = StandingTime()
    application = Application(database, time, Sequencer(database), Tail(database))
    application.sequencer.start()

    async def signed_in(role: Role, person: str | None, *teams: str) -> Principal:
        _, secret = await create_key(
            application, None, name=role.value.lower(), role=role, person=person, team_keys=teams
        )
        principal = await sign_in(application, secret)
        assert principal is not None
        return principal

    management = await signed_in(Role.MANAGEMENT, "max.boss")
    inside = Team("inside-sales", "Inside sales", Party.SALES, "ines.vogt", None, (Member("jonas"), Member("mia")))
    field_team = Team("field-sales", "Field sales", Party.SALES, "karl", None, (Member("karl"), Member("petra")))
    for team in (inside, field_team):
        await upsert_team(application, management, team=team)
    scene = Scene(
        application=application,
        time=time,
        admin=await signed_in(Role.ADMIN, "root"),
        marketing=await signed_in(Role.MARKETING, "anna.berg"),
        sales=await signed_in(Role.SALES, "ines.vogt", "inside-sales", "field-sales"),
        management=management,
        integration=await signed_in(Role.INTEGRATION, None),
    )
    if active:
        content = leads_only(starter_document())
        _, scene.version = await create_agreement(
            application, scene.marketing, key="main", title="Main", document=content
        )
        assert scene.version is not None
        await scene.approve(scene.version)
        await activate_version(application, scene.management, version_id=scene.version)
        await scene.tick()
    return scene
