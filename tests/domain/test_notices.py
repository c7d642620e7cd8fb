"""Who is reached by a notice, and that each step of an agenda is taken once and in order [S3.2b]."""

from __future__ import annotations

from domain.document.sections.handover import Audience
from domain.handovers.notice import Concerned, recipients, split_key
from domain.party import Party


def reached(audience: Audience, *, assignee: str | None = "mia", teams: tuple[str, ...] = ("inside",)) -> list[str]:
    """The keys of those who are told, with one team that has a leader."""
    concerned = Concerned(Party.SALES, assignee, teams)
    return [r.key for r in recipients(audience, concerned, {"inside": "ines"})]


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


def test_a_recipient_is_named_as_it_was() -> None:
    """A name with a colon stays whole."""
    assert split_key("person:a:b") == {"person": "a:b", "party": None, "kind": "person"}
    assert split_key("party:SALES") == {"person": None, "party": "SALES", "kind": "party"}
    assert split_key("management") == {"person": None, "party": None, "kind": "management"}
