"""Writing what a transaction changed: one statement for each kind of record, however many there are."""

from __future__ import annotations

from application.unit_of_work.unit_of_work import UnitOfWork
from domain.leads.contact import OwnerChange
from persistence.handovers import handovers, notices, obligations
from persistence.leads import contact, leads
from persistence.people import turns


async def write(unit: UnitOfWork) -> None:
    """Write the change sets of a unit of work; nothing that is unchanged is written."""
    connection, now = unit.transaction.connection, unit.transaction.now
    await handovers.remember_decisions(connection, unit.decisions)
    await handovers.update(connection, unit.changed_handovers.changed)
    await handovers.insert(connection, unit.changed_handovers.added)
    if unit.ended_assignments:
        await handovers.end_assignments(connection, unit.ended_assignments, now=now)
    await handovers.assign(connection, [a for given in unit.assignments.values() for a in given])
    if unit.team_capacity.turns:
        await turns.take_turns(connection, unit.team_capacity.turns)
    await obligations.insert(connection, unit.changed_obligations.added)
    await obligations.update(connection, unit.changed_obligations.changed)
    done = [(subject_id, fulfilment) for subject_id, counted in unit.fulfilments.items() for fulfilment in counted]
    await obligations.remember_fulfilments(connection, done, recorded_at=now)
    await obligations.insert_breaches(connection, unit.changed_breaches.added)
    await obligations.update_breaches(connection, unit.changed_breaches.changed)
    await notices.insert(connection, unit.notices)
    await leads.remember_stages(connection, unit.stage_changes, recorded_at=now, historical=False)
    await _write_leads(unit)


async def _write_leads(unit: UnitOfWork) -> None:
    """Write the leads in the order of their ids, and to whom contact with them passed."""
    connection, now = unit.transaction.connection, unit.transaction.now
    after = sorted(unit.changed_leads.changed, key=lambda lead: lead.id)
    before = [unit.before(lead.id) for lead in after]
    owners = [
        OwnerChange(lead.id, was.contact_owner, lead.contact_owner, now)
        for was, lead in zip(before, after, strict=True)
        if was.contact_owner is not lead.contact_owner
    ]
    await contact.remember_owners(connection, owners)
    if after:
        await leads.update(connection, before, after)
