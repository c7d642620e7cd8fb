"""Who turned to a lead: five rules, the first that knows counts [S1.6]."""

from __future__ import annotations

from itertools import product

from domain.leads.who_contacted import who_contacted
from domain.party import Party

M, S = Party.MARKETING, Party.SALES
TOLD = (None, M, S)


def test_the_first_rule_that_knows_counts() -> None:
    """The key, what is told, the teams of the person, the type; nobody where none of them knows."""
    for key, told, of_person, of_type in product(TOLD, TOLD, ([], [M], [S], [M, S], [S, S]), TOLD):
        known = [key, told, of_person[0] if of_person in ([M], [S], [S, S]) else None, of_type]
        wanted = next((party for party in known if party), None)
        assert who_contacted(key=key, told=told, of_person=of_person, of_type=of_type) is wanted
