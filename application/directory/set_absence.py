"""Who is away when: a person that is absent gets nothing new, and keeps what it has."""

from __future__ import annotations

from collections.abc import Container

from application.runtime.transaction import Application, Transaction
from domain.events.people import TeamChanged
from domain.people import rights
from domain.people.principal import Principal
from domain.people.team import Absence, Team, with_absence, without_absence
from domain.refusal import Refusal, need_no
from domain.words.persons import found_among, same_person
from persistence.people import absences as stored_absences
from persistence.people import teams


async def set_absence(
    application: Application, principal: Principal, *, person: str, absence: Absence, cancel: bool = False
) -> str:
    """Note that a person is away, or with `cancel` there after all; tell the key of a team it is in.

    Absences that touch or overlap become one. Handovers that the person has stay; they can be reassigned.
    """
    rights.need(principal, "Mutation.setAbsence")

    async def body(transaction: Transaction) -> str:
        named = found_among(person, await teams.members(transaction.connection)) or person
        keys = await teams.teams_of(transaction.connection, named)
        await _need_leader(transaction, principal, keys)
        found = await teams.read_teams(transaction.connection, keys, now=transaction.now, lock=True) if keys else {}
        own = _led(principal, found) if found else ""
        need_no(_faults(named, absence, known=bool(found)))
        known = await stored_absences.absences_of(transaction.connection, named)
        absences = without_absence(known, absence) if cancel else with_absence(known, absence)
        await stored_absences.write_absences(transaction.connection, named, absences, now=transaction.now)
        await _tell(transaction, found, named, absence, cancel=cancel)
        return own

    return await application.transact(body, principal=principal)


def _faults(person: str, absence: Absence, *, known: bool) -> list[Refusal]:
    faults = [] if known else [Refusal("UNKNOWN_PERSON", f"{person[:80]!r} is a member of no team.", ("person",))]
    if absence.until_at <= absence.from_at:
        faults.append(Refusal("VALUE_NOT_ALLOWED", "An absence ends after it begins.", ("until",)))
    return faults


async def _need_leader(transaction: Transaction, principal: Principal, own: Container[str]) -> None:
    """Management and admins say it of everybody; of others only who leads a team; tell who leads the person's."""
    leaders = await teams.leaders(transaction.connection)
    if principal.role in rights.ACTING and found_among(principal.person, leaders.values()) is None:
        rights.need_person(principal, [leader for team, leader in leaders.items() if team in own], _LEADER)


_LEADER = "the leader of the person's team, management or an admin"


def _led(principal: Principal, found: dict[str, Team]) -> str:
    """The team for which the principal may say it: one that it leads, any where it may say it of everybody."""
    led = [key for key, team in found.items() if same_person(team.lead_person, principal.person)]
    if principal.role in rights.ACTING and not led:
        rights.need_person(principal, [team.lead_person for team in found.values() if team.lead_person], _LEADER)
    return (led or list(found))[0]


async def _tell(
    transaction: Transaction, found: dict[str, Team], person: str, absence: Absence, *, cancel: bool
) -> None:
    ids = await teams.ids_of(transaction.connection, found)
    for team in found.values():
        told = {"person": person, "from": absence.from_at.isoformat(), "until": absence.until_at.isoformat()}
        event = TeamChanged(
            team=team.key,
            party=team.party.value,
            members=[member.person for member in team.members],
            absence=told | {"cancelled": cancel},
        )
        transaction.emit(event, ids[team.key], visible_to=(team.key,))
    transaction.wake_clock()
    transaction.wake_clock(absence.until_at)
