"""Small documents for the tests of the document."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from domain.document.document import SlaDocument
from domain.document.reading.reading import read_document

TODAY = date(2026, 11, 22)
"""The day on which documents are checked."""
SMALL: dict[str, Any] = {
    "title": "Small",
    "accountable": "anna.berg",
    "calendars": {"office": {"timeZone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"]}}},
    "defaultCalendar": "office",
    "fields": {
        "email": {"label": "E-mail", "type": "TEXT"},
        "employees": {"label": "Employees", "type": "INTEGER", "of": "ACCOUNT"},
    },
    "activityTypes": {"call": {"label": "Call", "direction": "INBOUND"}},
    "journey": {
        "buyingStages": {"looking": {"label": "Looking"}},
        "stages": {
            "prospect": {"label": "P", "kind": "PROSPECT", "owner": "MARKETING", "next": ["mql"]},
            "mql": {"label": "M", "kind": "QUALIFIED", "owner": "MARKETING", "next": ["sal"]},
            "sal": {"label": "S", "kind": "ACCEPTED", "owner": "SALES", "next": ["won", "lost"]},
            "won": {"label": "W", "kind": "WON", "owner": "SALES"},
            "lost": {"label": "L", "kind": "LOST", "owner": "SALES"},
            "back": {"label": "B", "kind": "RECYCLED", "owner": "MARKETING", "next": ["mql"]},
            "out": {"label": "O", "kind": "DISQUALIFIED", "owner": "MARKETING"},
        },
    },
    "scoring": {
        "fit": {
            "criteria": {
                "size": {
                    "label": "Size",
                    "bands": [{"when": {"field": "account.employees", "op": "gte", "value": 50}, "points": 100}],
                }
            },
            "bands": {"A": {"from": 50}, "B": {"from": 0}},
        },
        "interest": {
            "signals": {"call": {"label": "Call", "activity": "call", "points": 10}},
            "bands": {"1": {"from": 10}, "2": {"from": 0}},
        },
    },
    "handover": {
        "triggers": {"hot": {"label": "Hot", "when": {"field": "interest.points", "op": "gte", "value": 10}}},
        "required": ["email"],
        "answerWithin": {"duration": "PT4H"},
        "escalation": [{"at": 1.0, "action": "NOTIFY", "audience": "TEAM_LEAD"}],
        "maxPause": "P30D",
        "routing": [{"team": "inside"}],
        "returnReasons": {"no-need": {"label": "No need", "destination": "NURTURE", "coolOff": "P30D"}},
    },
    "feedback": {},
    "afterSales": {},
}
"""A document without any finding, in map form."""


def small(**changes: Any) -> dict[str, Any]:
    """The small document, changed at paths such as handover__routing; None leaves the place out."""
    data = deepcopy(SMALL)
    for path, content in changes.items():
        *around, last = path.split("__")
        place = data
        for name in around:
            place = place.setdefault(name, {})
        if content is None:
            del place[last]
        else:
            place[last] = content
    return data


def document(**changes: Any) -> SlaDocument:
    """The same as a document; its form must be right."""
    loaded = read_document(small(**changes))
    assert loaded.document is not None, loaded.findings
    return loaded.document


def faults(data: object) -> set[tuple[str, str]]:
    """Code and path of every fault of form."""
    return {(finding.code, finding.path) for finding in read_document(data).findings}
