"""The life of versions: drafted, submitted, signed, activated, superseded."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import InvalidDocument, NewDraft
from application.agreements.drafting import create_agreement, create_draft, update_draft
from application.agreements.signing import sign_version, withdraw_version
from application.agreements.submitting import submit_version
from application.reading import single
from domain.agreements.version import SlaVersionState
from domain.party import Party
from domain.people.principal import Forbidden
from domain.refusal import Refusal, StaleRevision
from tests.application.scene import Scene, starter_document


async def _state(scene: Scene, version_id: object) -> SlaVersionState:
    found = await single.version(scene.application, version_id)  # type: ignore[arg-type]
    assert found is not None
    return found.state


async def test_an_edit_raises_the_revision_and_a_stale_one_is_told_what_changed(scene: Scene) -> None:
    """Edits by section under optimistic concurrency [X.2]."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    await update_draft(
        scene.application, scene.marketing, version_id=draft, expected_revision=1, sections={"priority": 5}
    )
    with pytest.raises(StaleRevision) as stale:
        await update_draft(
            scene.application, scene.sales, version_id=draft, expected_revision=1, sections={"priority": 6}
        )
    assert (stale.value.current_revision, stale.value.changed) == (2, ("priority",))


async def test_ten_racing_edits_leave_one_winner(scene: Scene) -> None:
    """Lets one of ten edits of the same revision through and tells nine the current one."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    answers = await asyncio.gather(
        *(
            update_draft(
                scene.application, scene.marketing, version_id=draft, expected_revision=1, sections={"priority": number}
            )
            for number in range(10)
        ),
        return_exceptions=True,
    )
    stale = [answer for answer in answers if isinstance(answer, StaleRevision)]
    assert len(stale) == 9
    assert {answer.current_revision for answer in stale} == {2}


async def test_a_document_of_wrong_form_is_refused_with_all_its_findings(scene: Scene) -> None:
    """Refuses and stores nothing."""
    broken = starter_document(priority="high", accountable=7)
    with pytest.raises(InvalidDocument) as invalid:
        await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft(document=broken))
    assert {finding.path for finding in invalid.value.findings} >= {"priority", "accountable"}


async def test_errors_stop_submission(scene: Scene) -> None:
    """Keeps a draft with errors editable, and does not let it be submitted."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    _, findings = await update_draft(
        scene.application, scene.marketing, version_id=draft, expected_revision=1, sections={"defaultCalendar": "none"}
    )
    assert findings
    with pytest.raises(InvalidDocument):
        await submit_version(scene.application, scene.marketing, version_id=draft, expected_revision=2)
    assert await _state(scene, draft) is SlaVersionState.DRAFT


async def test_both_parties_sign_and_then_it_is_approved(scene: Scene) -> None:
    """Approves with both signatures, each once, each for its own party."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    await submit_version(scene.application, scene.marketing, version_id=draft, expected_revision=1)
    sign = {"version_id": draft, "approve": True, "comment": None}
    with pytest.raises(Forbidden):
        await sign_version(scene.application, scene.marketing, party=Party.SALES, **sign)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        await sign_version(scene.application, scene.management, party=Party.SALES, **sign)  # type: ignore[arg-type]
    await sign_version(scene.application, scene.marketing, party=Party.MARKETING, **sign)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as again:
        await sign_version(scene.application, scene.marketing, party=Party.MARKETING, **sign)  # type: ignore[arg-type]
    assert again.value.code == "ALREADY_SIGNED"
    await sign_version(scene.application, scene.sales, party=Party.SALES, **sign)  # type: ignore[arg-type]
    assert await _state(scene, draft) is SlaVersionState.APPROVED


async def test_one_no_rejects(scene: Scene) -> None:
    """Rejects the version when a party says no."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    await submit_version(scene.application, scene.marketing, version_id=draft, expected_revision=1)
    await sign_version(
        scene.application, scene.sales, version_id=draft, party=Party.SALES, approve=False, comment="too fast"
    )
    assert await _state(scene, draft) is SlaVersionState.REJECTED


async def test_a_submitted_version_can_no_longer_be_edited(scene: Scene) -> None:
    """Freezes the document at submission."""
    with pytest.raises(Refusal) as refusal:
        await update_draft(
            scene.application,
            scene.marketing,
            version_id=scene.main,
            expected_revision=1,
            sections={"priority": 1},
        )
    assert refusal.value.code == "WRONG_STATE"


async def test_activation_supersedes_the_version_in_force(scene: Scene) -> None:
    """Swaps both in one transaction."""
    version = await scene.new_version("main")
    await activate_version(scene.application, scene.management, version_id=version)
    assert await _state(scene, version) is SlaVersionState.ACTIVE
    assert await _state(scene, scene.version) is SlaVersionState.SUPERSEDED


async def test_two_activations_at_once_leave_one_winner_and_one_conflict(scene: Scene) -> None:
    """Activates one of two approved versions and tells the other."""
    versions = [await scene.new_version("main", sections={"priority": number}) for number in (1, 2)]
    answers = await asyncio.gather(
        *(activate_version(scene.application, scene.management, version_id=version) for version in versions),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refused] == ["ACTIVATION_CONFLICT"]
    states = [await _state(scene, version) for version in versions]
    assert sorted(states) == [SlaVersionState.ACTIVE, SlaVersionState.APPROVED]


async def test_the_database_refuses_a_second_active_version(scene: Scene) -> None:
    """Holds even against a writer that forgot to ask."""
    version = await scene.new_version("main")
    with pytest.raises(IntegrityError):
        async with scene.application.database.transaction() as connection:
            await connection.execute(text("update version set state = 'ACTIVE' where id = :id"), {"id": version})


async def test_activation_at_a_date_happens_by_itself(scene: Scene) -> None:
    """Comes into force when its time has come, without a request."""
    version = await scene.new_version("main")
    at = scene.time.now() + timedelta(days=1)
    await activate_version(scene.application, scene.management, version_id=version, at=at)
    await scene.tick()
    assert await _state(scene, version) is SlaVersionState.APPROVED
    scene.time.pass_by(days=1)
    await scene.tick()
    assert await _state(scene, version) is SlaVersionState.ACTIVE


async def test_a_scheduled_version_waits_when_another_came_first(scene: Scene) -> None:
    """Does not push aside a version that nobody expected when the date was set."""
    later = await scene.new_version("main", sections={"priority": 1})
    now = await scene.new_version("main", sections={"priority": 2})
    await activate_version(
        scene.application, scene.management, version_id=later, at=scene.time.now() + timedelta(hours=1)
    )
    await activate_version(scene.application, scene.management, version_id=now)
    scene.time.pass_by(hours=2)
    await scene.tick()
    assert await _state(scene, now) is SlaVersionState.ACTIVE
    assert await _state(scene, later) is SlaVersionState.APPROVED
    (told,) = await scene.events("version.unscheduled")
    assert (told.subject_id, told.at) == (later, scene.time.now() - timedelta(hours=2))
    assert "ACTIVATION_CONFLICT" in told.payload["reason"]


async def test_one_field_of_two_types_blocks_activation(scene: Scene) -> None:
    """Keeps the vocabulary of all active agreements free of contradiction."""
    fields = [
        field | {"type": "INTEGER"} if field["key"] == "country" else field for field in starter_document()["fields"]
    ]
    document = starter_document(fields=fields, scope={"field": "email", "op": "exists"})
    document["scoring"]["fit"]["criteria"] = [
        criterion for criterion in document["scoring"]["fit"]["criteria"] if criterion["key"] != "country"
    ]
    _, version = await create_agreement(
        scene.application, scene.marketing, key="other", title="Other", document=document
    )
    assert version is not None
    await scene.approve(version)
    with pytest.raises(Refusal) as refusal:
        await activate_version(scene.application, scene.management, version_id=version)
    assert refusal.value.code == "FIELD_TYPE_CONFLICT"


async def test_a_version_is_withdrawn_before_it_comes_into_force_only(scene: Scene) -> None:
    """Gives up drafts and approved versions, never the active one."""
    version = await scene.new_version("main")
    await withdraw_version(scene.application, scene.management, version_id=version, reason="no longer wanted")
    assert await _state(scene, version) is SlaVersionState.WITHDRAWN
    with pytest.raises(Refusal) as refusal:
        await withdraw_version(scene.application, scene.management, version_id=scene.main, reason=None)
    assert refusal.value.code == "WRONG_STATE"


async def test_the_same_idempotency_key_creates_once(scene: Scene) -> None:
    """Answers the second request with the first one's answer, and other input with a refusal."""

    async def create(title: str) -> object:
        return await create_agreement(
            scene.application, scene.marketing, key="again", title=title, template="starter", idempotency_key="k1"
        )

    first = await create("Again")
    assert await create("Again") == first
    with pytest.raises(Refusal) as refusal:
        await create("Other")
    assert refusal.value.code == "IDEMPOTENCY_KEY_REUSED"
