"""The effect of a decision on its lead: whether it is another one, the order of calling, and what shows in a
customer."""

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
    since = lead.next_crossing if lead.next_crossing is not None and lead.next_crossing < now else now
    return tuple(known.get(key, ItemSince(key, since).text) for key in decision.signs)


def is_another(lead: Lead, decision: Decision, *, news: bool) -> bool:
    """Return whether a decision is another one than the lead has: points alone that faded do not make one.

    An activity that was told is a fact, so with news all counts that the decision was made of.
    """
    if decision.digest == lead.decision_digest:
        return False
    return news or lead.decision_meaning is None or decision.meaning != lead.decision_meaning


def kept_on(lead: Lead) -> tuple[object, ...]:
    """Return what a lead keeps of its last judgement, and by what that was made."""
    judged_by = lead.judged_epoch, lead.judged_account_at
    return lead.next_crossing, lead.priority, lead.decision_meaning, *judged_by


def to_keep(compiled_version: CompiledVersion, decision: Decision) -> tuple[object, ...]:
    """Return what a lead keeps of a judgement."""
    return decision.next_crossing, priority(compiled_version, decision), decision.meaning
