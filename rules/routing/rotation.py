"""Turns: exact shares in every stretch of a rotation, never a whole turn off [S3.4].

Each member has a credit, in turns: what it is owed of the turns so far less the turns it had. A turn gives everybody
who takes part a share by weight and takes a whole turn from whoever gets it, so that credits always add up to nothing.
Who may be next, and who is, follows Baruah, Cohen, Plaxton, Varvel, *Proportionate progress* (Algorithmica 15, 1996):
of those whose next turn has begun to be due, the one whose next turn must come first. With equal weights that is round
robin. A member who is away gathers no credit, so that nobody is flooded on return; turns given by hand cost credit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.people.team import Member

_DIGITS = 9
"""Credits are compared up to so many decimals: what is beyond is rounding."""
_NOTHING = 10.0**-_DIGITS


def next_in_turn(able: Sequence[Member], weights: Mapping[str, int]) -> Member:
    """Return whose turn it is, of those who can take it; ties go by name."""
    whole = sum(weights[member.person] for member in able)
    ahead = sum(member.credit for member in able)

    def begun(member: Member) -> bool:
        return member.credit + weights[member.person] * (1 - ahead) / whole > _NOTHING

    def deadline(member: Member) -> tuple[float, str]:
        return round((1 - member.credit) / weights[member.person], _DIGITS), member.person

    return min([member for member in able if begun(member)] or able, key=deadline)


def turn_of(person: str, weights: Mapping[str, int]) -> dict[str, float]:
    """Return how a turn of a person changes the credits of those who take part."""
    whole = sum(weights.values()) or 1
    shares = {other: weight / whole for other, weight in weights.items()}
    return shares | {person: shares.get(person, 0.0) - 1}
