"""Records are shown as they are: a field of the same name has the same type on both sides, or is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from api.graphql.parts.shown import fields_of
from api.graphql.types import activity_types, handover_types, key_types, obligation_types, version_types
from domain import obligation
from domain.agreements.version import Version
from domain.handovers import assignment, handover
from persistence.leads.activities import Activity
from persistence.people.keys import ApiKey

SHOWN: dict[Any, tuple[Any, set[str]]] = {
    handover_types.Handover: (handover.Handover, {"id", "pauses", "queued_at_teams"}),
    handover_types.Assignment: (assignment.Assignment, {"passed_over"}),
    obligation_types.Obligation: (obligation.Obligation, {"id", "due_at"}),
    obligation_types.Breach: (obligation.Breach, {"id"}),
    activity_types.Activity: (Activity, {"id", "fields"}),
    key_types.ApiKey: (ApiKey, {"id"}),
    version_types.SlaVersion: (Version, {"id"}),
}
"""Each published type that takes over fields: the record that it shows, and what it shows in another form."""


def plain(hint: Any) -> Any:
    """A type with lists for tuples, as GraphQL knows only those."""
    if get_origin(hint) is tuple:
        return list[plain(get_args(hint)[0])]  # type: ignore[misc]
    return hint


@pytest.mark.parametrize("cls", SHOWN, ids=lambda cls: cls.__name__)
def test_what_is_taken_over_has_the_same_type(cls: Any) -> None:
    """Otherwise a null or another shape would reach clients, and no type checker would say so."""
    record, computed = SHOWN[cls]
    own, theirs = get_type_hints(cls), get_type_hints(record)
    common = [name for name in fields_of(cls) if name in theirs]
    assert {name for name in common if plain(own[name]) != plain(theirs[name])} == computed


def test_every_type_that_takes_over_fields_is_held_against_its_record() -> None:
    """A type that begins to show a record this way needs its row here."""
    modules = Path(activity_types.__file__).parent.glob("*.py")
    assert sum(module.read_text(encoding="utf-8").count(" shown(") for module in modules) == len(SHOWN)
