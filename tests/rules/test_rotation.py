"""Turns are exact in every stretch, whatever the weights [S3.4]."""

from __future__ import annotations

from domain.document.sections.handover import Route, RoutingStrategy
from domain.handovers.routing import Because
from domain.party import Party
from domain.people.team import Member, Team
from rules.routing.routing import Assigned, Wish, pick
from tests.rules.samples import NOW

WEIGHTED, ROUND_ROBIN = RoutingStrategy.WEIGHTED, RoutingStrategy.ROUND_ROBIN


def next_of(team: Team, strategy: RoutingStrategy, **wish: object) -> str:
    """Who is next."""
    found = pick(Route(team="t", strategy=strategy), teams={"t": team}, now=NOW, wish=Wish(**wish))  # type: ignore[arg-type]
    assert isinstance(found, Assigned)
    return found.person


def test_ties_go_by_name() -> None:
    """A team that begins gives the first turn to the first name."""
    team = Team("t", "t", Party.SALES, members=(Member("zoe"), Member("ann")))
    assert next_of(team, ROUND_ROBIN) == "ann"
    found = pick(Route(team="t"), teams={"t": team}, now=NOW)
    assert found == Assigned("t", "ann", Because.ROUND_ROBIN)
