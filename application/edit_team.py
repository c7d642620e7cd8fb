"""The directory: teams and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from application.incoming import key_faults
from application.work import House, Work
from domain.principal import Principal, Right
from domain.refusal import Refusal, need_no
from domain.team import Member, Team
from persistence import teams


async def upsert_team(house: House, principal: Principal, *, team: Team) -> str:
    """Create a team or replace what is known of it; members keep the turns they had."""
    principal.require(Right.ACTIVATE)
    need_no(_faults(team))

    async def body(work: Work) -> str:
        await teams.read_teams(work.connection, [team.key], now=work.now, lock=True)
        await teams.write_team(work.connection, team, now=work.now)
        team_id = await teams.id_of(work.connection, team.key)
        persons = [member.person for member in team.members]
        payload = {"team": team.key, "party": team.party.value, "members": persons}
        work.tell("team.changed", ("Team", team_id), payload=payload, visible_to=(team.key,))
        work.wake_clock()
        return team.key

    return await house.transact(body, principal=principal)


def _faults(team: Team) -> list[Refusal]:
    faults = key_faults(team.key, ("key",))
    if not team.title.strip():
        faults.append(Refusal("VALUE_NOT_ALLOWED", "A team has a title.", ("title",)))
    for name, given in (("leadPerson", team.lead_person), ("calendar", team.calendar)):
        faults += [] if given is None else key_faults(given, (name,))
    persons = [member.person for member in team.members]
    for index, member in enumerate(team.members):
        faults += _member_faults(member, ("members", str(index)))
        if persons.index(member.person) < index:
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
