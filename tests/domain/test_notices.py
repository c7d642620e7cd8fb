"""Who is reached by a notice, and that each step of an agenda is taken once and in order [S3.2b]."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.handover import Audience
from domain.handovers.notice import Concerned, Staff, recipients, split_key
from domain.party import Party


def reached(audience: Audience, *, assignee: str | None = "mia", teams: tuple[str, ...] = ("inside",)) -> list[str]:
    """The keys of those who are told, with one team that has a leader."""
    concerned = Concerned(Party.SALES, assignee, teams)
    staff = Staff({"inside": "ines"}, active=frozenset({"mia"}), parties=frozenset({Party.SALES}))
    return [r.key for r in recipients(audience, concerned, staff)]


def test_each_audience_reaches_its_people() -> None:
    """The assignee, the leader of the team, the whole party, management."""
    assert [reached(audience) for audience in Audience] == [
        ["person:mia"],
        ["person:ines"],
        ["party:SALES"],
        ["management"],
    ]


def test_where_nobody_is_the_next_higher_audience_is_told() -> None:
    """Nobody assigned: the leader; no leader either: the party. So that nobody is told nothing."""
    assert reached(Audience.PERSON, assignee=None) == ["person:ines"]
    assert reached(Audience.PERSON, assignee=None, teams=("other", "inside")) == ["person:ines"]
    assert reached(Audience.PERSON, assignee=None, teams=()) == ["party:SALES"]
    assert reached(Audience.TEAM_LEAD, teams=("other",)) == ["party:SALES"]


@given(
    st.sampled_from(Audience),
    st.builds(
        Concerned,
        party=st.sampled_from(Party),
        assignee=st.sampled_from([None, "mia", "ben"]),
        teams=st.lists(st.sampled_from(["inside", "field"]), max_size=2).map(tuple),
        named=st.booleans(),
    ),
    st.builds(
        Staff,
        leaders=st.dictionaries(st.sampled_from(["inside", "field"]), st.sampled_from(["ines", "mia"])),
        active=st.frozensets(st.sampled_from(["mia", "ines"])),
        inactive=st.frozensets(st.sampled_from(["ben", "ines"])),
        absent=st.frozensets(st.sampled_from(["mia", "ines"])),
        parties=st.frozensets(st.sampled_from(Party)),
        managed=st.booleans(),
    ),
)
def test_somebody_is_told_whoever_is_away_or_gone(audience: Audience, concerned: Concerned, staff: Staff) -> None:
    """Reaches somebody who is there, whatever absences and leavers there are; nobody who left is told."""
    told = recipients(audience, concerned, staff, accountable="anna")
    assert told
    gone = staff.inactive - staff.active
    assert all(r.person == "anna" or r.person not in gone for r in told if r.person is not None)
    away = concerned.assignee in staff.absent and told[0].audience is Audience.PERSON
    leader = staff.leader_of(concerned.teams)
    assert not (away and leader) or {r.person for r in told} == {concerned.assignee, leader}


def test_a_recipient_is_named_as_it_was() -> None:
    """A name with a colon stays whole."""
    assert split_key("person:a:b") == {"person": "a:b", "party": None, "kind": "person"}
    assert split_key("party:SALES") == {"person": None, "party": "SALES", "kind": "party"}
    assert split_key("management") == {"person": None, "party": None, "kind": "management"}
