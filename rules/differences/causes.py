"""Why two versions come to other conclusions about one lead: the changes of those rules that come out differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.comparison.changes import Change
from domain.comparison.comparison import compare_documents
from domain.document.document import SlaDocument
from domain.facts import LeadFacts
from domain.leads.decision import Decision, Dimension
from rules.differences.change_sentences import ChangeSentences
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from rules.scoring.scoring import GROUP, MAXIMUM

LANGUAGES = ("en", "de")
MOST = 10
"""The number of changes told of one lead."""
_WORDS = (".label", ".definition")
"""Where changes stand that judge nobody differently."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A change of a rule that comes out differently for a lead."""

    path: str
    """Where it is; of what is gone, in the older document."""
    sentences: Mapping[str, str]
    """The change in a sentence, by language."""


class Causes:
    """The causes of what two versions say differently, found lead by lead."""

    def __init__(self, older: CompiledRules, newer: CompiledRules) -> None:
        self._older, self._newer = older, newer
        changes = compare_documents(older.document, newer.document)
        self._changes = [change for change in changes if not any(word in change.path for word in _WORDS)]
        self._told = [ChangeSentences(older.document, newer.document, language) for language in LANGUAGES]
        self._known: dict[int, Cause] = {}
        self._maxima = _differing(_maxima(older.document), _maxima(newer.document))

    def of(self, before: LeadFacts, after: LeadFacts, *, now: datetime) -> list[Cause]:
        """The causes for a lead at a moment, as each of the versions knows it; the nearest first."""
        if self._older.governs(before) != self._newer.governs(after):
            return self._at(["scope"])
        places = self._places(judge_plain(self._older, before, now=now), judge_plain(self._newer, after, now=now))
        return self._at(list(dict.fromkeys(places)))

    def _at(self, places: list[str]) -> list[Cause]:
        found = dict.fromkeys(n for place in places for n, change in enumerate(self._changes) if _stands(change, place))
        return [self._cause(n) for n in list(found)[:MOST]]

    def _cause(self, number: int) -> Cause:
        if number not in self._known:
            change = self._changes[number]
            sentences = {n: told.sentence(change) for n, told in zip(LANGUAGES, self._told, strict=True)}
            self._known[number] = Cause(change.path, sentences)
        return self._known[number]

    def _places(self, before: Decision, after: Decision) -> Iterator[str]:
        """The paths of the rules that come out differently, those nearest to the outcome first."""
        triggers = {before.verdict.trigger, after.verdict.trigger}
        if len(triggers) > 1 or before.verdict.due != after.verdict.due:
            yield from (f"handover.triggers[{key}]" for key in sorted(triggers - {None}, key=str))
            yield from (f"handover.{name}" for name in ("required", "requiredConsents", "maxRounds"))
        yield from (f"scoring.exclusions[{key}]" for key in sorted({*before.exclusions} ^ {*after.exclusions}))
        yield from self._fit(before, after)
        yield from _interest(before, after)
        for name, section in (("persona", "personas"), ("segment", "segments"), ("stage", "journey")):
            if getattr(before, name) != getattr(after, name):
                yield section

    def _fit(self, before: Decision, after: Decision) -> Iterator[str]:
        points = (_points(decision, Dimension.FIT) for decision in (before, after))
        yield from (f"scoring.fit.criteria[{key}]" for key in _differing(*points))
        if before.fit.maximum != after.fit.maximum:
            yield from (f"scoring.fit.criteria[{key}]" for key in self._maxima)
        if before.fit.band != after.fit.band:
            yield "scoring.fit.bands"


def _interest(before: Decision, after: Decision) -> Iterator[str]:
    for key in _differing(*(_points(decision, Dimension.INTEREST) for decision in (before, after))):
        if key.startswith(GROUP):
            yield f"scoring.interest.groups[{key.removeprefix(GROUP)}]"
        else:
            yield "scoring.interest.maximum" if key == MAXIMUM else f"scoring.interest.signals[{key}]"
    if before.interest.band != after.interest.band:
        yield "scoring.interest.bands"


def _stands(change: Change, place: str) -> bool:
    """Return whether a change stands at a place or inside it."""
    return change.path == place or change.path.startswith((f"{place}.", f"{place}["))


def _points(decision: Decision, dimension: Dimension) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in decision.contributions:
        if one.dimension is dimension:
            found[one.rule] = found.get(one.rule, Decimal(0)) + one.points
    return found


def _maxima(document: SlaDocument) -> dict[str, Decimal]:
    """The most points that each criterion gives."""
    criteria = document.scoring.fit.criteria
    return {one.key: one.weight * max([band.points for band in one.bands], default=Decimal(0)) for one in criteria}


def _differing(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> list[str]:
    """The keys of which the numbers differ; what is not there counts nothing."""
    keys = dict.fromkeys((*after, *before))
    return [key for key in keys if before.get(key, Decimal(0)) != after.get(key, Decimal(0))]
