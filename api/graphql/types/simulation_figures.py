"""The findings of a simulation, in figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from api.graphql.parts.published import published


@published
class SimulationCounts:
    """The number of leads that were looked at and how many come out differently."""

    leads: int
    """All leads that either version governs."""
    handovers: int
    """Those that the version would have handed over in the period."""
    handovers_before: int
    """Those that the version it is compared with would have handed over in the period."""
    due_at_start: int
    """Those that the version would have handed over before: they are due as the period begins."""
    due_at_start_before: int
    """The same by the version it is compared with."""
    newly_due: int
    """Those that only the version would have handed over."""
    no_longer_due: int
    """Those that only the other would have handed over."""
    changed_grade: int
    """Those with another grade at the end."""


@published
class SimulationQuality:
    """The quality of the handovers, where it is known what became of the leads."""

    outcome: str
    """The meaning of good: accepted or won."""
    known: int
    """Of how many leads handed over it is known."""
    good: int
    """The number of good ones among them."""
    missed: int
    """The number of good leads that are not handed over."""
    precision: Decimal | None
    """Of the leads handed over whose outcome is known, the share of good ones; null where none is known."""
    precision_before: Decimal | None
    """The same by the version it is compared with."""
    recall: Decimal | None
    """Of the good leads the share that is handed over; null where there is none."""
    recall_before: Decimal | None
    """The same by the version it is compared with."""


@published
class SimulationLoad:
    """Handovers of a week against the capacity of a team or a rep."""

    week: date
    """Its Monday."""
    team: str | None
    """The key of the team of the first route that holds; null where none does."""
    person: str | None
    """The rep, who takes a share by weight; null for the whole team."""
    handovers: Decimal
    """The number."""
    capacity: Decimal | None
    """The number that can be taken in a week; null without limit."""
    over: bool
    """True if it is too many."""


@published
class SimulationThreshold:
    """The result of a threshold of interest points."""

    threshold: Decimal
    """The interest points that triggers ask for; where they ask for different ones the most, the others move along."""
    handovers: int
    """The number of leads that would be handed over in the period, all else as the version says."""
    precision: Decimal | None
    """Of those that sales answered, the share that it accepted; null where it answered none."""
    recall: Decimal | None
    """Of the accepted leads the share that is handed over; null where there is none."""


@published
class SimulationAnswers:
    """The number of handovers that would be answered in time, if sales answers as it did in the year before."""

    measured: int
    """The number of handovers behind that."""
    share: Decimal | None
    """The share answered within the version's limit; null where nothing is measured."""
    expected: int | None
    """The number of simulated handovers that this makes."""


@published
class SimulationResult:
    """The findings of a simulation."""

    counts: SimulationCounts
    """The number of leads that come out differently."""
    quality: list[SimulationQuality]
    """The quality of the handovers: against the leads that either version governs and that were not due at the
    start."""
    load: list[SimulationLoad]
    """By week, team and rep."""
    answers: SimulationAnswers
    """The number that would be answered in time."""
    curve: list[SimulationThreshold]
    """The results of thresholds of interest points inside the version's triggers, the lowest first, its own too;
    empty where no trigger asks for at least so many interest points."""
    meeting: Decimal | None
    """The lowest threshold that meets the acceptance rate that was wished for; null where none does."""

    @classmethod
    def of(cls, found: dict[str, Any]) -> SimulationResult:
        """The stored result."""
        counts = found["counts"]
        return cls(
            counts=SimulationCounts(
                leads=counts["leads"],
                handovers=counts["handovers"],
                handovers_before=counts["handoversBefore"],
                due_at_start=counts.get("dueAtStart", 0),
                due_at_start_before=counts.get("dueAtStartBefore", 0),
                newly_due=counts["newlyDue"],
                no_longer_due=counts["noLongerDue"],
                changed_grade=counts["changedGrade"],
            ),
            quality=[_quality(outcome, sides) for outcome, sides in found["quality"].items()],
            load=[_load(row) for row in found["load"]],
            answers=SimulationAnswers(**found["answers"] | {"share": _number(found["answers"]["share"])}),
            curve=[_threshold(point) for point in found["curve"]],
            meeting=_number(found["meeting"]),
        )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _quality(outcome: str, sides: dict[str, Any]) -> SimulationQuality:
    after, before = sides["after"], sides["before"]
    return SimulationQuality(
        outcome=outcome,
        known=after["known"],
        good=after["good"],
        missed=after["missed"],
        precision=_number(after["precision"]),
        precision_before=_number(before["precision"]),
        recall=_number(after["recall"]),
        recall_before=_number(before["recall"]),
    )


def _load(row: dict[str, Any]) -> SimulationLoad:
    numbers = {"handovers": Decimal(row["handovers"]), "capacity": _number(row["capacity"])}
    return SimulationLoad(**row | numbers | {"week": date.fromisoformat(row["week"])})


def _threshold(point: dict[str, Any]) -> SimulationThreshold:
    numbers = {name: _number(point[name]) for name in ("precision", "recall")}
    return SimulationThreshold(**point | numbers | {"threshold": Decimal(point["threshold"])})
