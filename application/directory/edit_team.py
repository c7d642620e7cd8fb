"""The directory: teams and who belongs to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from application.handovers.leaving import Unattended, come_back, leave
from application.judging.conclude import conclude
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.base import KEY_PATTERN
from domain.events.people import PersonLeft, TeamChanged
from domain.people import rights
from domain.people.principal import Principal
from domain.people.team import Member, Team
from domain.refusal import Refusal, need_no
from domain.words.persons import folded
from persistence.agreements import versions
from persistence.handovers import handovers
from persistence.people import teams

ATTEMPTS = 5
"""The number of times that a change is tried while people who leave still get work."""
MAX_MEMBERS = 500
MAX_SKILLS = 100
"""The most that a member has."""
_KEY = re.compile(KEY_PATTERN)
_PERSON = re.compile(r"\w[\w.@+'-]{0,99}")


@dataclass(frozen=True, slots=True)
class EditedTeam:
    """A team that was edited, and what people have who left with it."""

    key: str
    unattended: tuple[Unattended, ...] = ()


class _MoreWork(Exception):
    """Somebody who leaves got more work while the team was not held yet."""


async def upsert_team(application: Application, principal: Principal, *, team: Team) -> EditedTeam:
    """Create a team or replace what is known of it; members keep the turns they had, persons their first spelling.

    What was offered to people who are then an active member of no team is routed again in the same transaction.
    """
    rights.need(principal, "Mutation.upsertTeam")
    need_no(_faults(team))

    async def body(transaction: Transaction) -> EditedTeam:
        work = await _work_of(transaction, team)
        unit = await UnitOfWork.open(transaction, work)
        present = await teams.read_teams(transaction.connection, [team.key], now=transaction.now, lock=True)
        if not set(work) >= set(await _work_of(transaction, team)):
            raise _MoreWork
        need_no(await _conflicts(transaction, team, present.get(team.key)))
        spelled = await _as_known(transaction, team)
        before = await teams.active_members(transaction.connection)
        await teams.write_team(transaction.connection, spelled, now=transaction.now)
        after = await teams.active_members(transaction.connection)
        team_id = (await teams.ids_of(transaction.connection, [team.key]))[team.key]
        persons = [member.person for member in spelled.members]
        event = TeamChanged(team=team.key, party=team.party.value, members=persons)
        transaction.emit(event, team_id, visible_to=(team.key,))
        unattended = await leave(unit, before - after)
        come_back(unit, after - before)
        for one in unattended:
            told = {"handovers": one.handovers, "obligations": one.obligations, "rerouted": one.rerouted}
            transaction.emit(PersonLeft(person=one.person, **told), team_id, visible_to=(team.key,))
        await conclude(unit)
        transaction.wake_clock()
        return EditedTeam(team.key, tuple(unattended))

    for _ in range(ATTEMPTS):
        try:
            return await application.transact(body, principal=principal)
        except _MoreWork:
            continue
    raise Refusal("WRONG_STATE", "People of the team get new work all the time; try again.")


async def _work_of(transaction: Transaction, team: Team) -> list[UUID]:
    """The leads whose open handovers are with people who may leave by this, or come back."""
    known = await teams.members_of(transaction.connection, team.key)
    return await handovers.leads_of_assignees(transaction.connection, {*known, *(m.person for m in team.members)})


async def _as_known(transaction: Transaction, team: Team) -> Team:
    """The team with its persons spelled as they are in the directory already, so that nobody is two persons."""
    known = {folded(person): person for person in await teams.persons(transaction.connection)}
    members = tuple(replace(m, person=known.setdefault(folded(m.person), m.person)) for m in team.members)
    leader = known.get(folded(team.lead_person), team.lead_person) if team.lead_person else team.lead_person
    return replace(team, members=members, lead_person=leader)


async def _conflicts(transaction: Transaction, team: Team, present: Team | None) -> list[Refusal]:
    """Return what does not go with the versions there are, and with what the team works on."""
    found = []
    if team.calendar is not None and await versions.lack_calendar(transaction.connection, team.calendar):
        message = f"No version in force, approved or in the making has a calendar {team.calendar[:80]!r}."
        found.append(Refusal("UNKNOWN_CALENDAR", message, ("calendar",)))
    moved = present is not None and present.party is not team.party
    if moved and await handovers.any_open_in(transaction.connection, team.key):
        message = f"The team has open handovers; it stays with {present.party.value if present else ''} until they end."
        found.append(Refusal("WRONG_STATE", message, ("party",)))
    return found


def _faults(team: Team) -> list[Refusal]:
    if len(team.members) > MAX_MEMBERS:
        return [Refusal("TOO_MANY_ITEMS", f"A team has at most {MAX_MEMBERS} members.", ("members",))]
    faults = _key_faults(team.key, ("key",))
    if not 0 < len(team.title.strip()) <= 500:
        faults.append(Refusal("VALUE_NOT_ALLOWED", "A title has 1 to 500 characters.", ("title",)))
    faults += [] if team.lead_person is None else _person_faults(team.lead_person, ("leadPerson",))
    faults += [] if team.calendar is None else _key_faults(team.calendar, ("calendar",))
    seen: set[str] = set()
    for index, member in enumerate(team.members):
        faults += _member_faults(member, ("members", str(index)))
        if folded(member.person) in seen:
            faults.append(Refusal("VALUE_NOT_ALLOWED", "A person is a member once.", ("members", str(index), "person")))
        seen.add(folded(member.person))
    return faults


def _member_faults(member: Member, path: Sequence[str]) -> list[Refusal]:
    faults = _person_faults(member.person, (*path, "person"))
    if len(member.skills) > MAX_SKILLS:
        faults.append(Refusal("TOO_MANY_ITEMS", f"A member has at most {MAX_SKILLS} skills.", (*path, "skills")))
    for index, skill in enumerate(member.skills[:MAX_SKILLS]):
        faults += _key_faults(skill, (*path, "skills", str(index)))
    bounds = (("weight", member.weight, 1), ("maxOpen", member.max_open, 0), ("maxPerMonth", member.max_per_month, 0))
    for name, value, lowest in bounds:
        if value is not None and not lowest <= value <= 1_000_000:
            faults.append(Refusal("VALUE_NOT_ALLOWED", f"{name} is at least {lowest}.", (*path, name)))
    return faults


def _key_faults(key: str, path: Sequence[str]) -> list[Refusal]:
    """Teams, calendars and skills are named by documents, so they are written as these write keys."""
    if _KEY.fullmatch(key):
        return []
    return [Refusal("MALFORMED_KEY", "A key has letters, digits, - and _, at most 64.", path)]


def _person_faults(person: str, path: Sequence[str]) -> list[Refusal]:
    if _PERSON.fullmatch(person):
        return []
    message = "A person is written in letters, digits and . _ @ + - ', at most 100, and begins with a letter or digit."
    return [Refusal("MALFORMED_KEY", message, path)]
