"""Who turned to a lead by an outbound activity: five rules, of which the first that knows counts."""

from __future__ import annotations

from collections.abc import Collection

from domain.party import Party


def who_contacted(
    *, key: Party | None, told: Party | None, of_person: Collection[Party] = (), of_type: Party | None = None
) -> Party | None:
    """The party of a MARKETING or SALES key; the party as told; the party of the person's teams, where they are all of
    one; what the activity's type says; else nobody. Never whoever owns contact with the lead just then.
    """
    by_person = next(iter(of_person)) if len(set(of_person)) == 1 else None
    return key or told or by_person or of_type
