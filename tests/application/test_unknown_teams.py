"""Teams that are not there, and what teams have to go with: versions in force, open handovers [X.1, S3.4]."""

from __future__ import annotations

from dataclasses import replace

import pytest

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import InvalidDocument
from application.agreements.drafting import create_agreement
from application.agreements.rolling_back import rollback
from application.directory.edit_team import upsert_team
from domain.document.findings import Severity
from domain.handovers.routing import QueueReason
from domain.party import Party
from domain.people.team import Member, Team
from domain.refusal import Refusal
from tests.application.living_scene import bring_into_force, content
from tests.application.scene import Scene, starter_document

DESK = Team("desk", "Desk", Party.SALES, "lena", None, (Member("lena"),))


def _routing(*routes: dict[str, object]) -> dict[str, object]:
    handover: dict[str, object] = content()["handover"]
    return handover | {"routing": list(routes)}


async def _forgotten(scene: Scene, team: str) -> None:
    """Have a team that is in force be one that was never there, as in houses that began before it was checked."""
    async with scene.application.database.transaction() as connection:
        for table, column in (("team_member", "team"), ("team", "key")):
            await connection.exec_driver_sql(f"delete from {table} where {column} = '{team}'")


async def test_a_version_that_routes_to_nobody_does_not_come_into_force(scene: Scene) -> None:
    """Both have signed it; each place is told, and the activation may be planned as little as done."""
    handover = _routing({"team": "inside-sale", "overflow": ["field-sales", "desk"]})
    version = await scene.new_version("main", sections={"handover": handover})
    for at in (None, scene.time.now().replace(hour=23)):
        with pytest.raises(InvalidDocument) as refused:
            await activate_version(scene.application, scene.management, version_id=version, at=at)
        faults = [f for f in refused.value.findings if f.severity is Severity.ERROR]
        assert [(f.code, f.path) for f in faults] == [
            ("UNKNOWN_TEAM", "handover.routing[0].team"),
            ("UNKNOWN_TEAM", "handover.routing[0].overflow[1]"),
        ]
    await upsert_team(scene.application, scene.management, team=DESK)
    await upsert_team(scene.application, scene.management, team=replace(DESK, key="inside-sale"))
    await activate_version(scene.application, scene.management, version_id=version)


async def test_a_rollback_to_what_cannot_be_names_its_own_argument(scene: Scene) -> None:
    """The version that it goes back to is called `toVersion` there: teams that are gone, fields of another type."""
    await upsert_team(scene.application, scene.management, team=DESK)
    to_the_desk = await bring_into_force(scene, handover=_routing({"team": "desk"}))
    await bring_into_force(scene, handover=content()["handover"])
    await _forgotten(scene, "desk")
    with pytest.raises(InvalidDocument) as refused:
        await rollback(scene.application, scene.management, agreement="main", to_version=to_the_desk)
    assert refused.value.path == ("toVersion",)
    extra = {"key": "extra", "label": content()["fields"][0]["label"], "of": "LEAD", "type": "TEXT"}
    with_extra = await bring_into_force(scene, fields=[*content()["fields"], extra])
    await rollback(scene.application, scene.management, agreement="main", to_version=scene.main)
    other = starter_document(scope={"field": "email", "op": "exists"})
    other["fields"] = [*other["fields"], extra | {"type": "INTEGER"}]
    _, there = await create_agreement(scene.application, scene.marketing, key="other", title="Other", document=other)
    assert there is not None
    await scene.approve(there)
    await activate_version(scene.application, scene.management, version_id=there)
    with pytest.raises(Refusal) as conflicting:
        await rollback(scene.application, scene.management, agreement="main", to_version=with_extra)
    assert (conflicting.value.code, conflicting.value.path) == ("FIELD_TYPE_CONFLICT", ("toVersion",))


async def test_what_waits_for_a_team_that_was_never_there_is_given_to_somebody(scene: Scene) -> None:
    """When the team comes, or when a version comes into force that routes the lead elsewhere; its clock goes on."""
    await upsert_team(scene.application, scene.management, team=DESK)
    await bring_into_force(scene, handover=_routing({"team": "desk"}))
    await _forgotten(scene, "desk")
    first = await scene.offered("first")
    assert first.queue_reason is QueueReason.UNKNOWN_TEAM
    await upsert_team(scene.application, scene.management, team=DESK)
    await scene.tick()
    assert (await scene.handover(first.id)).assignee == "lena"
    await _forgotten(scene, "desk")
    second = await scene.offered("second")
    assert second.queued
    await rollback(scene.application, scene.management, agreement="main", to_version=scene.main)
    await scene.tick()
    assert scene.application.alarm.is_set()
    await scene.tick()
    given = await scene.handover(second.id)
    assert (given.team, given.assignee is not None) == ("inside-sales", True)
    assert given.answer_due_at == second.answer_due_at
    assert [b.resolved_at is not None for b in await scene.breaches(kind=["no-capacity"])] == [True, True]


@pytest.mark.parametrize(
    ("team", "code", "path"),
    [
        (replace(DESK, calendar="nowhere"), "UNKNOWN_CALENDAR", ("calendar",)),
        (Team("inside-sales", "I", Party.MARKETING, None, None, (Member("mia"),)), "WRONG_STATE", ("party",)),
    ],
    ids=["calendar", "party"],
)
async def test_a_team_goes_with_the_versions_and_with_its_work(
    scene: Scene, team: Team, code: str, path: tuple[str, ...]
) -> None:
    """No calendar that no version has, no other party while it has handovers; of a draft a calendar counts already."""
    await scene.offered("l")
    with pytest.raises(Refusal) as refused:
        await upsert_team(scene.application, scene.management, team=team)
    assert (refused.value.code, refused.value.path) == (code, path)
    calendars = [*content()["calendars"], content()["calendars"][0] | {"key": "nowhere"}]
    await scene.new_version("main", sections={"calendars": calendars})
    await upsert_team(scene.application, scene.management, team=replace(DESK, calendar="nowhere"))
    await upsert_team(scene.application, scene.management, team=replace(DESK, party=Party.MARKETING))
