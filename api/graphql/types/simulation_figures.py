"""What a simulation found, in figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from api.graphql.parts.published import published


@published
class SimulationCounts:
    """How many leads were looked at and how many come out differently."""

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
    """How good the handovers are, where it is known what became of the leads."""

    outcome: str
    """What counts as good: accepted or won."""
    known: int
    """Of how many leads handed over it is known."""
    good: int
    """How many of them are good."""
    missed: int
    """How many good leads are not handed over."""
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
    """How many."""
    capacity: Decimal | None
    """How many can be taken in a week; null without limit."""
    over: bool
    """Whether it is too many."""


@published
class SimulationThreshold:
    """What a threshold of interest points would give."""

    threshold: Decimal
    """The interest points that triggers ask for; where they ask for different ones the most, the others move along."""
    handovers: int
    """How many leads would be handed over in the period, all else as the version says."""
    precision: Decimal | None
    """Of those that sales answered, the share that it accepted; null where it answered none."""
    recall: Decimal | None
    """Of the accepted leads the share that is handed over; null where there is none."""


@published
class SimulationAnswers:
    """How many handovers would be answered in time, if sales answers as it did in the year before."""

    measured: int
    """How many handovers that is taken from."""
    share: Decimal | None
    """The share answered within the version's limit; null where nothing is measured."""
    expected: int | None
    """How many of the simulated handovers that makes."""


@published
class SimulationResult:
    """What a simulation found."""

    counts: SimulationCounts
    """How many leads come out differently."""
    quality: list[SimulationQuality]
    """How good the handovers are: against the leads that either version governs and that were not due at the start."""
    load: list[SimulationLoad]
    """By week, team and rep."""
    answers: SimulationAnswers
    """How many would be answered in time."""
    curve: list[SimulationThreshold]
    """What thresholds of interest points inside the version's triggers would give, the lowest first, its own too;
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
