"""Targets that nobody is to reach, and targets that do not meet each other [X.1]."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.document.document import SlaDocument
from domain.document.findings import Finding, warning
from domain.document.sections.journey import StageKind
from domain.document.sections.targets import Target, TargetPeriod

TIMES_A_YEAR = {TargetPeriod.MONTH: 12, TargetPeriod.QUARTER: 4, TargetPeriod.YEAR: 1}
ORDERS = frozenset({"won", "orders"})
"""The metrics that count orders."""


def nobody(document: SlaDocument) -> Iterator[Finding]:
    """Targets without a party, a team and a person."""
    for target in document.targets:
        if target.party is None and target.team is None and target.person is None:
            yield warning("TARGET_FOR_NOBODY", f"targets[{target.key}]", "It names no party, team or person.")


def orders_in_reach(document: SlaDocument) -> Iterator[Finding]:
    """Targets of orders that the targeted leads cannot reach.

    In a year: accepted leads (or qualified leads x acceptance rate) x win probability of the stage of kind ACCEPTED.
    """
    accepted, words = _accepted_a_year(document)
    stage = document.journey.of_kind(StageKind.ACCEPTED)
    if accepted is None or stage is None or stage.win_probability is None:
        return
    reachable = accepted * stage.win_probability
    for target in _of_everybody(document):
        wanted = target.value * TIMES_A_YEAR[target.period]
        if target.metric in ORDERS and wanted > reachable:
            message = (
                f"{words} x a win probability of {stage.win_probability:f} at '{stage.key}' make "
                f"{_short(reachable)} orders a year, not {_short(wanted)}."
            )
            yield warning("TARGETS_DO_NOT_MEET", f"targets[{target.key}].value", message)


def _accepted_a_year(document: SlaDocument) -> tuple[Decimal | None, str]:
    """Return how many accepted leads a year the targets ask for, and in words where that comes from."""
    found = {target.metric: target for target in _of_everybody(document)}
    accepted, qualified, rate = map(found.get, ("accepted-leads", "qualified-leads", "acceptance-rate"))
    if accepted is not None:
        number = accepted.value * TIMES_A_YEAR[accepted.period]
        return number, f"{_short(number)} accepted leads a year"
    if qualified is not None and rate is not None:
        number = qualified.value * TIMES_A_YEAR[qualified.period]
        return number * rate.value, f"{_short(number)} qualified leads a year x {rate.value:f} accepted"
    return None, ""


def _of_everybody(document: SlaDocument) -> list[Target]:
    """The targets of the company or of a party, not of a team or a person."""
    return [target for target in document.targets if target.team is None and target.person is None]


def _short(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.1')).normalize():f}"
