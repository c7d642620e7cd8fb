"""Whom a document names and does not define itself: teams and people, wherever the models say that there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from domain.document.base import KeyedPart, Names, Part
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from domain.people.team import Team
from domain.words.near_words import did_you_mean

ROUTED = "handover.routing["
"""With this begin the places whose team has to be there for leads to find somebody."""


@cache
def _marked(model: type[Part]) -> dict[str, Names]:
    """The properties of a model that name teams or people, alone or in a list."""
    found = {
        name: _names(Annotated[info.annotation, *info.metadata, None]) for name, info in model.model_fields.items()
    }
    return {name: names for name, names in found.items() if names is not None}


def _names(annotation: Any) -> Names | None:
    if isinstance(annotation, Names):
        return annotation
    inside = getattr(annotation, "__metadata__", ()) if get_origin(annotation) is Annotated else ()
    if isinstance(annotation, type) or not (get_args(annotation) or inside):
        return None
    return next((names for part in (*get_args(annotation), *inside) if (names := _names(part))), None)


def named(document: SlaDocument, names: Names) -> Iterator[tuple[str, str]]:
    """Every place that names a team, or a person, and whom; in the order of the document."""
    yield from _in_part(document, names, "")


def _in_part(part: Part, names: Names, path: str) -> Iterator[tuple[str, str]]:
    model = type(part)
    for name, info in model.model_fields.items():
        value, place = getattr(part, name), f"{path}.{info.alias or name}".removeprefix(".")
        if _marked(model).get(name) is names:
            yield from _texts(value, place)
        elif isinstance(value, Part):
            yield from _in_part(value, names, place)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Part):
                    step = item.key if isinstance(item, KeyedPart) else index
                    yield from _in_part(item, names, f"{place}[{step}]")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    for index, text in enumerate(value if isinstance(value, tuple) else ()):
        yield f"{path}[{index}]", text


def unknown_names(document: SlaDocument, teams: Mapping[str, Team], *, activating: bool = False) -> Iterator[Finding]:
    """The teams that the directory does not know, and the people who are in none of its teams.

    A version that is to come into force may not route leads to a team that is not there.
    """
    for path, key in named(document, Names.TEAM):
        if key not in teams:
            found = error if activating and path.startswith(ROUTED) else warning
            yield found("UNKNOWN_TEAM", path, f"There is no team '{key}'.{did_you_mean(key, teams)}")
    people = {member.person for team in teams.values() for member in team.members}
    people |= {team.lead_person for team in teams.values() if team.lead_person}
    for path, person in named(document, Names.PERSON):
        if person not in people:
            yield warning(
                "UNKNOWN_PERSON", path, f"Nobody named '{person}' is in a team.{did_you_mean(person, people)}"
            )
