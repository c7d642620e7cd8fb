"""Tracks, and what leads on them were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.document.reading.reading import read_document
from domain.facts import ActivityFact, LeadFacts
from domain.leads.decision import Nurture
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.rules.samples import ACTIVITY_TYPES, NOW, document_data

STEP = timedelta(microseconds=1)


MAIL = ACTIVITY_TYPES | {
    "mail": {"label": "Mail", "direction": "OUTBOUND", "channel": "email"},
    "call": {"label": "Call", "direction": "OUTBOUND", "channel": "phone"},
}


WELCOME = [
    {"content": "guide", "channel": "email"},
    {"content": "case", "channel": "email", "wait": "P7D"},
    {"content": "visit", "channel": "phone", "wait": "P14D"},
]


def track(steps: list[dict[str, Any]] = WELCOME, **more: Any) -> dict[str, Any]:
    """A nurture track."""
    return {"label": "T", "steps": steps} | more


def compiled_version(nurturing: dict[str, Any], **changes: Any) -> CompiledRules:
    """A compiled document with a nurturing section."""
    data = document_data(activityTypes=MAIL, nurturing=nurturing, **changes)
    loaded = read_document(data)
    assert loaded.document is not None, loaded.findings
    return CompiledRules.of(loaded.document, version="nurture")


def sent(content: str | None, days: float, kind: str = "mail", **about: Any) -> ActivityFact:
    """Something sent so many days ago."""
    return ActivityFact(f"{content}-{days}", kind, NOW - timedelta(days=days), content=content, **about)


def decided(rules: CompiledRules, *done: ActivityFact, at: datetime = NOW, **about: Any) -> Nurture | None:
    """What a lead gets that came a hundred days ago and did or got this."""
    facts = LeadFacts(activities=done, **{"created_at": NOW - timedelta(days=100)} | about)
    return judge_plain(rules, facts, now=at).nurture


def nurtured(rules: CompiledRules, *done: ActivityFact, **about: Any) -> Nurture:
    """The same where it is something."""
    found = decided(rules, *done, **about)
    assert found is not None
    return found
