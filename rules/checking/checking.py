"""The findings in the conditions of a document [X.1]."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from domain.facts import is_blank
from rules.conditions.expressions import TypedClause, typed_clauses
from rules.conditions.operators import Operand
from rules.conditions.syntax import Check, Every, Expression, Not, Some, checks_in
from rules.conditions.vocabulary import COMMON, RESERVED, Origin, Place
from rules.judging.stages import BY_ANSWER
from rules.satisfiability.contradictions import contradictions
from rules.satisfiability.reachable_scores import Reach, out_of_reach
from rules.scoring.points import threshold

NEEDED_SECTIONS = frozenset({"scope", "fields", "activity_types", "journey", "scoring", "handover", "after_sales"})
"""The sections that must be readable before conditions can be checked, by attribute name."""


def check_conditions(document: SlaDocument) -> list[Finding]:
    """All findings about the conditions of a document, each with its path."""
    typed, faults = typed_clauses(document)
    reach = Reach(document, typed)
    reachable = reach.hundredths()
    findings = [*_names(document), *faults]
    for one in typed:
        if one.sound:
            findings += _never(one.expression, one.clause.path)
            findings += _scores(document, one, reachable)
    findings += contradictions(document, typed, [found.path for found in findings])
    findings += out_of_reach(document, typed, reach, [found.path for found in findings])
    return [*findings, *_entries(document, typed), *_bands(document, reachable)]


def _scores(document: SlaDocument, one: TypedClause, reachable: dict[str, int]) -> Iterator[Finding]:
    is_trigger = one.clause.place is Place.TRIGGER
    if is_trigger and document.handover.triggers[one.clause.index].hand_raiser:
        return _skipped(one.expression)
    return _thresholds(one.expression, reachable, needed=is_trigger)


def _names(document: SlaDocument) -> Iterator[Finding]:
    message = "The name is taken: conditions mean something else by it."
    for field in document.fields:
        if field.key in RESERVED and field.of.value == "LEAD":
            yield error("NAME_RESERVED", f"fields[{field.key}].key", message)
    for kind in document.activity_types:
        for own in kind.fields:
            if own.key in COMMON:
                yield error("NAME_RESERVED", f"activityTypes[{kind.key}].fields[{own.key}].key", message)


def _never(expression: Expression, path: str) -> Iterator[Finding]:
    match expression:
        case Check(operator=operator, literal=literal):
            empty_range = operator.operand is Operand.RANGE and literal is not None and literal[0] > literal[1]
            if empty_range or _wants_nothing(expression):
                yield warning("NEVER_HOLDS", f"{expression.path}.value", "No value passes this comparison.")
        case Some(()):
            yield warning("NEVER_HOLDS", path, "With no condition in it, `any` never holds.")
        case Not(part):
            yield from _never(part, f"{path}.not")
        case Every(parts) | Some(parts):
            joint = "all" if isinstance(expression, Every) else "any"
            for index, part in enumerate(parts):
                yield from _never(part, f"{path}.{joint}[{index}]")


def _wants_nothing(check: Check) -> bool:
    """Return whether a comparison is with nothing, or with blank texts only, which no value is."""
    return check.subject.type in check.operator.equals and check.literal is not None and is_blank(check.literal)


def _skipped(expression: Expression) -> Iterator[Finding]:
    for check in checks_in(expression):
        if check.subject.origin is Origin.SCORE:
            message = "A hand-raiser skips scores and grades: this comparison is left out."
            yield warning("SCORE_SKIPPED", check.path, message)


def _thresholds(expression: Expression, reachable: dict[str, int], *, needed: bool) -> Iterator[Finding]:
    """Comparisons that no score can pass; an error where the trigger cannot hold without it."""
    match expression:
        case Check(subject=subject, operator=operator, literal=literal):
            most, lowest = reachable.get(subject.name), operator.lowest
            if most is not None and lowest is not None and literal and lowest(literal) > most:
                found = error if needed else warning
                message = f"{subject.name} is at most {most / 100:g}."
                yield found("THRESHOLD_UNREACHABLE", f"{expression.path}.value", message)
        case Every(parts):
            for part in parts:
                yield from _thresholds(part, reachable, needed=needed)
        case Some(parts):
            for part in parts:
                yield from _thresholds(part, reachable, needed=needed and len(parts) == 1)
        case Not():
            return


def _entries(document: SlaDocument, typed: tuple[TypedClause, ...]) -> Iterator[Finding]:
    for one in typed:
        if one.clause.place is Place.STAGE_ENTRY and document.journey.stages[one.clause.index].kind in BY_ANSWER:
            message = "Leads enter this stage by sales' answer only; the condition is not used."
            yield warning("ENTRY_NOT_USED", one.clause.path, message)


def _bands(document: SlaDocument, reachable: dict[str, int]) -> Iterator[Finding]:
    sides = (
        ("fit", document.scoring.fit.bands, reachable["fit.percent"]),
        ("interest", document.scoring.interest.bands, reachable.get("interest.points")),
    )
    interest = document.scoring.interest
    lowest = None if any(signal.points < 0 for signal in interest.signals) else 0
    for side, bands, most in sides:
        for band in bands:
            if most is not None and threshold(band.from_) > most:
                path = f"scoring.{side}.bands[{band.key}].from"
                yield warning("BAND_UNREACHABLE", path, f"No lead reaches this band: the most is {most / 100:g}.")
    for side, bands, least in (("fit", document.scoring.fit.bands, 0), ("interest", interest.bands, lowest)):
        for above, band in pairwise(bands):
            if least is not None and threshold(above.from_) <= least:
                path = f"scoring.{side}.bands[{band.key}].from"
                yield warning("BAND_UNREACHABLE", path, f"No lead is below the band '{above.key}'.")
