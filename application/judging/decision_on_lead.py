"""The effect of a decision on its lead: the order of calling, and what shows in a customer."""

from __future__ import annotations

from datetime import datetime

from application.runtime.compiled_versions import CompiledVersion
from domain.leads.decision import Decision
from domain.leads.lead import Lead
from domain.words.keys import ItemSince, item_in

_BAND_STEP = 10**12
_POINT_LIMIT = 10**11


def priority(compiled_version: CompiledVersion, decision: Decision) -> int:
    """The order of calling as one number: the better fit band first, within it the higher interest."""
    bands = compiled_version.document.scoring.fit.bands
    rank = next(len(bands) - place for place, band in enumerate(bands) if band.key == decision.fit.band)
    interest = int(decision.interest.points * 100)
    return rank * _BAND_STEP + max(-_POINT_LIMIT, min(_POINT_LIMIT, interest))


def signs_of(lead: Lead, decision: Decision, *, now: datetime) -> tuple[str, ...]:
    """Return what shows in a customer, each since when: what time alone brought about, since that very moment."""
    known = {item_in(sign): sign for sign in lead.signs}
    since = lead.valid_until if lead.valid_until is not None and lead.valid_until < now else now
    return tuple(known.get(key, ItemSince(key, since).text) for key in decision.signs)
