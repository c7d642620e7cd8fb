"""Who serves the accounts of leads, so that a company gets one person of sales [S3.4, S4.4b]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.document.sections.handover import OneRep, Route
from domain.handovers.handover import Handover, HandoverState
from domain.handovers.routing import Because, Serving
from domain.leads.lead import Lead
from domain.words.persons import folded
from persistence.handovers import handovers
from persistence.leads import leads
from persistence.people import teams
from rules.routing.routing import teams_of

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork


async def hold_for(unit: UnitOfWork, lead_ids: Iterable[UUID], routes: Iterable[Route | None]) -> None:
    """Hold the accounts of leads, then the teams of routes and those of the people who serve these accounts."""
    ids = list(lead_ids)
    await unit.account_service.learn(ids)
    named = {key for route in routes if route is not None for key in teams_of(route)}
    await unit.team_capacity.hold(named | unit.account_service.teams_of(ids))


GIVEN_BACK = frozenset({HandoverState.RETURNED, HandoverState.DISCARDED})


@dataclass
class AccountService:
    """The handovers of the accounts of leads, read once and locked against other routing."""

    unit: UnitOfWork

    def __post_init__(self) -> None:
        self._stored: dict[UUID, list[Handover]] = {}
        self._teams: dict[str, tuple[str, ...]] = {}

    async def learn(self, lead_ids: Iterable[UUID]) -> None:
        """Hold the accounts of leads, and read who has or had handovers of theirs and in which teams those people are.

        The accounts are locked: of two leads of a company that come at once the second finds the first assigned.
        """
        asked = {self.unit.leads[lead_id].account_id for lead_id in lead_ids} - {None} - self._stored.keys()
        accounts = {account_id for account_id in asked if account_id is not None}
        if not accounts:
            return
        connection = self.unit.transaction.connection
        await leads.hold_accounts(connection, accounts)
        found = await handovers.of_accounts(connection, accounts)
        self._stored |= {account_id: found.get(account_id, []) for account_id in accounts}
        people = {h.assignee for of_account in found.values() for h in of_account if h.assignee}
        people |= {a.owner for a in self.unit.accounts.values() if a.id in accounts and a.owner}
        missing = [person for person in people if folded(person) not in self._teams]
        if missing:
            self._teams |= {folded(p): () for p in missing} | await teams.sales_teams_of(connection, missing)

    def teams_of(self, lead_ids: Iterable[UUID]) -> set[str]:
        """The teams of the people who serve the accounts of leads."""
        found: set[str] = set()
        for lead_id in lead_ids:
            lead = self.unit.leads[lead_id]
            for person in self._people(lead):
                found |= set(self._teams.get(folded(person), ()))
        return found

    def _people(self, lead: Lead) -> Iterator[str]:
        account = self.unit.account_of(lead)
        if account is None:
            return
        if account.owner:
            yield account.owner
        yield from (h.assignee for h in self._of_account(account.id) if h.assignee)

    def _of_account(self, account_id: UUID) -> list[Handover]:
        """The handovers of an account as they are now, those of this transaction too."""
        now = {h.id: h for h in self._stored.get(account_id, ())}
        for handover in self.unit.handover_history.values():
            lead = self.unit.leads.get(handover.lead_id)
            if lead is not None and lead.account_id == account_id:
                now[handover.id] = handover
        return list(now.values())

    def one_rep(self, handover: Handover) -> OneRep:
        """Return what the version in force says about one person for a company."""
        active = self.unit.active.of_agreement(handover.agreement_id)
        return active.document.handover.one_rep if active else OneRep()

    def serving(self, handover: Handover) -> tuple[Serving, ...]:
        """Return who serves the account of a handover's lead, the first who should get it first."""
        one_rep = self.one_rep(handover)
        lead = self.unit.leads[handover.lead_id]
        account = self.unit.account_of(lead)
        if account is None:
            return ()
        owner = [Serving(account.owner, Because.ACCOUNT_OWNER)] if account.owner else []
        if not one_rep.on:
            return tuple(owner)
        others = [h for h in self._of_account(account.id) if h.id != handover.id and h.assignee]
        since = self.unit.transaction.now - one_rep.remembers.elapsed
        ordered = [
            *_running(others, HandoverState.ACCEPTED, attrgetter("answered_at", "id")),
            *_running(others, HandoverState.OFFERED, attrgetter("offered_at", "id")),
        ]
        worked = [h for h in others if h.accepted_at and h.state not in GIVEN_BACK]
        ended = [h for h in worked if h.closed_at is not None and h.closed_at >= since]
        ended.sort(key=attrgetter("closed_at", "id"), reverse=True)
        found = [
            *owner,
            *(Serving(h.assignee or "", Because.SERVES_ACCOUNT) for h in ordered),
            *(Serving(h.assignee or "", Because.SERVED_ACCOUNT) for h in ended[:1]),
        ]
        return tuple({folded(one.person): one for one in reversed(found)}.values())[::-1]


def _running(found: Iterable[Handover], state: HandoverState, order: Callable[[Handover], Any]) -> list[Handover]:
    return sorted((h for h in found if h.closed_at is None and h.state is state), key=order)
