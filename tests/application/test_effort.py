"""An attempt is no contact, and nobody hands back what was never tried [S3.3, S4.6]."""

from __future__ import annotations

from typing import Any

import pytest

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import return_handover
from application.handovers.move_lead import move_lead
from application.intake.record_activities import record_activities
from application.runtime.incoming import IncomingActivity
from domain.checking.checking import check_references
from domain.document.document import SlaDocument
from domain.handovers.evidence import EvidenceKind, EvidenceMissing
from tests.application.promises import accepted, states, the_one
from tests.application.scene import Scene, starter_document

OUTCOMES = {
    "key": "outcome",
    "label": {"en": "Outcome"},
    "type": "ENUM",
    "values": ["reached", "no-answer", "voicemail"],
    "required": True,
}
REACHED = {"contact": "WHEN", "when": {"field": "activity.outcome", "op": "eq", "value": "reached"}}
ATTEMPTS = {"count": 5, "channels": 2, "spacing": "PT4H", "within": {"duration": "P10D", "clock": "BUSINESS"}}
UNREACHABLE = {
    "key": "not-reached",
    "label": {"en": "Not reached"},
    "destination": "NURTURE",
    "requires": {"attempts": 5, "channels": 2, "after": "P3D"},
}


def effort_document(**changes: Any) -> dict[str, Any]:
    """The starter's document with outcomes of calls, attempts, and a reason that needs them."""
    document = starter_document()
    for kind in document["activityTypes"]:
        if kind["key"] == "sales-call":
            kind |= {"fields": [OUTCOMES], "effort": REACHED}
        if kind["key"] == "sales-email":
            kind |= {"effort": {"contact": "NEVER"}}
        if kind["key"] == "webinar-attended":
            kind |= {"effort": {"contact": "ALWAYS"}}
    handover = document["handover"]
    reasons = [*handover["returnReasons"], UNREACHABLE]
    reasons[0] |= {"requires": {"contact": True, "comment": True}}
    document["handover"] = handover | {"attempts": ATTEMPTS, "returnReasons": reasons} | changes
    return document


async def touch(scene: Scene, type_: str = "sales-call", outcome: str | None = "no-answer", **about: Any) -> Any:
    """Sales tries to reach the lead."""
    fields = {"outcome": outcome} if type_ == "sales-call" and outcome else {}
    return await scene.activity("lea", type_, fields=fields, **about)


async def begin(scene: Scene) -> Any:
    """A handover that sales accepted under the agreement about effort."""
    document = effort_document()
    sections = {name: document[name] for name in ("activityTypes", "handover")}
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version)
    return await accepted(scene)


async def test_an_attempt_is_no_contact(scene: Scene) -> None:
    """Leaves the first contact open after calls that reach nobody, and meets it by one that does."""
    handover = await begin(scene)
    scene.time.pass_by(hours=1)
    first = scene.time.now()
    await touch(scene)
    assert await states(scene, "first-contact") == ["OPEN"]
    [news] = [o for o in await scene.obligations(kind=["outcome-update"]) if not o.is_open]
    assert news.met_at == first
    tried = await scene.handover(handover.id)
    assert (tried.first_attempt_at, tried.contacted_at) == (first, None)
    scene.time.pass_by(hours=5)
    await touch(scene, outcome="reached")
    reached = await scene.handover(handover.id)
    assert (reached.first_attempt_at, reached.contacted_at) == (first, scene.time.now())
    assert await states(scene, "first-contact") == ["MET"]
    assert await states(scene, "attempts") == ["MET"]
    told = [(e.type, e.payload.get("attempts")) for e in await scene.events("handover.attempted")]
    assert told == [("handover.attempted", 1), ("handover.attempted", 2)]
    assert len(await scene.events("handover.contacted")) == 1


async def test_five_attempts_on_two_channels_meet_what_is_owed(scene: Scene) -> None:
    """Counts attempts four hours apart on each channel; the fifth, on the second channel, is enough."""
    await begin(scene)
    for hours in (1, 1, 4, 4, 4):
        scene.time.pass_by(hours=hours)
        await touch(scene)
    assert await states(scene, "attempts") == ["OPEN"]
    scene.time.pass_by(hours=1)
    await touch(scene, "sales-email")
    assert await states(scene, "attempts") == ["MET"]
    assert (await the_one(scene, "attempts")).met_at == scene.time.now()
    assert await states(scene, "first-contact") == ["OPEN"]


async def test_an_answer_of_the_lead_is_a_contact_where_its_type_says_so(scene: Scene) -> None:
    """Meets the first contact by an inbound activity of a type with effort, and by no other."""
    await begin(scene)
    scene.time.pass_by(hours=1)
    await scene.activity("lea", "newsletter-click")
    assert await states(scene, "first-contact") == ["OPEN"]
    await scene.activity("lea", "webinar-attended")
    assert await states(scene, "first-contact") == ["MET"]
    assert await scene.events("handover.attempted") == []


async def test_nobody_hands_back_what_was_never_tried(scene: Scene) -> None:
    """Refuses the reason with all that is missing and changes nothing; allows it when it is there."""
    handover = await begin(scene)
    give_back = {"handover_id": handover.id, "reason": "not-reached", "comment": None}
    before = await scene.handover(handover.id)
    with pytest.raises(EvidenceMissing) as refused:
        await return_handover(scene.application, scene.sales, **give_back)
    missing = {item.kind: (item.needed, item.present) for item in refused.value.items}
    assert missing == {EvidenceKind.ATTEMPTS: (5, 0), EvidenceKind.CHANNELS: (2, 0), EvidenceKind.TIME: (None, None)}
    for _ in range(4):
        scene.time.pass_by(hours=24)
        await touch(scene)
    with pytest.raises(EvidenceMissing) as refused:
        await return_handover(scene.application, scene.sales, **give_back)
    assert [item.kind for item in refused.value.items] == [EvidenceKind.ATTEMPTS, EvidenceKind.CHANNELS]
    with pytest.raises(EvidenceMissing) as by_move:
        await move_lead(
            scene.application, scene.sales, lead_id=handover.lead_id, stage="recycled", return_reason="not-reached"
        )
    assert by_move.value.path == ("returnReason",)
    assert (await scene.handover(handover.id)).state == before.state
    scene.time.pass_by(hours=24)
    await touch(scene, "sales-email")
    await return_handover(scene.application, scene.sales, **give_back)
    assert (await scene.handover(handover.id)).state.value == "RETURNED"


async def test_a_reason_may_need_a_contact_and_words(scene: Scene) -> None:
    """Names contact and comment together, and takes blanks for no comment."""
    handover = await begin(scene)
    with pytest.raises(EvidenceMissing) as refused:
        await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=" ")
    assert [item.kind for item in refused.value.items] == [EvidenceKind.CONTACT, EvidenceKind.COMMENT]
    await touch(scene, outcome="reached")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment="Not now.")


async def test_the_clock_takes_back_without_evidence_and_cancels_the_attempts(scene: Scene) -> None:
    """Cancels the attempts that are owed when a handover is returned for another reason."""
    handover = await begin(scene)
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="bad-data", comment=None)
    assert await states(scene, "attempts") == ["CANCELLED"]


async def test_a_required_field_of_an_activity_is_asked_for(scene: Scene) -> None:
    """Refuses a call without its outcome and stores nothing."""
    await begin(scene)
    for fields in ({"outcome": ""}, None):
        item = IncomingActivity("c1", "lea", "sales-call", scene.time.now(), fields=fields)
        answer = await record_activities(scene.application, scene.integration, source=scene.source, items=[item])
        assert [(f.code, f.path) for f in answer.results[0].faults][-1] == ("FIELD_REQUIRED", ("fields", "outcome"))
    assert await scene.events("handover.attempted") == []


def codes(**changes: Any) -> set[tuple[str, str]]:
    """The findings of the document about effort with changes in its handover."""
    document = SlaDocument.model_validate(effort_document(**changes))
    return {(f.code, f.path) for f in check_references(document)}


def test_attempts_that_can_never_be_made_are_found() -> None:
    """Names attempts and reasons that ask for more channels than outbound types have."""
    assert ("ATTEMPTS_UNCOUNTABLE", "handover.attempts.channels") in codes(attempts=ATTEMPTS | {"channels": 3})
    assert not {code for code, _ in codes()} & {"ATTEMPTS_UNCOUNTABLE"}
    reason = "handover.returnReasons[not-reached].requires"
    assert ("EVIDENCE_BEYOND_LIMIT", f"{reason}.after") in codes()
    more = UNREACHABLE | {"requires": {"attempts": 2, "channels": 4}}
    found = codes(returnReasons=[more])
    assert ("ATTEMPTS_UNCOUNTABLE", f"{reason}.channels") in found
