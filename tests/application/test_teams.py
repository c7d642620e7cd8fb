"""What a team may be: its keys as documents write them, its members bounded and each of them once."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest

from application.directory.edit_team import MAX_MEMBERS, MAX_SKILLS, upsert_team
from domain.party import Party
from domain.people.principal import Principal, Role
from domain.people.team import Member, Team
from domain.refusal import Refusals

ADMIN = Principal(UUID(int=1), "admin", Role.ADMIN)


class Passed(Exception):
    """Nothing is wrong with the team; a database would have been asked next."""


async def faults(**given: Any) -> list[tuple[str, str]]:
    """Code and path of what is wrong with a team."""
    team = Team(**{"key": "a", "title": "A", "party": Party.SALES, "lead_person": None, "calendar": None, **given})
    try:
        await upsert_team(Mock(transact=Mock(side_effect=Passed)), ADMIN, team=team)
    except Refusals as refusal:
        return [(fault.code, ".".join(fault.path or ())) for fault in refusal.faults]
    except Passed:
        pass
    return []


@pytest.mark.parametrize("key", ["a b", "ä", "a.b", "-a", "a/b", "x" * 65, "", " ", "a\n", "<b>", "a\u202eb"])
async def test_keys_are_written_as_documents_write_them(key: str) -> None:
    """A team, calendar or skill that no document could name is refused, wherever it stands."""
    member = Member("mia", skills=("good", key))
    assert await faults(key=key, calendar=key, members=(member,)) == [
        ("MALFORMED_KEY", "key"),
        ("MALFORMED_KEY", "calendar"),
        ("MALFORMED_KEY", "members.0.skills.1"),
    ]


@pytest.mark.parametrize("person", ["mia brandt", "", " mia", ".mia", "<mia>", "a\x00", "a\nb", "a\u202eb", "x" * 101])
async def test_persons_are_written_in_one_word(person: str) -> None:
    """A person is one word, as directories and e-mail addresses write it."""
    assert await faults(lead_person=person, members=(Member(person),)) == [
        ("MALFORMED_KEY", "leadPerson"),
        ("MALFORMED_KEY", "members.0.person"),
    ]


@pytest.mark.parametrize("person", ["mia", "mia.brandt", "mia.brandt+crm@example.org", "jörg_o'neil-2", "李"])
async def test_usual_persons_are_taken(person: str) -> None:
    """Names of users, e-mail addresses and letters of all languages are taken."""
    assert await faults(lead_person=person, members=(Member(person),)) == []


async def test_members_and_skills_are_bounded() -> None:
    """A team has so many members and no more, however many are sent; each of them once."""
    most = [Member(f"p{number}") for number in range(MAX_MEMBERS)]
    assert await faults(members=tuple(most)) == []
    assert await faults(members=(*most, Member("one-more"))) == [("TOO_MANY_ITEMS", "members")]
    assert await faults(members=tuple(most) * 200) == [("TOO_MANY_ITEMS", "members")]
    assert await faults(members=(*most[:3], most[0])) == [("VALUE_NOT_ALLOWED", "members.3.person")]
    skills = tuple(f"s{number}" for number in range(MAX_SKILLS + 1))
    assert await faults(members=(Member("mia", skills=skills),)) == [("TOO_MANY_ITEMS", "members.0.skills")]
