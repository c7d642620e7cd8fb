"""Any two versions compared: what the newer one says differently, in people's words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from application.reading import single
from application.runtime.transaction import Application
from domain.comparison.changes import Change
from domain.comparison.comparison import compare_documents
from domain.document.document import SlaDocument
from domain.refusal import Refusal
from rules.differences.change_sentences import ChangeSentences


@dataclass(frozen=True)
class ToldChange:
    """A difference with its sentence."""

    change: Change
    summary: str


async def compare_versions(application: Application, *, older: UUID, newer: UUID, language: str) -> list[ToldChange]:
    """The differences of two versions, in the order of the sections, told in a language."""
    found = await single.versions_by_ids(application, [older, newer])
    documents = []
    for version, name in zip(found, ("from", "to"), strict=True):
        if version is None:
            raise Refusal("NOT_FOUND", "There is no such version.", (name,))
        documents.append(SlaDocument.model_validate(version.document))
    return await asyncio.to_thread(_told, documents[0], documents[1], language)


def _told(older: SlaDocument, newer: SlaDocument, language: str) -> list[ToldChange]:
    sentences = ChangeSentences(older, newer, language)
    return [ToldChange(change, sentences.sentence(change)) for change in compare_documents(older, newer)]
