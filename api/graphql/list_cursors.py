"""The cursors of every list that has pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.graphql.lists.cursors import Cursors
from api.graphql.lists.list_pages import CursorsOf
from api.graphql.queries.agreements import AGREEMENTS
from api.graphql.types import (
    activity_types,
    comment_types,
    conflict_types,
    decision_types,
    event_types,
    handover_types,
    lead_types,
    obligation_types,
    simulation_types,
    version_types,
)
from application.reading.lists import LeadOrder


def _always(cursors: Cursors) -> CursorsOf:
    return lambda _order: cursors


def _by_order(order: Any) -> Cursors:
    return lead_types.CURSORS[LeadOrder(order) if order else LeadOrder.PRIORITY]


LIST_CURSORS: Mapping[str, CursorsOf] = {
    "Query.leads": _by_order,
    "Account.leads": _always(lead_types.CURSORS[LeadOrder.OLDEST]),
} | {
    name: _always(cursors)
    for name, cursors in {
        "Query.handovers": handover_types.CURSORS,
        "Query.obligations": obligation_types.OBLIGATIONS,
        "Query.breaches": obligation_types.BREACHES,
        "Query.events": event_types.CURSORS,
        "Query.agreements": AGREEMENTS,
        "Lead.decisions": decision_types.CURSORS,
        "Lead.handovers": handover_types.CURSORS,
        "Lead.activities": activity_types.CURSORS,
        "Lead.conflicts": conflict_types.CURSORS,
        "Lead.history": event_types.CURSORS,
        "Agreement.versions": version_types.VERSIONS,
        "SlaVersion.comments": comment_types.COMMENTS,
        "Simulation.differences": simulation_types.DIFFERENCES,
    }.items()
}
"""By `Type.field`; a test tells of lists without a row."""
