"""Rolling back: a new version with older content, its signatures taken over, in force at once [X.2]."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_agreement, create_draft
from application.agreements.rolling_back import rollback
from application.reading import single
from domain.agreements.version import SlaVersionState, Version
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from tests.application.scene import Scene


async def _version(scene: Scene, version_id: UUID) -> Version:
    found = await single.version(scene.application, version_id)
    assert found is not None
    return found


async def _second(scene: Scene) -> tuple[UUID, UUID]:
    """The version in force at first and the one that took its place."""
    assert scene.version is not None
    second = await scene.new_version("main", sections={"priority": 7})
    await activate_version(scene.application, scene.management, version_id=second)
    return scene.version, second


async def test_the_old_content_is_in_force_as_a_new_version(scene: Scene) -> None:
    """The digest is the old one, the number is a new one, the version in between is superseded."""
    first, second = await _second(scene)
    back = await rollback(scene.application, scene.management, agreement="main", to_version=first, note="too strict")
    old, new = await _version(scene, first), await _version(scene, back)
    assert (new.state, new.number, new.note) == (SlaVersionState.ACTIVE, 3, "too strict")
    assert (new.digest, new.document, new.based_on) == (old.digest, old.document, first)
    assert (await _version(scene, second)).state is SlaVersionState.SUPERSEDED
    assert old.state is SlaVersionState.SUPERSEDED


async def test_the_signatures_are_taken_over_and_say_so(scene: Scene) -> None:
    """Both parties have signed that content; whoever reads it sees of which version."""
    first, _ = await _second(scene)
    back = await rollback(scene.application, scene.management, agreement="main", to_version=first)
    before, after = await single.signatures_of(scene.application, [first, back])
    assert [(s.party, s.person, s.approved, s.at) for s in after] == [
        (s.party, s.person, s.approved, s.at) for s in before
    ]
    assert {s.comment for s in after} == {"Taken over from version 1"}
    assert (await _version(scene, back)).note == "Back to version 1"


async def test_a_rollback_tells_what_happened(scene: Scene) -> None:
    """The log has the approval, what was superseded and what is in force; the leads are judged again."""
    first, second = await _second(scene)
    seen = len(await scene.events("version."))
    back = await rollback(scene.application, scene.management, agreement="main", to_version=first)
    events = (await scene.events("version."))[seen:]
    assert [(event.type, event.subject_id) for event in events] == [
        ("version.approved", back),
        ("version.superseded", second),
        ("version.activated", back),
    ]
    assert events[0].payload["takenOverFrom"] == str(first)
    async with scene.application.database.reading() as connection:
        query = text("select count(*) from rejudgement where version_id = :id")
        assert await connection.scalar(query, {"id": back}) == 1


async def test_management_rolls_back_nobody_else(scene: Scene) -> None:
    """Parties sign, they do not put into force."""
    first, _ = await _second(scene)
    for principal in (scene.marketing, scene.sales, scene.integration):
        with pytest.raises(Forbidden):
            await rollback(scene.application, principal, agreement="main", to_version=first)


async def test_only_what_was_in_force_comes_back(scene: Scene) -> None:
    """A draft, another agreement's version and an unknown one are refused."""
    assert scene.version is not None
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    await create_agreement(scene.application, scene.marketing, key="other", title="Other", template="starter")
    refused = []
    for agreement, version in (("main", draft), ("other", scene.version), ("main", UUID(int=1)), ("no", scene.version)):
        with pytest.raises(Refusal) as refusal:
            await rollback(scene.application, scene.management, agreement=agreement, to_version=version)
        refused.append(refusal.value.code)
    assert refused == ["WRONG_STATE", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]


async def test_of_a_rollback_and_an_activation_at_once_one_is_told_of_the_conflict(scene: Scene) -> None:
    """Nobody pushes aside a version that it did not see."""
    first, _ = await _second(scene)
    third = await scene.new_version("main", sections={"priority": 9})
    answers = await asyncio.gather(
        rollback(scene.application, scene.management, agreement="main", to_version=first),
        activate_version(scene.application, scene.management, version_id=third),
        return_exceptions=True,
    )
    assert [a.code for a in answers if isinstance(a, Refusal)] in (["ACTIVATION_CONFLICT"], [])
    async with scene.application.database.reading() as connection:
        assert await connection.scalar(text("select count(*) from version where state = 'ACTIVE'")) == 1


async def test_two_rollbacks_at_once_leave_one_winner(scene: Scene) -> None:
    """The other one is told that the active version changed while it waited."""
    first, _ = await _second(scene)
    async with scene.application.database.transaction() as blocker:
        await blocker.execute(text("select * from agreement where key = 'main' for update"))
        waiting = [
            asyncio.create_task(rollback(scene.application, scene.management, agreement="main", to_version=first))
            for _ in range(2)
        ]
        async with scene.application.database.reading() as connection:
            query = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
            while await connection.scalar(query) < 2:
                await connection.rollback()
                await asyncio.sleep(0.01)
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["ACTIVATION_CONFLICT"]
