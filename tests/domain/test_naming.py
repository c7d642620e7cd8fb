"""Every place where a document names a team or a person is held against the directory [X.1]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest

from application.documents.check_document import check_document
from application.documents.surroundings import Surroundings
from application.documents.templates import templates
from domain.checking.naming import named
from domain.document.base import Names, Part
from domain.document.document import SlaDocument
from domain.document.reading.reading import read_document
from domain.party import Party
from domain.people.team import Member, Team
from rules.differences.change_places import place_in
from tests.domain.document_samples import TODAY, document

WORDS = {
    Names.TEAM: {"team", "teams", "overflow"},
    Names.PERSON: {"person", "persons", "people", "accountable", "confirmedBy", "leadPerson", "signatories"},
}
"""What properties are called that name a team, or a person."""
CODES = {Names.TEAM: "UNKNOWN_TEAM", Names.PERSON: "UNKNOWN_PERSON"}


def _below(annotation: Any) -> Iterator[Any]:
    """A type and all types inside it."""
    yield annotation
    inside = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    for part in inside:
        yield from _below(part)


def _models(model: type[Part], seen: set[type[Part]]) -> set[type[Part]]:
    if model not in seen:
        seen.add(model)
        for info in model.model_fields.values():
            for part in _below(info.annotation):
                if isinstance(part, type) and issubclass(part, Part):
                    _models(part, seen)
    return seen


def _places_in_models() -> Iterator[tuple[str, str, Names]]:
    """Every property of every model whose name says that it names a team or a person, and which holds texts."""
    for model in _models(SlaDocument, set()):
        for name, info in model.model_fields.items():
            outside = info.alias or name
            names = next((names for names, words in WORDS.items() if outside in words), None)
            if names is not None and str in set(_below(info.annotation)):
                yield model.__name__, outside, names


FULL = document(
    targets={"t": {"metric": "won", "team": "inside", "person": "ann", "period": "YEAR", "value": 1}},
    feedback__meetings={
        "m": {
            "label": "M",
            "rhythm": {"every": "MONTH", "workingDay": 3},
            "teams": ["inside"],
            "people": ["ann"],
            "owner": {"party": "SALES", "team": "inside", "person": "ann"},
        }
    },
    material={
        "s": {
            "label": "S",
            "publishOn": "2027-05-03",
            "confirmedBy": "ann",
            "owner": {"party": "MARKETING", "person": "ann"},
        }
    },
    handover__routing=[{"team": "inside", "overflow": ["other"]}],
    journey__stages__sal__team="inside",
)
"""A document that names teams and people wherever it can."""
DIRECTORY = {
    key: Team(key, key, Party.SALES, "ann", None, (Member("ann"),)) for key in ("inside", "other", "marketing")
}


def _found_in(document: SlaDocument) -> set[tuple[str, str, Names]]:
    found = set()
    for names in Names:
        for path, _ in named(document, names):
            words = path.replace("]", "").replace("[", ".").split(".")
            name = next(key for key in reversed(words) if not key.isdigit())
            around = path[: path.rindex(name)].rstrip(".")
            place = place_in(document.to_json(), around) if around else None
            model = place.shape.model if place and place.shape.model else SlaDocument
            found.add((model.__name__, name, names))
    return found


def test_all_places_of_the_models_are_known_as_such() -> None:
    """A property that is called team or person and is not marked, or stands in no sample, fails here."""
    assert _found_in(FULL) == set(_places_in_models())


def _with(written: Any, path: str, value: str) -> Any:
    steps = path.replace("]", "").replace("[", ".").split(".")
    inside = written
    for step in steps[:-1]:
        if isinstance(inside, list):
            inside = (
                next((i for i in inside if isinstance(i, dict) and i.get("key") == step), None) or inside[int(step)]
            )
        else:
            inside = inside[step]
    inside[int(steps[-1]) if isinstance(inside, list) else steps[-1]] = value
    return written


@pytest.mark.parametrize("names", list(Names))
def test_whoever_is_unknown_is_told_at_every_place(names: Names) -> None:
    """With that code and at that path, once; as a warning, since people may come before the version does."""
    around = Surroundings({**DIRECTORY, "x": Team("x", "X", Party.MARKETING, "anna.berg", None, ())})
    places = [path for path, _ in named(FULL, names)]
    assert len(places) >= 6
    for path in places:
        changed = read_document(_with(FULL.to_json(), path, "nobody")).document
        assert changed is not None
        codes = CODES.values()
        told = [(f.code, f.path) for f in check_document(changed, today=TODAY, surroundings=around) if f.code in codes]
        assert told == [(CODES[names], path)]
        assert not [f for f in check_document(changed, today=TODAY) if f.code in codes]


def test_templates_name_their_own_teams_and_people_only() -> None:
    """So that whoever begins with one meets no warning."""
    for shipped in templates():
        around = Surroundings({team.key: team.team() for team in shipped.teams})
        found = check_document(shipped.document, today=TODAY, surroundings=around)
        assert [f for f in found if f.code != "CONSENT_NOT_ASKED"] == []
