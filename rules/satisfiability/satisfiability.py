"""The decision if a condition can hold at all: decided over the values that comparisons tell apart, not by sampling.

Between two literals next to each other every value comes out the same, so one of each piece stands for all of it; a
text is put together of what must be in it. A question that would take too long is answered with yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from domain.document.document import SlaDocument
from domain.document.sections.fields import FieldType
from domain.document.sections.scoring import GradeBand
from domain.leads.values import MAX_WHOLE
from rules.conditions.operators import Witness
from rules.conditions.syntax import Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Origin, Subject
from rules.scoring.points import threshold
from rules.scoring.scoring import reachable_fit, reachable_interest, weighted

Leaf = tuple[Check, bool]
"""A comparison, and how it has to come out."""
Span = tuple[int, int]
Band = tuple[str, Span]
_JOINT = "scores"
_QUESTION, _DOCUMENT = 200_000, 3_000_000
"""The number of comparisons tried for one question, and for a document."""


Groups = Mapping[str, tuple[tuple[str, Expression], ...]]
"""By `persona` and `segment` their keys with their conditions, in order."""


class _TooLong(Exception):
    """The question would take too long."""


@dataclass(slots=True)
class Possible:
    """Answers what can hold for leads under a document."""

    fit: tuple[Band, ...]
    interest: tuple[Band, ...]
    spans: dict[str, Span]
    """Between what numbers the values of subjects lie."""
    groups: Groups = field(default_factory=dict)
    """The meaning of `persona` and `segment`."""
    left: int = _DOCUMENT
    _asked: int = field(default=0)

    @classmethod
    def of(
        cls, document: SlaDocument, groups: Groups | None = None, *, most: Mapping[str, int] | None = None
    ) -> Possible:
        """Return what can hold under a document; groups are the conditions of its personas and segments, in order.

        `most` says of scores how many hundredths they can have, where that is less than the document gives at all.
        """
        scoring = document.scoring
        most = _reachable(document) if most is None else most
        sinks = any(signal.points < 0 for signal in scoring.interest.signals)
        interest = (-MAX_WHOLE if sinks else 0, most.get("interest.points", MAX_WHOLE))
        lowest = sum(min(0, *(weighted(c.weight, b.points) for b in c.bands)) for c in scoring.fit.criteria)
        spans = {"fit.points": (lowest, most["fit.points"]), "buyingCentre.size": (1, MAX_WHOLE)}
        bands = _bands(scoring.fit.bands, (0, most["fit.percent"])), _bands(scoring.interest.bands, interest)
        return cls(*bands, spans, groups or {})

    def holds(self, *expressions: Expression, fails: Iterable[Expression] = ()) -> bool:
        """Return whether all the expressions can hold for a lead for which none of the others does."""
        self._asked = min(_QUESTION, self.left)
        try:
            pending = [*((e, True) for e in expressions), *((e, False) for e in fails)]
            return self._solve(pending, [], {})
        except _TooLong:
            return True
        finally:
            self.left -= min(_QUESTION, self.left) - max(self._asked, 0)

    def _solve(
        self,
        pending: list[tuple[Expression, bool]],
        choices: list[list[tuple[Expression, bool]]],
        leaves: dict[str, tuple[Leaf, ...]],
    ) -> bool:
        while pending:
            expression, holds = pending.pop()
            match expression:
                case Check(subject=subject) if subject.name in self.groups and subject.origin is Origin.GROUP:
                    pending.append((is_group(expression, self.groups[subject.name]), holds))
                case Check():
                    group = _JOINT if expression.subject.origin is Origin.SCORE else expression.subject.name
                    leaves[group] = (*leaves.get(group, ()), (expression, holds))
                    if not self._consistent(group, leaves[group]):
                        return False
                case Not(part):
                    pending.append((part, not holds))
                case Every(parts) | Some(parts):
                    inner = [(part, holds) for part in parts]
                    if isinstance(expression, Every) is holds or len(inner) == 1:
                        pending += inner
                    else:
                        choices = [*choices, inner]
        if not choices:
            return True
        if len(choices) > 200:
            raise _TooLong
        choice = min(choices, key=len)
        rest = [other for other in choices if other is not choice]
        return any(self._solve([one], rest, dict(leaves)) for one in choice)

    def _consistent(self, group: str, leaves: tuple[Leaf, ...]) -> bool:
        if group == _JOINT:
            return self._scores_pass(leaves)
        return self._some_passes(leaves, self.spans.get(group, _span(leaves[0][0].subject)))

    def _scores_pass(self, leaves: tuple[Leaf, ...]) -> bool:
        points = tuple(leaf for leaf in leaves if leaf[0].subject.name == "fit.points")
        if points and not self._some_passes(points, self.spans["fit.points"]):
            return False
        return any(self._pair_passes(leaves, fit, interest) for fit in self.fit for interest in self.interest)

    def _pair_passes(self, leaves: tuple[Leaf, ...], fit: Band, interest: Band) -> bool:
        known = {"fit.band": fit[0], "interest.band": interest[0], "grade": fit[0] + interest[0]}
        spans = {"fit.percent": fit[1], "interest.points": interest[1]}
        for name, value in known.items():
            own = [leaf for leaf in leaves if leaf[0].subject.name == name]
            if not self._passes(own, value):
                return False
        for name, span in spans.items():
            own = [leaf for leaf in leaves if leaf[0].subject.name == name]
            if own and not any(self._passes(own, value) for value in _numbers(own, span)):
                return False
        return True

    def _some_passes(self, leaves: tuple[Leaf, ...], span: Span) -> bool:
        subject = leaves[0][0].subject
        values = [*_VALUES[subject.type](leaves, span)]
        if subject.origin not in _NEVER_MISSING:
            values.append(None)
        return any(self._passes(leaves, value) for value in values)

    def _passes(self, leaves: Iterable[Leaf], value: Any) -> bool:
        for check, holds in leaves:
            self._asked -= 1
            if self._asked < 0:
                raise _TooLong
            if (value is not None and check.operator.plain(check.literal)(value)) is not holds:
                return False
        return True


def _reachable(document: SlaDocument) -> dict[str, int]:
    fit, interest = reachable_fit(document.scoring.fit), reachable_interest(document.scoring.interest)
    found = {"fit.points": fit, "fit.percent": 10_000 if fit else 0}
    return found if interest is None else found | {"interest.points": interest}


_NEVER_MISSING = frozenset({Origin.SCORE, Origin.STAGE, Origin.COUNT})


def is_group(check: Check, groups: tuple[tuple[str, Expression], ...]) -> Expression:
    """The lead's fields behind a comparison of persona or segment: of the conditions the first that holds."""
    passes = check.operator.plain(check.literal)
    before = [Not(condition) for _, condition in groups]
    return Some(
        tuple(Every((condition, *before[:place])) for place, (key, condition) in enumerate(groups) if passes(key))
    )


def _bands(bands: tuple[GradeBand, ...], span: Span) -> tuple[Band, ...]:
    """The bands that values of a span fall into, each with its part of the span."""
    starts = [*(threshold(band.from_) for band in bands[:-1]), -MAX_WHOLE]
    ends = [MAX_WHOLE, *(start - 1 for start in starts[:-1])]
    low, high = span
    found = [(b.key, (max(s, low), min(e, high))) for b, s, e in zip(bands, starts, ends, strict=True)]
    return tuple(band for band in found if band[1][0] <= band[1][1])


def _span(subject: Subject) -> Span:
    aggregate = subject.aggregate
    return (-MAX_WHOLE if aggregate is None else 0, MAX_WHOLE)


def _witnesses(leaves: Iterable[Leaf]) -> list[Witness]:
    """Return what values are made of that make the comparisons hold."""
    return [check.operator.witness(check.literal) for check, _ in leaves]


def _named(leaves: Iterable[Leaf]) -> list[Any]:
    return [value for witness in _witnesses(leaves) for value in witness.values]


def _numbers(leaves: Iterable[Leaf], span: Span) -> set[int]:
    low, high = span
    near = {value + step for value in _named(leaves) for step in (-1, 0, 1)}
    return {low, high, *(value for value in near if low <= value <= high)}


def _texts(leaves: tuple[Leaf, ...], _span: Span) -> list[str]:
    """The texts that are named, and one that has what it must and is none of them."""
    wanted = _witnesses(leaf for leaf in leaves if leaf[1])
    start = max((witness.start for witness in wanted), key=len, default="")
    inside = [part for witness in wanted for part in witness.inside]
    end = max((witness.end for witness in wanted), key=len, default="")
    named = _named(leaves)
    return [*named, _fresh(named).join([start, *inside, end])]


def _fresh(texts: Iterable[str]) -> str:
    """A character that none of the texts holds, so that none is found where parts of a text meet."""
    held = frozenset("".join(texts))
    return next(char for char in map(chr, count(1)) if char not in held)


def _choices(leaves: tuple[Leaf, ...], _span: Span) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for check, _ in leaves for value in check.subject.values))


def _truths(_leaves: tuple[Leaf, ...], _span: Span) -> tuple[bool, ...]:
    return True, False


def _lists(leaves: tuple[Leaf, ...], _span: Span) -> list[tuple[str, ...]]:
    return [tuple(part for witness in _witnesses(leaf for leaf in leaves if leaf[1]) for part in witness.inside)]


def standing_for(subject: Subject, leaves: tuple[Leaf, ...], span: Span) -> list[Any]:
    """The values that stand for all others of a subject where only these comparisons are made."""
    return list(_VALUES[subject.type](leaves, span))


_VALUES: dict[FieldType, Callable[[tuple[Leaf, ...], Span], Iterable[Any]]] = {
    FieldType.TEXT: _texts,
    FieldType.ENUM: _choices,
    FieldType.BOOLEAN: _truths,
    FieldType.LIST: _lists,
    FieldType.INTEGER: _numbers,
    FieldType.DECIMAL: _numbers,
    FieldType.DATE: _numbers,
    FieldType.DATE_TIME: _numbers,
}
"""The values that stand for all others, by type."""
