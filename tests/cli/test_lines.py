"""The lines of `baton watch` and `baton demo`, from events as the log tells them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.cli.terminal.lines import line, watched
from api.graphql.subscriptions.subscriptions import BREACH_TYPES, HANDOVER_TYPES
from api.graphql.types.enums import BreachEventType, HandoverEventType

BERLIN = ZoneInfo("Europe/Berlin")
LEAD = {"id": "L", "keys": [{"externalId": "4711"}], "fields": {"lastName": "Egger"}, "account": {"name": "Molkerei"}}
THEN = {
    "state": "OFFERED",
    "team": "inside",
    "assignee": "mia",
    "trigger": "hot",
    "grade": "A1",
    "party": "SALES",
    "kind": "answer",
    "answerDueAt": "2026-03-29T13:00:00+00:00",
    "dueAt": "2026-03-29T13:00:00+00:00",
}


def said(type_: str, at: str = "2026-03-28T09:00:00+00:00", subject: Any = None, **payload: Any) -> str:
    """The line of an event."""
    found = {"type": type_, "at": at, "payload": {**THEN, **payload}, "subject": subject or {"id": "H", "lead": LEAD}}
    printed = line(found, zone=BERLIN)
    return printed.plain if printed else ""


def test_times_name_their_zone() -> None:
    """Each moment by the clock that is valid then, over a change of the clocks too."""
    assert said("handover.offered").startswith("Sat 28 Mar 10:00:00 CET  OFFERED")
    assert said("handover.offered").endswith("answer due Sun 29 Mar 15:00 CEST")


def test_an_old_line_tells_what_held_then() -> None:
    """Who got a handover is taken from the event, whoever has it now."""
    now = {"id": "H", "team": "field", "assignee": "karl", "lead": LEAD}
    assert "Egger, Molkerei  A1 hot → inside/mia" in said("handover.offered", subject=now)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"action": "NOTIFY", "audience": "PERSON"}, "REMINDED   Egger, Molkerei  inside/mia is reminded: answer, due"),
        (
            {"action": "NOTIFY", "audience": "TEAM_LEAD", "recipients": [{"person": "ines", "party": None}]},
            "ESCALATED  Egger, Molkerei  step 2: ines told, with inside/mia",
        ),
        (
            {"action": "REASSIGN", "audience": "MANAGEMENT", "recipients": [{"person": None, "party": None}]},
            "step 2: management told, it goes to somebody else",
        ),
        ({"action": "RETURN", "audience": None, "recipients": []}, "step 2: it goes back to marketing"),
    ],
)
def test_an_escalation_says_whom_it_reaches(payload: dict[str, Any], words: str) -> None:
    """A step that reaches only the assignee is a reminder, no escalation."""
    assert words in said("handover.escalated", obligation="answer", step=2, **payload)


def test_a_breach_names_who_owed_what() -> None:
    """Of a breach about a handover the lead is named; one about no lead, and one that is hidden, has a line too."""
    about = {"id": "B", "subject": {"id": "H", "lead": LEAD}}
    assert "BREACH     Egger, Molkerei  inside/mia owed answer by Sun 29 Mar 15:00 CEST" in said(
        "breach.opened", subject=about
    )
    assert "marketing owed material" in said(
        "breach.opened",
        subject={"id": "B", "subject": {}},
        team=None,
        assignee=None,
        party="MARKETING",
        kind="material",
    )
    hidden = line({"type": "breach.resolved", "at": "2026-03-28T09:00:00Z", "payload": THEN, "subject": None})
    assert hidden is not None
    assert "no longer sees" in hidden.plain


def test_every_event_of_the_streams_has_its_line() -> None:
    """A new type of event about handovers or breaches is followed and has a word."""
    query = watched(None).query
    kinds = {kind for kind, word in HANDOVER_TYPES.items() if word is not HandoverEventType.CHECKPOINT}
    kinds |= {kind for kind, word in BREACH_TYPES.items() if word is not BreachEventType.CHECKPOINT}
    assert {kind for kind in kinds if f'"{kind}"' not in query} == set()
    assert all(said(kind) for kind in kinds)
    assert said("checkpoint") == ""
    assert '"breach' not in watched(None, breaches=False).query
