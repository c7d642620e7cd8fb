"""Laws of comparing: nothing between equals, applying the difference gives the newer, both directions mirror."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings

from domain.comparison.changes import Change, ChangeKind
from domain.comparison.comparison import compare_documents
from domain.document.document import SlaDocument
from tests.domain.changed_documents import applied, documents, meaning
from tests.sizes import examples

LAWS = settings(
    max_examples=examples(20),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking two whole documents takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
MIRRORED = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}


def mirrored(change: Change) -> Change:
    """The change that leads back."""
    back = replace(change, before=change.after, after=change.before, kind=MIRRORED.get(change.kind, change.kind))
    return back if change.kind in MIRRORED else replace(back, path=change.other, other=change.path)


def listed(changes: list[Change]) -> list[str]:
    """Changes in an order of their own."""
    return sorted(map(repr, changes))


@LAWS
@given(documents)
def test_a_document_does_not_differ_from_itself(document: SlaDocument) -> None:
    """Nothing is found between a document and itself."""
    assert compare_documents(document, document) == []


@LAWS
@given(documents, documents)
def test_the_difference_applied_to_the_older_gives_the_newer(older: SlaDocument, newer: SlaDocument) -> None:
    """The changes say all that is different, and nothing else."""
    changes = compare_documents(older, newer)
    assert meaning(applied(changes, older.to_json())) == meaning(newer.to_json())


@LAWS
@given(documents, documents)
def test_both_directions_mirror_each_other(older: SlaDocument, newer: SlaDocument) -> None:
    """What is added one way is removed the other way, at the same place."""
    there, back = compare_documents(older, newer), compare_documents(newer, older)
    assert listed([mirrored(change) for change in there]) == listed(back)


@LAWS
@given(documents, documents)
def test_no_difference_is_no_difference_in_meaning(older: SlaDocument, newer: SlaDocument) -> None:
    """Documents without a difference mean the same, and those that mean the same have none."""
    same = meaning(older.to_json()) == meaning(newer.to_json())
    assert (compare_documents(older, newer) == []) == same
