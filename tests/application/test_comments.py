"""Both sides comment on the sections of a version while they agree on its words [S0.7]."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from application.agreements.commenting import comment_section, comments, comments_of_versions
from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_draft
from application.agreements.submitting import submit_version
from application.runtime.page import PageRequest
from domain.agreements.section_comment import LONGEST, SectionComment
from domain.party import Party
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from tests.application.scene import Scene


async def _draft(scene: Scene) -> UUID:
    return await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())


async def _read(scene: Scene, version: UUID, section: str | None = None) -> list[SectionComment]:
    (page,) = await comments_of_versions(scene.application, section).pages([version], PageRequest(first=10))
    return list(page.items)


async def test_both_parties_comment_while_drafting_and_reviewing(scene: Scene) -> None:
    """Who said what about which section stays, in order of time."""
    draft = await _draft(scene)
    say = {"version_id": draft, "section": "handover"}
    await comment_section(scene.application, scene.sales, **say, body="Four hours are too short.")  # type: ignore[arg-type]
    await submit_version(scene.application, scene.marketing, version_id=draft, expected_revision=1)
    scene.time.at += timedelta(minutes=1)
    await comment_section(scene.application, scene.marketing, **say, body="Six, then?")  # type: ignore[arg-type]
    await comment_section(
        scene.application, scene.management, version_id=draft, section="defaultCalendar", body="Fine."
    )
    said = [(c.section, c.person, c.party, c.body) for c in await _read(scene, draft)]
    assert said == [
        ("handover", "ines.vogt", Party.SALES, "Four hours are too short."),
        ("handover", "anna.berg", Party.MARKETING, "Six, then?"),
        ("defaultCalendar", "max.boss", None, "Fine."),
    ]
    assert [c.body for c in await _read(scene, draft, "handover")] == ["Four hours are too short.", "Six, then?"]


async def test_a_comment_is_told(scene: Scene) -> None:
    """The log names the version, the section and the comment, not its words."""
    draft = await _draft(scene)
    written = await comment_section(
        scene.application, scene.sales, version_id=draft, section="title", body="Better: Machines"
    )
    (event,) = await scene.events("version.commented")
    assert (event.subject_id, event.person) == (draft, "ines.vogt")
    assert (event.payload["section"], event.payload["comment"]) == ("title", str(written))
    assert "Machines" not in str(event.payload)
    (found,) = await comments(scene.application, [written])
    assert found is not None
    assert found.body == "Better: Machines"


async def test_what_is_agreed_is_no_longer_commented(scene: Scene) -> None:
    """A version in force is not a draft."""
    assert scene.version is not None
    with pytest.raises(Refusal) as refusal:
        await comment_section(scene.application, scene.sales, version_id=scene.version, section="title", body="Late")
    assert refusal.value.code == "WRONG_STATE"


@pytest.mark.parametrize(
    ("section", "body", "path"),
    [
        ("default_calendar", "x", ("section",)),
        ("handover.triggers", "x", ("section",)),
        ("handover", " \n", ("body",)),
        ("handover", "x" * (LONGEST + 1), ("body",)),
        ("handover", "a\x00b", ("body",)),
    ],
)
async def test_a_comment_names_a_section_and_says_something(
    scene: Scene, section: str, body: str, path: tuple[str]
) -> None:
    """Anything else is refused with the place of the fault."""
    draft = await _draft(scene)
    with pytest.raises(Refusal) as refusal:
        await comment_section(scene.application, scene.sales, version_id=draft, section=section, body=body)
    assert (refusal.value.code, refusal.value.path) == ("VALUE_NOT_ALLOWED", path)


async def test_tools_do_not_comment(scene: Scene) -> None:
    """Those who edit drafts comment."""
    draft = await _draft(scene)
    with pytest.raises(Forbidden):
        await comment_section(scene.application, scene.integration, version_id=draft, section="title", body="beep")


async def test_the_same_idempotency_key_comments_once(scene: Scene) -> None:
    """A repeated request is answered with the first comment."""
    draft = await _draft(scene)
    about = {"version_id": draft, "section": "title", "body": "Good", "idempotency_key": "k"}
    first = await comment_section(scene.application, scene.sales, **about)  # type: ignore[arg-type]
    assert await comment_section(scene.application, scene.sales, **about) == first  # type: ignore[arg-type]
    assert len(await _read(scene, draft)) == 1
