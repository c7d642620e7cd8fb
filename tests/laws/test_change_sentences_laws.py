"""Differences of documents in sentences, in English and German."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from domain.comparison.comparison import compare_documents
from domain.document.document import SlaDocument
from rules.differences.change_sentences import ChangeSentences
from tests.domain.changed_documents import documents
from tests.sizes import examples


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents, documents)
def test_every_difference_can_be_told(older: SlaDocument, newer: SlaDocument) -> None:
    """Whatever differs, there is a sentence for it in each language."""
    changes = compare_documents(older, newer)
    for language in ("en", "de"):
        told = ChangeSentences(older, newer, language)
        assert all(told.sentence(change) for change in changes)
