"""Whatever people do in whatever order: the state of a handover, its lead's stage, the clocks and the owner fit."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.agreements.deciding_versions import activate_version
from application.directory.edit_team import upsert_team
from application.handovers.answer_handover import accept_handover, reassign_handover, return_handover, withdraw_handover
from application.handovers.move_lead import move_lead
from application.handovers.pause_clock import pause_clock, resume_clock
from application.history.as_of import known_at
from application.intake.contact_permission import contact_permission
from application.obligations.settle_obligation import meet_obligation
from application.reading import single
from domain.handovers.handover import Handover, HandoverState
from domain.leads.contact import ContactRefusal
from domain.party import Party
from domain.people.team import Member, Team
from domain.refusal import Refusal
from tests.application.scene import Scene, starter_document
from tests.sizes import examples

STAGES = [stage["key"] for stage in starter_document()["journey"]["stages"]]
REASONS = ("no-need", "bad-data", "competitor")
ACTS = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(STAGES), st.sampled_from([None, None, *REASONS])),
    st.tuples(st.sampled_from(["return"]), st.sampled_from(REASONS)),
    st.tuples(st.just("reassign"), st.sampled_from(["jonas", "mia"])),
    st.tuples(st.sampled_from(["accept", "accept", "withdraw", "meet", "pause", "resume", "form", "call", "room"])),
    st.tuples(st.just("wait"), st.integers(1, 60)),
)


def open_document() -> dict[str, Any]:
    """The starter agreement, in which a lead may go from any stage to any, and all are nurtured."""
    base = starter_document()
    for stage in base["journey"]["stages"]:
        stage["next"] = [key for key in STAGES if key != stage["key"]]
        stage["owner"] = "SALES" if stage["key"] == "lost" else stage["owner"]
    track = {"label": "T", "steps": [{"content": "welcome", "channel": "email"}], "stages": STAGES}
    base["handover"]["maxRounds"] = 50
    return base | {"nurturing": {"tracks": {"everybody": track}}}


class Acting:
    """One lead, and what is done with it."""

    def __init__(self, scene: Scene, key: str) -> None:
        self.scene, self.key, self.lead, self.room = scene, key, UUID(int=0), True

    async def begin(self) -> None:
        """The lead is known, and asks for contact."""
        lead = (await self.scene.lead(self.key)).lead_id
        assert lead is not None
        self.lead = lead
        await self.scene.activity(self.key)

    async def handovers(self) -> list[Handover]:
        """Those of the lead, the newest first."""
        return [h for h in await self.scene.handovers() if h.lead_id == self.lead]

    async def act(self, what: str, *about: Any) -> None:
        """One thing that somebody does, or tries to."""
        application, scene = self.scene.application, self.scene
        scene.time.pass_by(minutes=1)
        if what == "wait":
            scene.time.pass_by(minutes=20 * about[0])
            await scene.tick()
        elif what in {"form", "call"}:
            await scene.activity(self.key, "contact-form" if what == "form" else "sales-call")
        elif what == "room":
            self.room = not self.room
            members = tuple(Member(person, max_open=None if self.room else 0) for person in ("jonas", "mia"))
            team = Team("inside-sales", "I", Party.SALES, "ines.vogt", None, members)
            await upsert_team(application, scene.management, team=team)
            await scene.tick()
        elif what == "move":
            stage, reason = about
            await move_lead(application, scene.sales, lead_id=self.lead, stage=stage, return_reason=reason)
        elif what == "meet":
            for owed in [o for o in await scene.obligations() if o.lead_id == self.lead]:
                with suppress(Refusal):
                    await meet_obligation(application, scene.admin, obligation_id=owed.id)
        else:
            await self._answer(what, (await self.handovers())[0].id, *about)

    async def _answer(self, what: str, handover: UUID, *about: Any) -> None:
        application, scene = self.scene.application, self.scene
        given: dict[str, Any] = {"handover_id": handover}
        if what == "accept":
            await accept_handover(application, scene.sales, comment=None, **given)
        elif what == "return":
            await return_handover(application, scene.sales, reason=about[0], comment=None, **given)
        elif what == "withdraw":
            await withdraw_handover(application, scene.marketing, reason="x", **given)
        elif what == "reassign":
            about_it: dict[str, Any] = {"team": "inside-sales", "assignee": about[0], "reason": "x"}
            await reassign_handover(application, scene.management, **about_it, **given)
        elif what == "pause":
            until = scene.time.at + timedelta(days=3)
            await pause_clock(application, scene.sales, until=until, reason="x", **given)
        else:
            await resume_clock(application, scene.sales, **given)

    async def check(self) -> None:
        """What holds after whatever was done."""
        (lead,) = await single.leads(self.scene.application, self.scene.admin, [self.lead])
        assert lead is not None
        owed = [o for o in await self.scene.obligations(kind=["answer"]) if o.lead_id == self.lead]
        for handover in await self.handovers():
            if handover.closed_at is not None:
                assert handover.state is not HandoverState.OFFERED
            elif handover.state is HandoverState.ACCEPTED:
                assert lead.stage in {"sal", "sql", "opportunity"}
                assert lead.contact_owner is Party.SALES
            elif handover.assignee is not None:
                own = [o for o in owed if o.subject_id == handover.id and o.assignee == handover.assignee and o.is_open]
                assert any(o.due_at and handover.assigned_at and o.due_at > handover.assigned_at for o in own)
        (then,) = await known_at(self.scene.application, [(self.lead, self.scene.time.at)])
        assert then is not None
        assert then.decision.meaning == lead.decision_meaning
        if then.decision.nurture is not None:
            about: dict[str, Any] = {"lead_id": self.lead, "party": Party.MARKETING, "channel": "email"}
            answer = (await contact_permission(self.scene.application, self.scene.marketing, **about)).permission
            assert ContactRefusal.NOT_OWNER not in {reason.code for reason in answer.reasons}


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(ACTS, min_size=8, max_size=16))
async def test_after_any_acts_states_stages_clocks_and_owners_fit(
    scene: Scene, full: bool, acts: list[tuple[Any, ...]]
) -> None:
    """No closed handover is unanswered, none is worked outside of sales, whoever has to answer has a clock; what is
    shown of a lead is what holds now, and nurturing names nothing that contact is not allowed for by its owner."""
    if (
        not scene.application.version_cache._active
        or not scene.application.version_cache._active.compiled_versions[0].document.nurturing.tracks
    ):
        version = await scene.new_version("main", document=open_document())
        await activate_version(scene.application, scene.management, version_id=version)
    await upsert_team(
        scene.application,
        scene.management,
        team=Team("inside-sales", "I", Party.SALES, "ines.vogt", None, (Member("jonas"), Member("mia"))),
    )
    await scene.tick()
    acting = Acting(scene, f"lead {len(await scene.handovers())} {scene.time.pass_by(minutes=1)}")
    if full:
        await acting.act("room")
    await acting.begin()
    for act in acts:
        with suppress(Refusal):
            await acting.act(*act)
        await acting.check()
