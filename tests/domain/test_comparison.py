"""The difference of two documents is told by meaning."""

from __future__ import annotations

from typing import Any

import pytest

from domain.comparison.changes import Change, ChangeKind
from domain.comparison.comparison import compare_documents
from tests.domain.document_samples import document, small

HOT = "handover__triggers__hot__when"
POINTS = {"field": "interest.points", "op": "gte", "value": 10}
SIZE = {"field": "account.employees", "op": "gte", "value": 50}
MAIL = {"field": "email", "op": "exists"}
ROLE = {"field": "role", "op": "in", "value": ["a", "b"]}
LONG = {"field": "activity.minutes", "op": "gte", "value": 10}
ANSWERED = {"field": "activity.channel", "op": "eq", "value": "phone"}
CALLS = {"field": "activities.call.count", "op": "gte", "value": 2, "where": {"any": [LONG, ANSWERED]}}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    """The differences of two variants of the small document."""
    changes = compare_documents(document(**before), document(**after))
    return [(change.path, change.kind.value, change.before, change.after) for change in changes]


def test_a_document_does_not_differ_from_itself() -> None:
    """Nothing is told of two documents that agree the same."""
    assert told({}, {}) == []


def test_a_changed_threshold_is_told_where_it_stands() -> None:
    """The path leads to the value inside the condition, with what it was and what it is."""
    (change,) = told({HOT: {"all": [MAIL, POINTS]}}, {HOT: {"all": [MAIL, POINTS | {"value": 60}]}})
    assert change == ("handover.triggers[hot].when.all[1].value", "CHANGED", 10, 60)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (POINTS, POINTS | {"op": "gt"}, [(".op", "CHANGED")]),
        (POINTS, POINTS | {"op": "gt", "value": 5}, [("", "CHANGED")]),
        (POINTS, SIZE, [("", "CHANGED")]),
        (POINTS, {"all": [POINTS]}, []),
        ({"any": [{"all": [POINTS]}]}, POINTS, []),
        ({"all": [POINTS]}, POINTS | {"value": 60}, [(".value", "CHANGED")]),
        (POINTS, {"all": [POINTS, SIZE]}, [("", "CHANGED")]),
        (ROLE, ROLE | {"value": ["b", "a", "b"]}, []),
        ({"all": [ROLE, SIZE]}, {"all": [SIZE, ROLE | {"value": ["b", "a"]}]}, []),
        (ROLE, ROLE | {"value": ["b", "c"]}, [(".value", "CHANGED")]),
        (CALLS, CALLS | {"where": {"any": [ANSWERED, LONG]}}, []),
        (CALLS, CALLS | {"where": {"any": [LONG]}}, [(".where", "CHANGED")]),
        ({"all": [POINTS]}, {"all": [POINTS, SIZE]}, [(".all[1]", "ADDED")]),
        ({"all": [MAIL, POINTS]}, {"all": [POINTS]}, [(".all[0]", "REMOVED")]),
        ({"any": [MAIL, POINTS]}, {"any": [POINTS, MAIL]}, []),
        ({"all": [{"any": [MAIL, SIZE]}, POINTS]}, {"all": [POINTS, {"any": [SIZE, MAIL]}]}, []),
        ({"not": SIZE}, {"not": SIZE | {"value": 7}}, [(".not.value", "CHANGED")]),
        ({"all": [{"any": [MAIL, SIZE]}]}, {"all": [{"any": [MAIL]}]}, [(".all[0].any[1]", "REMOVED")]),
        ({"all": [MAIL, SIZE]}, {"any": [MAIL, SIZE]}, [("", "CHANGED")]),
    ],
)
def test_conditions_are_compared_by_their_structure(before: Any, after: Any, expected: list[tuple[str, str]]) -> None:
    """What was joined or taken out is told as that; the order of what is joined means nothing."""
    changes = told({HOT: before}, {HOT: after})
    wanted = [(f"handover.triggers[hot].when{path}", kind) for path, kind in expected]
    assert [(path, kind) for path, kind, *_ in changes] == wanted


def test_parts_with_keys_are_compared_by_key() -> None:
    """A part of a new key is new, one whose key is missing is gone, wherever they stand."""
    fields = small()["fields"]
    phone = {"label": "Phone", "type": "TEXT"}
    added, removed = told({}, {"fields": {"phone": phone, "employees": fields["employees"]}, "handover__required": []})[
        :2
    ]
    assert added[:2] == ("fields[email]", "REMOVED")
    assert removed[:2] == ("fields[phone]", "ADDED")
    assert removed[3]["key"] == "phone"


def test_order_is_told_where_it_counts_only() -> None:
    """Stages that change places are told; fields that do are not."""
    stages = small()["journey"]["stages"]
    keys = ["prospect", "sal", "mql", "won", "lost", "back", "out"]
    (change,) = told({}, {"journey__stages": {key: stages[key] for key in keys}})
    assert change[:2] in {("journey.stages[sal]", "MOVED"), ("journey.stages[mql]", "MOVED")}
    assert {change[2], change[3]} == {1, 2}
    fields = small()["fields"]
    assert told({}, {"fields": {key: fields[key] for key in reversed(fields)}}) == []


def test_routes_without_keys_are_known_by_what_they_say() -> None:
    """A route put before the others moves nothing; its path is its place."""
    west = {"team": "west", "when": SIZE}
    changes = told({}, {"handover__routing": [west, {"team": "inside", "overflow": ["west"]}]})
    assert [change[:2] for change in changes] == [
        ("handover.routing[1].overflow", "CHANGED"),
        ("handover.routing[0]", "ADDED"),
    ]


def test_routes_that_change_places_are_moved() -> None:
    """Of two routes that swap one has moved."""
    routes = [{"team": "west", "when": SIZE}, {"team": "east", "when": MAIL}, {"team": "inside"}]
    (change,) = told({"handover__routing": routes}, {"handover__routing": [routes[1], routes[0], routes[2]]})
    assert change[1] == "MOVED"


def test_labels_are_compared_by_language() -> None:
    """A text in one language is its own change."""
    changes = told(
        {"title": {"en": "Small", "de": "Klein"}}, {"title": {"de": "Kleiner", "en": "Small", "fr": "Petit"}}
    )
    assert changes == [("title.de", "CHANGED", "Klein", "Kleiner"), ("title.fr", "ADDED", None, "Petit")]


def test_a_time_limit_is_one_promise() -> None:
    """It is told as a whole; what is only written another way is no change."""
    (change,) = told({}, {"handover__answerWithin": {"duration": "PT2H"}})
    assert change == (
        "handover.answerWithin",
        "CHANGED",
        {"duration": "PT4H", "clock": "BUSINESS"},
        {"duration": "PT2H", "clock": "BUSINESS"},
    )
    assert told({}, {"handover__answerWithin": {"duration": "PT240M", "clock": "BUSINESS"}}) == []


def test_what_is_left_out_is_added_or_removed() -> None:
    """An optional part that only one document has is told whole."""
    limit = {"duration": "P1D", "clock": "ELAPSED"}
    assert told({}, {"handover__contactWithin": limit}) == [("handover.contactWithin", "ADDED", None, limit)]
    assert told({"scope": MAIL}, {}) == [("scope", "REMOVED", MAIL, None)]


def test_lists_in_which_order_means_nothing_tell_what_came_and_went() -> None:
    """Allowed next stages are a set."""
    changed = told({}, {"journey__stages__sal__next": ["lost", "out"]})
    assert changed == [
        ("journey.stages[sal].next[0]", "REMOVED", "won", None),
        ("journey.stages[sal].next[1]", "ADDED", None, "out"),
    ]


def test_a_change_is_a_value() -> None:
    """It says both places, so that it can be applied and mirrored."""
    west = {"team": "west", "when": SIZE}
    inside = {"team": "inside", "strategy": "LEAST_LOADED"}
    changes = compare_documents(document(), document(handover__routing=[west, inside]))
    strategy, added = changes
    assert strategy == Change(
        "handover.routing[1].strategy",
        ChangeKind.CHANGED,
        "ROUND_ROBIN",
        "LEAST_LOADED",
        "handover.routing[0].strategy",
    )
    assert (added.path, added.other, added.place) == ("handover.routing[0]", "handover.routing", 0)
