"""The directory: teams and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from application.incoming import key_faults
from application.work import House, Work
from domain import rights
from domain.persons import folded
from domain.principal import Principal
from domain.refusal import Refusal, need_no
from domain.team import Member, Team
from persistence import teams


async def upsert_team(house: House, principal: Principal, *, team: Team) -> str:
    """Create a team or replace what is known of it; members keep the turns they had, persons their first spelling."""
    rights.need(principal, "Mutation.upsertTeam")
    need_no(_faults(team))

    async def body(work: Work) -> str:
        await teams.read_teams(work.connection, [team.key], now=work.now, lock=True)
        spelled = await _as_known(work, team)
        await teams.write_team(work.connection, spelled, now=work.now)
        team_id = await teams.id_of(work.connection, team.key)
        persons = [member.person for member in spelled.members]
        payload = {"team": team.key, "party": team.party.value, "members": persons}
        work.tell("team.changed", ("Team", team_id), payload=payload, visible_to=(team.key,))
        work.wake_clock()
        return team.key

    return await house.transact(body, principal=principal)


async def _as_known(work: Work, team: Team) -> Team:
    """The team with its persons spelled as they are in the directory already, so that nobody is two persons."""
    known = {folded(person): person for person in await teams.persons(work.connection)}
    members = tuple(replace(m, person=known.setdefault(folded(m.person), m.person)) for m in team.members)
    leader = known.get(folded(team.lead_person), team.lead_person) if team.lead_person else team.lead_person
    return replace(team, members=members, lead_person=leader)


def _faults(team: Team) -> list[Refusal]:
    faults = key_faults(team.key, ("key",))
    if not team.title.strip():
        faults.append(Refusal("VALUE_NOT_ALLOWED", "A team has a title.", ("title",)))
    for name, given in (("leadPerson", team.lead_person), ("calendar", team.calendar)):
        faults += [] if given is None else key_faults(given, (name,))
    persons = [folded(member.person) for member in team.members]
    for index, member in enumerate(team.members):
        faults += _member_faults(member, ("members", str(index)))
        if persons.index(persons[index]) < index:
            faults.append(Refusal("VALUE_NOT_ALLOWED", "A person is a member once.", ("members", str(index), "person")))
    return faults


def _member_faults(member: Member, path: Sequence[str]) -> list[Refusal]:
    faults = key_faults(member.person, (*path, "person"))
    for index, skill in enumerate(member.skills):
        faults += key_faults(skill, (*path, "skills", str(index)))
    bounds = (("weight", member.weight, 1), ("maxOpen", member.max_open, 0), ("maxPerMonth", member.max_per_month, 0))
    for name, value, lowest in bounds:
        if value is not None and not lowest <= value <= 1_000_000:
            faults.append(Refusal("VALUE_NOT_ALLOWED", f"{name} is at least {lowest}.", (*path, name)))
    return faults
