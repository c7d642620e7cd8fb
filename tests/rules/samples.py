"""Documents, facts and activities to judge, with defaults for whatever a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from domain.document.conditions import Condition
from domain.document.document import SlaDocument
from domain.document.reading.reading import read_document
from domain.facts import ActivityFact, LeadFacts
from rules.conditions.reading import Reader, Reading
from rules.conditions.syntax import Expression
from rules.conditions.vocabulary import Place, Vocabulary, vocabulary_of
from rules.judging.compiled_rules import CompiledRules

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

FIELDS: dict[str, Any] = {
    "text": {"label": {"en": "Text", "de": "Text"}, "type": "TEXT"},
    "other": {"label": "Other", "type": "TEXT"},
    "phone": {"label": {"en": "Phone number", "de": "Telefonnummer"}, "type": "TEXT"},
    "whole": {"label": "Whole", "type": "INTEGER"},
    "amount": {"label": "Amount", "type": "DECIMAL", "scale": 2},
    "truth": {"label": "Truth", "type": "BOOLEAN"},
    "day": {"label": "Day", "type": "DATE"},
    "moment": {"label": "Moment", "type": "DATE_TIME"},
    "choice": {"label": "Choice", "type": "ENUM", "values": ["red", "green", "blue"]},
    "list": {"label": "List", "type": "LIST"},
    "tags": {"label": "Tags", "type": "LIST", "values": ["a", "b", "c"]},
    "employees": {"label": {"en": "Employees", "de": "Mitarbeiter"}, "type": "INTEGER", "of": "ACCOUNT"},
}
ACTIVITY_TYPES: dict[str, Any] = {
    "download": {
        "label": {"en": "Downloaded", "de": "Heruntergeladen"},
        "direction": "INBOUND",
        "channel": "website",
        "fields": {"pages": {"label": "Pages", "type": "INTEGER"}},
    },
    "webinar": {"label": "Webinar", "direction": "INBOUND"},
    "form": {"label": "Form", "direction": "INBOUND"},
}
STAGES: dict[str, Any] = {
    "contact": {"label": "Contact", "kind": "PROSPECT", "owner": "MARKETING", "next": ["engaged", "mql"]},
    "engaged": {"label": "Engaged", "kind": "PROSPECT", "owner": "MARKETING", "next": ["mql"]},
    "mql": {"label": "MQL", "kind": "QUALIFIED", "owner": "MARKETING", "next": ["sal"]},
    "sal": {"label": "SAL", "kind": "ACCEPTED", "owner": "SALES", "next": ["customer", "lost"]},
    "customer": {"label": "Customer", "kind": "WON", "owner": "SALES"},
    "lost": {"label": "Lost", "kind": "LOST", "owner": "MARKETING"},
    "recycled": {"label": "Recycled", "kind": "RECYCLED", "owner": "MARKETING", "next": ["mql"]},
    "out": {"label": "Out", "kind": "DISQUALIFIED", "owner": "MARKETING"},
}
SIZE = {
    "label": {"en": "Size", "de": "Größe"},
    "bands": [
        {"when": compare_size, "points": points}
        for compare_size, points in (
            ({"field": "account.employees", "op": "between", "value": [50, 70]}, 100),
            ({"field": "account.employees", "op": "gte", "value": 25}, 50),
        )
    ],
}
DOWNLOADS = {"label": "Downloads", "activity": "download", "points": 10, "maxCount": 3, "window": "P30D"}
HOT: dict[str, Any] = {"label": "Hot", "priority": 50, "when": {"field": "interest.points", "op": "gte", "value": 20}}


def when(field: str, op: str, value: Any = None) -> dict[str, Any]:
    """A comparison as it is written."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def document_data(**changes: Any) -> dict[str, Any]:
    """A document as JSON; a change names its place with `__` between the steps: `scoring__fit__criteria`."""
    data: dict[str, Any] = {
        "title": "Sample",
        "accountable": "anna.berg",
        "calendars": {"office": {"timeZone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"]}}},
        "defaultCalendar": "office",
        "fields": FIELDS,
        "activityTypes": ACTIVITY_TYPES,
        "journey": {"stages": STAGES},
        "scoring": {
            "fit": {"criteria": {"size": SIZE}, "bands": [{"key": "A", "from": 50}, {"key": "B", "from": 0}]},
            "interest": {
                "signals": {"downloads": DOWNLOADS},
                "bands": [{"key": "1", "from": 20}, {"key": "2", "from": 0}],
            },
        },
        "handover": {
            "triggers": {"hot": HOT},
            "answerWithin": {"duration": "PT4H"},
            "routing": [{"team": "inside"}],
            "returnReasons": {"no-need": {"label": "No need", "destination": "NURTURE", "coolOff": "P14D"}},
        },
    }
    for place, value in changes.items():
        *steps, last = place.split("__")
        part = data
        for step in steps:
            part[step] = dict(part[step])
            part = part[step]
        part[last] = value
    return data


def document(**changes: Any) -> SlaDocument:
    """A document; see `document_data` for changes."""
    loaded = read_document(document_data(**changes))
    assert loaded.document is not None, loaded.findings
    return loaded.document


def compiled_version(**changes: Any) -> CompiledRules:
    """A compiled document; see `document_data` for changes."""
    return CompiledRules.of(document(**changes), version="sample")


def activity(kind: str = "download", *, days: float = 0, name: str | None = None, **more: Any) -> ActivityFact:
    """An activity some days before NOW."""
    occurred = NOW - timedelta(days=days)
    return ActivityFact(name or f"{kind}-{days}", kind, occurred, **more)


def facts(*activities: ActivityFact, **more: Any) -> LeadFacts:
    """What is known of a lead that did these things."""
    return LeadFacts(activities=activities, **more)


def typed(condition: dict[str, Any], place: Place = Place.TRIGGER, activity_type: str | None = None) -> Expression:
    """A condition over the sample's fields as a typed expression."""
    reading = read(condition, place, activity_type)
    assert not reading.faults, reading.faults
    return reading.expression


def read(condition: dict[str, Any], place: Place = Place.TRIGGER, activity_type: str | None = None) -> Reading:
    """What becomes of a condition over the sample's fields, with its faults."""
    return Reader(_vocabulary(), place, activity_type).read(parsed(condition), "here")


def parsed(condition: dict[str, Any]) -> Any:
    """A condition as the document's models hold it."""
    return _ADAPTER.validate_python(condition)


_ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)


@cache
def _vocabulary() -> Vocabulary:
    return vocabulary_of(document())
