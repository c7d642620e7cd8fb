"""The lists of the API with each filter and order: what a page, a page far behind and the count read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from application.reading import lists
from application.reading.pages import List
from application.runtime.transaction import Application
from domain.handovers.handover import HandoverState
from domain.obligation import BreachSeverity, BreachState, ObligationState
from domain.party import Party
from domain.people.principal import Principal
from persistence.database.paging import Query

SIZE = 50


@dataclass(frozen=True)
class Cost:
    """What a statement cost."""

    milliseconds: float
    blocks: int
    """Pages of 8 kB that were read, from memory or not."""
    rows: int
    """Rows that were answered."""


def queries(application: Application, principal: Principal, now: datetime) -> Iterator[tuple[str, Query]]:
    """Every list × filter × order, with what it is called."""
    for order in lists.LeadOrder:
        leads: dict[str, dict[str, Any]] = {
            "all": {},
            "agreement": {"agreement": "main"},
            "common stage": {"stage": ["subscriber"]},
            "stages": {"stage": ["qualified", "accepted"]},
            "no such stage now": {"stage": ["won"]},
            "grade": {"grade": ["A"]},
            "owner": {"contact_owner": Party.SALES},
            "updated since": {"updated_since": now - timedelta(minutes=5)},
        }
        for name, given in leads.items():
            yield (
                f"leads {order.value} {name}",
                _query(lists.leads(application, principal, lists.LeadFilter(**given), order)),
            )
    handovers: dict[str, dict[str, Any]] = {
        "all": {},
        "open": {"open": True},
        "closed": {"open": False},
        "returned": {"state": [HandoverState.RETURNED]},
        "withdrawn": {"state": [HandoverState.WITHDRAWN]},
        "team": {"team": ["inside-sales"]},
        "assignee": {"assignee": "lena"},
        "queued": {"queued": True},
        "overdue": {"overdue": True},
        "since": {"offered_since": now - timedelta(minutes=5)},
    }
    for name, given in handovers.items():
        yield f"handovers {name}", _query(lists.handovers(application, principal, lists.HandoverFilter(**given)))
    obligations: dict[str, dict[str, Any]] = {
        "all": {},
        "open": {"state": [ObligationState.OPEN]},
        "met": {"state": [ObligationState.MET]},
        "waived": {"state": [ObligationState.WAIVED]},
        "kind": {"kind": ["answer"]},
        "party": {"party": Party.MARKETING},
        "team": {"team": ["inside-sales"]},
        "assignee": {"assignee": "lena"},
        "due before": {"due_before": now - timedelta(days=1)},
    }
    for name, given in obligations.items():
        yield f"obligations {name}", _query(lists.obligations(application, principal, lists.ObligationFilter(**given)))
    breaches: dict[str, dict[str, Any]] = {
        "all": {},
        "open": {"state": [BreachState.OPEN]},
        "acknowledged": {"state": [BreachState.ACKNOWLEDGED]},
        "kind": {"kind": ["answer"]},
        "party": {"party": Party.MARKETING},
        "team": {"team": ["inside-sales"]},
        "severe": {"severity": [BreachSeverity.HIGH]},
        "since": {"opened_since": now - timedelta(minutes=5)},
    }
    for name, given in breaches.items():
        yield f"breaches {name}", _query(lists.breaches(application, principal, lists.BreachFilter(**given)))


def _query(found: List[Any]) -> Query:
    return found._query


async def page(connection: AsyncConnection, query: Query) -> Cost:
    """Read the first page."""
    statement, binds = query._page(limit=SIZE + 1, after=None, before=None, backward=False)
    return await explain(connection, statement, binds)


async def count(connection: AsyncConnection, query: Query) -> Cost:
    """Count, as far as is counted."""
    return await explain(connection, f"select count(*) from ({query._counted}) counted", query.binds)


async def explain(connection: AsyncConnection, statement: str, binds: dict[str, Any]) -> Cost:
    """Run a statement and return what it cost; the second run counts, when what it needs is in memory."""
    explained = text(f"explain (analyze, buffers, format json) {statement}")
    for _ in range(2):
        found = await connection.scalar(explained, binds)
    (plan,) = found if isinstance(found, list) else json.loads(found)
    top = plan["Plan"]
    blocks = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return Cost(plan["Execution Time"], blocks, int(top["Actual Rows"]))
