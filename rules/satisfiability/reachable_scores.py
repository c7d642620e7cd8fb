"""The highest scores of leads for which something else holds: found by trying which bands can hold together.

Bands of several criteria may exclude each other, or what a condition asks for besides; so less can be reached than the
sum of the highest points. A question that would take too long is answered with that sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from rules.conditions.expressions import TypedClause
from rules.conditions.syntax import Check, Every, Expression, checks_in
from rules.conditions.vocabulary import Origin, Place
from rules.satisfiability.contradictions import groups_of
from rules.satisfiability.satisfiability import Possible
from rules.scoring.points import percent
from rules.scoring.scoring import reachable_fit, reachable_interest, weighted

_STEPS = 400
"""The number of bands tried for one question."""
_COMPARISONS = 1_000_000
"""The number of comparisons tried for a document."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One way a criterion can come out: by a band, where none before it holds, or by none."""

    points: int
    holds: tuple[Expression, ...]
    fails: tuple[Expression, ...]


class _TooLong(Exception):
    """The question would take too long."""


class Reach:
    """The scores that leads of a document can reach."""

    def __init__(self, document: SlaDocument, typed: Iterable[TypedClause]) -> None:
        clauses = tuple(typed)
        self._scoring = document.scoring
        self.groups = groups_of(clauses)
        self._possible = Possible.of(document, self.groups)
        self._possible.left = _COMPARISONS
        self._plain = reachable_fit(document.scoring.fit)
        self._criteria = _criteria(document, [one for one in clauses if one.clause.place is Place.FIT_BAND])
        self._rest = [*accumulate((found[0].points for found in reversed(self._criteria)), initial=0)][::-1]
        self._signals = {
            one.clause.index: one.expression for one in clauses if one.clause.place is Place.SIGNAL and one.sound
        }

    def fit(self, *holding: Expression) -> int:
        """The most hundredths of fit of leads for which the expressions hold."""
        self._best: int | None = None
        self._left = _STEPS
        try:
            self._try(0, 0, holding, ())
        except _TooLong:
            return self._plain
        return self._plain if self._best is None else self._best

    def _try(self, index: int, points: int, holds: tuple[Expression, ...], fails: tuple[Expression, ...]) -> None:
        if self._best is not None and points + self._rest[index] <= self._best:
            return
        if index == len(self._criteria):
            self._best = points
            return
        for option in self._criteria[index]:
            self._left -= 1
            if self._left < 0:
                raise _TooLong
            known, failing = (*holds, *option.holds), (*fails, *option.fails)
            if self._possible.holds(*known, fails=failing):
                self._try(index + 1, points + option.points, known, failing)

    def interest(self, *holding: Expression) -> int | None:
        """The most hundredths of interest of leads for which the expressions hold; None without limit."""
        interest = self._scoring.interest
        never = {
            index for index, when in self._signals.items() if not self._possible.holds(*holding, when)
        }  # a signal counts nothing where no activity can pass
        kept = tuple(signal for index, signal in enumerate(interest.signals) if index not in never)
        return reachable_interest(interest.model_copy(update={"signals": kept}))

    def hundredths(self, *holding: Expression) -> dict[str, int]:
        """The most that each score can have, in hundredths, where there is a limit."""
        fit, interest = self.fit(*holding), self.interest(*holding)
        found = {"fit.points": fit, "fit.percent": percent(fit, self._plain)}
        return found if interest is None else found | {"interest.points": interest}


def _criteria(document: SlaDocument, bands: Sequence[TypedClause]) -> list[tuple[_Option, ...]]:
    """The ways of each criterion, the best one first; with a band that is not sound it has one way only."""
    found: list[tuple[_Option, ...]] = []
    for criterion in document.scoring.fit.criteria:
        points = [weighted(criterion.weight, band.points) for band in criterion.bands]
        own = [one for one in bands if one.clause.key == criterion.key]
        if len(own) < len(points) or not all(one.sound for one in own):
            found.append((_Option(max(0, *points), (), ()),))
            continue
        expressions = tuple(one.expression for one in own)
        options = [_Option(given, (expressions[i],), expressions[:i]) for i, given in enumerate(points)]
        found.append(tuple(sorted([*options, _Option(0, (), expressions)], key=lambda option: -option.points)))
    return found


def out_of_reach(
    document: SlaDocument, typed: Iterable[TypedClause], reach: Reach, said: Iterable[str]
) -> Iterator[Finding]:
    """Conditions whose scores cannot be reached by the leads for which the rest of the condition holds."""
    known, possible = tuple(said), Possible.of(document, reach.groups)
    for one in typed:
        path, expression = one.clause.path, one.expression
        is_trigger = one.clause.place is Place.TRIGGER
        if not one.sound or any(found.startswith(path) for found in known) or not _asks_for_scores(expression):
            continue
        if is_trigger and document.handover.triggers[one.clause.index].hand_raiser:
            continue
        most = reach.hundredths(expression)
        within = Possible.of(document, reach.groups, most=most)
        if possible.holds(expression) and not within.holds(expression):
            found = error if is_trigger else warning
            limits = " and ".join(f"{name} is at most {value / 100:g}" for name, value in _asked(expression, most))
            message = f"For leads of which the rest of the condition holds {limits}."
            yield found("THRESHOLD_UNREACHABLE", _missed(expression, path, most), message)


def _asks_for_scores(expression: Expression) -> bool:
    return any(check.subject.origin is Origin.SCORE for check in checks_in(expression))


def _asked(expression: Expression, most: dict[str, int]) -> list[tuple[str, int]]:
    """The limits of the scores that a condition speaks of; of all, where it speaks of bands."""
    named = {check.subject.name for check in checks_in(expression)} & most.keys()
    shown = named or most.keys() - {"fit.points"}
    return [(name, most[name]) for name in most if name in shown]


def _missed(expression: Expression, path: str, most: dict[str, int]) -> str:
    """The path of the comparison that cannot be passed, where one alone is to blame."""
    for part in expression.parts if isinstance(expression, Every) else (expression,):
        if not isinstance(part, Check) or part.subject.name not in most or not part.literal:
            continue
        lowest = part.operator.lowest
        if lowest is not None and lowest(part.literal) > most[part.subject.name]:
            return f"{part.path}.value"
    return path
