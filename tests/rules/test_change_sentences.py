"""Differences of documents in sentences, in English and German."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, get_args

import pytest

from domain.comparison.comparison import compare_documents
from domain.document.base import Part
from domain.document.document import SlaDocument
from domain.document.shapes import Kind, properties
from domain.time.duration import Clock
from rules.differences.change_sentences import ChangeSentences
from rules.differences.change_values import CHOSEN, VALUES
from rules.differences.change_words import PROPERTIES, THINGS
from tests.domain.document_samples import document
from tests.rules.told_changes import MAIL, SIZE, TOLD


def sentences(before: dict[str, Any], after: dict[str, Any], language: str) -> list[str]:
    """What is told of two variants of the small document."""
    older, newer = document(**before), document(**after)
    told = ChangeSentences(older, newer, language)
    return [told.sentence(change) for change in compare_documents(older, newer)]


@pytest.mark.parametrize(
    ("before", "after", "english", "german"), [case[1:] for case in TOLD], ids=[c[0] for c in TOLD]
)
def test_a_difference_is_told_in_both_languages(
    before: dict[str, Any], after: dict[str, Any], english: str, german: str
) -> None:
    """One sentence for people of each language."""
    assert sentences(before, after, "en") == [english]
    assert sentences(before, after, "de") == [german]


def test_what_moved_is_told_by_its_places() -> None:
    """People count from one."""
    routes = [{"team": "west", "when": SIZE}, {"team": "east", "when": MAIL}, {"team": "inside"}]
    (told,) = sentences({"handover__routing": routes}, {"handover__routing": [routes[1], routes[0], routes[2]]}, "en")
    assert told in {
        "Route 1 (east) now stands at place 1 (was 2)",
        "Route 2 (west) now stands at place 2 (was 1)",
    }


def test_of_a_turned_list_what_keeps_its_place_is_not_told_as_moved() -> None:
    """The fewest moves are told, and of equally few those that change places."""
    routes = [{"team": "west", "when": SIZE}, {"team": "east", "when": MAIL}, {"team": "inside"}]
    told = sentences({"handover__routing": routes}, {"handover__routing": routes[::-1]}, "en")
    assert len(told) == 2
    assert not [sentence for sentence in told if "east" in sentence]


def test_every_value_of_a_list_of_choices_has_words() -> None:
    """A manager never reads LEAST_LOADED: whatever a document chooses from is told in words."""
    named: set[str] = set()
    left: list[type[Part]] = [SlaDocument]
    observed: set[type[Part]] = set()
    while left:
        model = left.pop()
        observed.add(model)
        for field in model.model_fields.values():
            inner = [item for item in _classes(field.annotation) if item not in observed]
            left += [item for item in inner if issubclass(item, Part)]
            chosen = [item for item in inner if issubclass(item, StrEnum) and item is not Clock]
            named |= {str(member) for item in chosen for member in item}
            assert not chosen or (field.alias or field.serialization_alias) in CHOSEN, field
    assert named >= {"LEAST_LOADED", "MARKETING"}
    assert named <= VALUES.keys()


def _classes(annotation: Any) -> list[type]:
    inner = [found for part in get_args(annotation) for found in _classes(part)]
    return [annotation, *inner] if isinstance(annotation, type) else inner


def test_everything_in_a_document_has_a_name() -> None:
    """No property and no list of parts lacks its words."""
    unnamed: list[str] = []
    left: list[type[Part]] = [SlaDocument]
    observed: set[type[Part]] = set()
    while left:
        model = left.pop()
        if model in observed:
            continue
        observed.add(model)
        for name, shape in properties(model).items():
            item = shape.item.model if shape.item and shape.kind is not Kind.LABEL else None
            inner = item or shape.model
            left += [inner] if inner else []
            known = THINGS if item else PROPERTIES
            qualified = name if name != "bands" else "criteria.bands"
            if qualified not in known and name not in _NEVER_NAMED:
                unnamed.append(f"{model.__name__}.{name}")
    assert unnamed == []


_NEVER_NAMED = {
    *(
        "key",
        "journey",
        "scoring",
        "fit",
        "interest",
        "handover",
        "contact",
        "feedback",
        "afterSales",
        "rhythm",
        "nurturing",
        "replaced",
    ),  # what is told is below them
    *("country", "subdivision", "duration", "clock"),  # told as a whole
}
