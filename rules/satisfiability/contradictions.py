"""Conditions that contradict themselves or each other [X.1]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from rules.conditions.expressions import TypedClause
from rules.conditions.syntax import TRUE, Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Place
from rules.judging.stages import at_stage, enterable
from rules.judging.verdict import without_scores
from rules.satisfiability.satisfiability import Groups, Possible


@dataclass(frozen=True, slots=True)
class _Rule:
    """A condition that can hold, as it is judged."""

    clause: TypedClause
    expression: Expression

    @property
    def path(self) -> str:
        return self.clause.clause.path


def contradictions(document: SlaDocument, typed: Iterable[TypedClause], known: Iterable[str]) -> Iterator[Finding]:
    """The findings about clauses that can never hold, never count or always hold; not again where a finding at one of
    the known paths says so."""
    said, clauses = tuple(known), tuple(typed)
    possible = Possible.of(document, groups_of(clauses))
    rules = []
    for one in clauses:
        rule = _Rule(one, _asked(document, one))
        if not one.sound or any(path.startswith(rule.path) for path in said):
            continue
        found = list(_within(possible, rule))
        yield from found
        if possible.holds(rule.expression):
            rules.append(rule)
    for check in (_bands, _signals, _personas, _segments, _routes, _triggers, _screened, _always):
        yield from check(document, possible, rules)
    yield from _gap(document, possible, clauses)
    yield from _circles(document, possible, rules)


def _asked(document: SlaDocument, one: TypedClause) -> Expression:
    clause = one.clause
    if clause.place is Place.TRIGGER and document.handover.triggers[clause.index].hand_raiser:
        return without_scores(one.expression)
    return one.expression


def groups_of(clauses: tuple[TypedClause, ...]) -> Groups:
    """The conditions of personas and segments; of a section with a fault nothing is known."""
    sections = {"persona": Place.PERSONA, "segment": Place.SEGMENT}
    found = {name: [one for one in clauses if one.clause.place is place] for name, place in sections.items()}
    return {
        name: tuple((one.clause.key, one.expression) for one in section)
        for name, section in found.items()
        if all(one.sound for one in section)
    }


def _within(possible: Possible, rule: _Rule) -> Iterator[Finding]:
    """The smallest parts of a condition that cannot hold; the whole of a trigger is an error."""
    place = rule.clause.clause.place
    whole = not possible.holds(rule.expression)
    for path in _impossible(possible, rule.expression, rule.path):
        found = error if whole and place is Place.TRIGGER else warning
        yield found("CONTRADICTION", path, "These comparisons can never hold together.")


def _impossible(possible: Possible, expression: Expression, path: str) -> Iterator[str]:
    match expression:
        case Check() | Not():
            if not possible.holds(expression):
                yield path
        case Every(parts):
            inner = [found for i, part in enumerate(parts) for found in _impossible(possible, part, f"{path}.all[{i}]")]
            yield from inner or ([] if possible.holds(expression) else [path])
        case Some(parts):
            for i, part in enumerate(parts):
                yield from _impossible(possible, part, f"{path}.any[{i}]")


def _of(rules: Iterable[_Rule], place: Place) -> list[_Rule]:
    return [rule for rule in rules if rule.clause.clause.place is place]


def _shadowed(possible: Possible, rules: list[_Rule]) -> Iterator[_Rule]:
    """The rules that hold only where one of those before them does."""
    for index, rule in enumerate(rules):
        if index and not possible.holds(rule.expression, fails=[earlier.expression for earlier in rules[:index]]):
            yield rule


def _bands(_document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    for _, of_criterion in groupby(_of(rules, Place.FIT_BAND), key=lambda rule: rule.clause.clause.key):
        for rule in _shadowed(possible, list(of_criterion)):
            yield warning("BAND_NEVER_COUNTS", rule.path, "Wherever it holds an earlier band of the criterion does.")


def _signals(document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    """The signals that can count an activity which an earlier one counts too."""
    asked = {rule.clause.clause.key: rule.expression for rule in _of(rules, Place.SIGNAL)}
    counted: dict[str, list[tuple[str, Expression]]] = {}
    for signal in document.scoring.interest.signals:
        expression = TRUE if signal.when is None else asked.get(signal.key)
        if expression is None:
            continue
        earlier = counted.setdefault(signal.activity, [])
        twice = [key for key, other in earlier if possible.holds(expression, other)]
        if twice:
            message = f"One activity can give the points of the signal '{twice[0]}' and these too."
            yield warning("SIGNALS_OVERLAP", f"scoring.interest.signals[{signal.key}]", message)
        earlier.append((signal.key, expression))


def _personas(_document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    for rule in _shadowed(possible, _of(rules, Place.PERSONA)):
        yield warning("PERSONA_NEVER_COUNTS", rule.path, "Wherever it holds an earlier persona does.")


def _segments(_document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    for rule in _shadowed(possible, _of(rules, Place.SEGMENT)):
        yield warning("SEGMENT_NEVER_COUNTS", rule.path, "Wherever it holds an earlier segment does.")


def _routes(_document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    for rule in _shadowed(possible, _of(rules, Place.ROUTE)):
        yield warning("ROUTE_UNREACHABLE", rule.path, "Earlier routes take every lead that this one would.")


def _gap(document: SlaDocument, possible: Possible, typed: Iterable[TypedClause]) -> Iterator[Finding]:
    """Leads that no route takes, told at the last route."""
    routing = document.handover.routing
    routes = [one for one in typed if one.clause.place is Place.ROUTE]
    if len(routes) < len(routing) or not all(one.sound for one in routes):
        return
    if possible.holds(fails=[one.expression for one in routes]):
        message = "Every route has a condition, and some leads meet none, so they find no team."
        yield warning("ROUTING_GAP", f"handover.routing[{len(routing) - 1}].when", message)


def _triggers(document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    triggers = document.handover.triggers
    found = sorted(_of(rules, Place.TRIGGER), key=lambda rule: -triggers[rule.clause.clause.index].priority)
    for rule in _shadowed(possible, found):
        message = "Wherever it holds a trigger of higher priority does."
        yield warning("TRIGGER_NEVER_COUNTS", rule.path, message)


def _screened(_document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    exclusions = [rule.expression for rule in _of(rules, Place.EXCLUSION)]
    if not exclusions or not possible.holds(fails=exclusions):
        return
    for rule in _of(rules, Place.TRIGGER):
        if not possible.holds(rule.expression, fails=exclusions):
            yield warning("TRIGGER_EXCLUDED", rule.path, "Exclusions screen out every lead that it would hand over.")


def _always(_document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    exclusions = _of(rules, Place.EXCLUSION)
    for rule in exclusions:
        if not possible.holds(fails=[rule.expression]):
            yield warning("ALWAYS_HOLDS", rule.path, "It screens out every lead.")
    for rule in _of(rules, Place.TRIGGER):
        if not possible.holds(fails=[rule.expression]):
            yield warning("ALWAYS_HOLDS", rule.path, "It hands over every lead.")


def _circles(document: SlaDocument, possible: Possible, rules: list[_Rule]) -> Iterator[Finding]:
    """Stages whose entry conditions lead in a circle, each where the one before it leaves the lead."""
    entries = {rule.clause.clause.key: rule for rule in _of(rules, Place.STAGE_ENTRY)}
    stages = [stage for stage in document.journey.stages if enterable(stage) and stage.key in entries]
    onward = {stage.key: [key for key in stage.next if key in entries and key != stage.key] for stage in stages}
    order = list(onward)

    def follows(way: tuple[str, ...]) -> bool:
        asked = [at_stage(entries[key].expression, before) for before, key in pairwise(way)]
        return possible.holds(*asked)

    for stage in stages:
        circle = _way_back(stage.key, onward, follows)
        if circle and circle[0] == min(circle, key=order.index):
            shown = " → ".join(circle)
            message = (
                f"These entry conditions can hold together and lead in a circle: {shown}; leads move forward only."
            )
            yield warning("STAGE_LOOP", entries[stage.key].path, message)


_WAYS = 500
"""The number of ways through the stages followed from one of them."""


def _way_back(
    start: str, onward: dict[str, list[str]], follows: Callable[[tuple[str, ...]], bool]
) -> tuple[str, ...] | None:
    """The shortest circle from a stage back to it along which every entry can hold."""
    ways: list[tuple[str, ...]] = [(start,)]
    for followed, way in enumerate(ways):
        if followed == _WAYS:
            return None
        for key in onward.get(way[-1], ()):
            if (key == start or key not in way) and follows((*way, key)):
                if key == start:
                    return (*way, key)
                ways.append((*way, key))
    return None
