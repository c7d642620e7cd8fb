"""Documents with channels and purposes of all kinds, and what leads said about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.document.document import SlaDocument
from domain.leads.contact import Consent
from tests.domain.document_samples import document

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = UUID(int=1)
ALIASES = {
    "email": ["mail", "Elektronische Post"],
    "phone": ["Telefon", "call"],
    "fair": ["Große Messe", "trade-fair"],
    "post": ["Brief"],
}
CHANNELS = tuple(ALIASES)
PURPOSES = ("news", "product-mail", "calls", "events_2")
_rule = st.fixed_dictionaries(
    {"label": st.just("L")},
    optional={
        "party": st.sampled_from(["MARKETING", "SALES"]),
        "channels": st.lists(st.sampled_from(CHANNELS), max_size=2, unique=True),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> SlaDocument:
    """A document that names its channels here or there, with consents for some of them."""
    named = draw(st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True))
    defined = draw(st.lists(st.sampled_from(CHANNELS), max_size=3, unique=True))
    consents = draw(st.dictionaries(st.sampled_from(PURPOSES), _rule, max_size=3))
    kinds = {f"to-{key}": {"label": key, "direction": "OUTBOUND", "channel": key} for key in named}
    changes: dict[str, Any] = {
        "activityTypes": {"call": {"label": "C", "direction": "INBOUND"}} | kinds,
        "channels": {key: {"label": key, "aliases": ALIASES[key]} for key in defined},
        "contact": {"consents": consents},
    }
    steps = [{"content": f"on-{channel}", "channel": channel} for channel in sorted({*named, *defined})]
    changes["nurturing"] = {"tracks": {"t": {"label": "T", "steps": steps}}}
    required = [{"purpose": key, "channel": (rule.get("channels") or named)[0]} for key, rule in consents.items()]
    changes["handover__requiredConsents"] = required
    return document(**changes)


def said(granted: bool, hours: int, number: int = 0, **about: Any) -> Consent:
    """What a lead said so many hours ago."""
    at = NOW - timedelta(hours=hours)
    given: dict[str, Any] = {"purpose": "news", "channel": "email", "recorded_at": at}
    given |= {"person": "x", "evidence": None, "expires_at": None}
    return Consent(id=UUID(int=number), lead_id=LEAD, granted=granted, at=at, **given | about)


consents = st.lists(
    st.builds(
        lambda number, granted, hours, channel, purpose, days: said(
            granted,
            hours,
            number,
            channel=channel,
            purpose=purpose,
            expires_at=NOW + timedelta(days=days) if granted and days else None,
        ),
        st.integers(0, 10**6),
        st.booleans(),
        st.integers(0, 6),
        st.sampled_from([*CHANNELS, "fax", "E-Mail", "Elektronische Post", "*"]),
        st.sampled_from([*PURPOSES, "NEWS", "other", "*"]),
        st.integers(-1, 2),
    ),
    max_size=7,
    unique_by=lambda consent: consent.id,
)
