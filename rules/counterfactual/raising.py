"""The points of fit and interest that a lead needs for what is asked of its scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.leads.values import MAX_WHOLE
from rules.conditions.vocabulary import Origin
from rules.satisfiability.satisfiability import standing_for
from rules.satisfiability.terms import Literal, comes_out
from rules.scoring.points import percent
from rules.scoring.scoring import FitPlan, InterestPlan

TARGETS = 3
"""The number of pairs of scores tried for one term."""


@dataclass(frozen=True, slots=True)
class Target:
    """The hundredths of fit and interest that a lead needs at least."""

    fit: int
    interest: int


def targets(literals: Iterable[Literal], fit: FitPlan, interest: InterestPlan, *, now: Target) -> Iterator[Target]:
    """Pairs of scores, none below the present ones, for which comparisons of scores come out; the least rise first.

    Of fit only what the criteria can give: they give points in steps.
    """
    asked = tuple(one for one in literals if one[0].subject.origin is Origin.SCORE)
    rising = {fit.least_total(points) for points in _fits(asked, fit) if now.fit < points <= fit.maximum}
    fits = sorted({now.fit, *rising})
    most = interest.scored(0)[0].maximum
    top = None if most is None else int(most * 100)
    found = _interests(asked, interest)
    interests = sorted({now.interest, *(p for p in found if now.interest < p and (top is None or p <= top))})
    pairs = [Target(one, other) for one in fits for other in interests]
    pairs.sort(key=lambda t: ((t.fit > now.fit) + (t.interest > now.interest), t.fit - now.fit, t.interest))
    told = 0
    for target in pairs:
        if target != now and _passes(asked, fit, interest, target):
            yield target
            told += 1
            if told == TARGETS:
                return


def _passes(asked: tuple[Literal, ...], fit: FitPlan, interest: InterestPlan, target: Target) -> bool:
    fit_score, points, part = fit.scored(target.fit)
    interest_score = interest.scored(target.interest)[0]
    row = {
        "fit.points": points,
        "fit.percent": part,
        "fit.band": fit_score.band,
        "interest.points": target.interest,
        "interest.band": interest_score.band,
        "grade": fit_score.band + interest_score.band,
    }
    return all(comes_out(literal, row) for literal in asked)


def _fits(asked: tuple[Literal, ...], fit: FitPlan) -> set[int]:
    """The fewest points with each percentage and band at which a comparison may come out differently."""
    shares = {lowest for lowest, _ in fit.bands.steps} | _named(asked, "fit.percent")
    return {points_for(share, fit.maximum) for share in shares} | _named(asked, "fit.points")


def _interests(asked: tuple[Literal, ...], interest: InterestPlan) -> set[int]:
    return {lowest for lowest, _ in interest.bands.steps} | _named(asked, "interest.points")


def _named(asked: tuple[Literal, ...], name: str) -> set[int]:
    own = tuple(one for one in asked if one[0].subject.name == name)
    return set(standing_for(own[0][0].subject, own, (-MAX_WHOLE, MAX_WHOLE))) if own else set()


def points_for(share: int, maximum: int) -> int:
    """The fewest hundredths that are rounded to a percentage of a maximum, at least."""
    points = share * maximum // 10_000
    while points > 0 and percent(points - 1, maximum) >= share:
        points -= 1
    while points < maximum and percent(points, maximum) < share:
        points += 1
    return points
