"""Who signs: any person of a party, or those whom the version in force names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_agreement, create_draft, update_draft
from application.agreements.signing import sign_version
from application.agreements.submitting import submit_version
from domain.document.content_hash import document_digest
from domain.people.principal import Forbidden, Principal
from domain.refusal import Refusal
from tests.application.scene import Scene, starter_document
from tests.domain.document_samples import document

NAMED = {"marketing": ["Anna.Berg"], "sales": [" Ines.Vogt", "karl"]}


async def submitted(scene: Scene, signatories: dict[str, Any] | None) -> UUID:
    """A version in review that names who signs."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    sections = {"signatories": signatories}
    await update_draft(scene.application, scene.marketing, version_id=draft, expected_revision=1, sections=sections)
    await submit_version(scene.application, scene.marketing, version_id=draft, expected_revision=2)
    return draft


async def sign(scene: Scene, who: Principal, version: UUID) -> None:
    """Somebody signs for the own party."""
    assert who.party is not None
    await sign_version(scene.application, who, version_id=version, party=who.party, approve=True, comment=None)


async def test_those_sign_whom_the_version_in_force_names(scene: Scene) -> None:
    """Not those whom the new version names: who is to sign the next one is itself agreed by those who sign now."""
    rep = replace(scene.sales, person="jonas")
    first = await submitted(scene, NAMED)
    await sign(scene, rep, first)
    await sign(scene, scene.marketing, first)
    await activate_version(scene.application, scene.management, version_id=first)
    second = await submitted(scene, {"sales": ["jonas"]})
    with pytest.raises(Forbidden) as refused:
        await sign(scene, rep, second)
    assert "Ines.Vogt" in refused.value.message
    assert refused.value.needs.persons == (" Ines.Vogt", "karl")
    await sign(scene, replace(scene.sales, person="KARL "), second)
    await sign(scene, replace(scene.marketing, person="anna.berg"), second)
    await activate_version(scene.application, scene.management, version_id=second)
    third = await submitted(scene, None)
    await sign(scene, replace(scene.marketing, person="somebody"), third)
    with pytest.raises(Forbidden):
        await sign(scene, scene.sales, third)


async def test_a_first_version_is_signed_by_those_whom_it_names(scene: Scene) -> None:
    """Nothing is in force that could name them."""
    content = starter_document(signatories=NAMED, scope={"field": "country", "op": "eq", "value": "FR"})
    _, draft = await create_agreement(scene.application, scene.marketing, key="new", title="New", document=content)
    assert draft is not None
    await submit_version(scene.application, scene.marketing, version_id=draft, expected_revision=1)
    with pytest.raises(Forbidden):
        await sign(scene, replace(scene.sales, person="jonas"), draft)
    await sign(scene, scene.sales, draft)


async def test_one_person_signs_once_however_the_name_is_spelled(scene: Scene) -> None:
    """Mara cannot sign for marketing, and MARA for sales."""
    version = await submitted(scene, None)
    await sign(scene, replace(scene.marketing, person="Mara"), version)
    with pytest.raises(Refusal) as again:
        await sign(scene, replace(scene.sales, person="MARA"), version)
    assert again.value.code == "ALREADY_SIGNED"


def test_a_document_that_names_nobody_keeps_its_digest() -> None:
    """What stands already keeps the digest under which it was signed."""
    bare = document_digest(document())
    assert document_digest(document(signatories={})) == bare
    assert document_digest(document(signatories={"sales": []})) == bare
    assert document_digest(document(signatories={"sales": ["x"]})) != bare
