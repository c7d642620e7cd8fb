"""Documents with something wrong in them, for the samples of findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from application.documents.document_yaml import write_yaml
from application.documents.surroundings import Surroundings
from domain.document.reading.reading import read_document
from domain.party import Party
from domain.people.team import Member, Team
from tests.domain.document_samples import small

ANNA = {"party": "MARKETING", "person": "anna.berg"}
HOUR = {"duration": "PT1H", "clock": "ELAPSED"}
STEP = {"at": 1.0, "action": "NOTIFY", "audience": "TEAM_LEAD"}
KNOWN = {"field": "email", "op": "exists"}
STORY = {"label": "Story", "publishOn": "2027-05-03", "owner": ANNA}
MEETING: dict[str, Any] = {"label": "M", "rhythm": {"every": "MONTH", "workingDay": 3}, "owner": ANNA, "people": ["a"]}
FAIR = {"label": "Fair", "direction": "PULL", "owner": ANNA}
TRACK: dict[str, Any] = {"label": "T", "steps": [{"content": "c", "channel": "email"}]}
INSIDE = {"team": "inside", "metric": "accepted-leads", "period": "QUARTER"}
OFFICE = "calendars__office__"
STAGES = "journey__stages__"


def employees(op: str, value: Any = None) -> dict[str, Any]:
    """A comparison of the employees."""
    return {"field": "account.employees", "op": op} | ({} if value is None else {"value": value})


def points(op: str, value: Any) -> dict[str, Any]:
    """A comparison of the interest."""
    return {"field": "interest.points", "op": op, "value": value}


def trigger(when: Any, **more: Any) -> dict[str, Any]:
    """The small document with this trigger."""
    return small(handover__triggers={"hot": {"label": "Hot", "when": when, **more}})


def bands(*whens: dict[str, Any]) -> dict[str, Any]:
    """The small document with these bands of fit."""
    return small(scoring__fit__criteria__size__bands=[{"when": when, "points": 100} for when in whens])


def two_signals(when: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any]:
    """The small document with two signals that count calls."""
    asked = {"call": when, "again": other}
    signals = {
        key: {"label": key, "activity": "call", "points": 10} | ({} if one is None else {"when": one})
        for key, one in asked.items()
    }
    return small(scoring__interest__signals=signals)


def nurturing(**section: Any) -> dict[str, Any]:
    """The small document with a section of nurturing, and an activity type that tells what was sent."""
    return small(
        nurturing=section, activityTypes__mail={"label": "Mail", "direction": "OUTBOUND", "party": "MARKETING"}
    )


def systems(fields: dict[str, Any] | None = None, **mail: Any) -> dict[str, Any]:
    """The small document with two systems."""
    both = {"crm": {"label": "C", "kind": "CRM"}, "mail": {"label": "M", "kind": "OTHER", **mail}}
    email = {"label": "E-mail", "type": "TEXT", "owner": "crm", **(fields or {})}
    return small(systems=both, fields__email=email)


def deep(levels: int, inner: Any) -> Any:
    """Something that many `not` stand around."""
    for _ in range(levels):
        inner = {"not": inner}
    return inner


def counting(number: int) -> dict[str, Any]:
    """The small document with conditions over so many different numbers of activities."""
    one = {"field": "activities.call.count", "op": "gte", "value": 1}
    whens = {f"t{days}": one | {"within": f"P{days}D"} for days in range(1, number + 1)}
    return small(handover__triggers={key: {"label": key, "when": when} for key, when in whens.items()})


def yaml(text: str) -> str:
    """The small document as text, with something behind it."""
    return write_yaml(small()) + text


def team(
    *members: Member, leader: str | None = "ines", key: str = "inside", calendar: str | None = None
) -> Surroundings:
    """A directory with one team of sales, and with whom the small document names."""
    marketing = Team("marketing", "Marketing", Party.MARKETING, "anna.berg", None, ())
    return Surroundings({key: Team(key, "Inside", Party.SALES, leader, calendar, members), "marketing": marketing})


def beside(**changes: Any) -> Surroundings:
    """Another agreement in force."""
    other = read_document(small(**changes)).document
    assert other is not None
    return Surroundings(others={"other": other})


Sample = tuple[str, str, Callable[[], Any]]
"""A code, its path, and what makes the document."""
