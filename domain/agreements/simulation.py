"""A simulation: what one version would have done with the recorded past, held against another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class Difference(StrEnum):
    """The difference between two versions about a lead."""

    NEWLY_DUE = "NEWLY_DUE"
    """It would be handed over, and would not have been."""
    NO_LONGER_DUE = "NO_LONGER_DUE"
    """It would not be handed over, and would have been."""
    GRADE = "GRADE"
    """It has another grade at the end."""


class SimulationState(StrEnum):
    """The progress of a simulation."""

    RUNNING = "RUNNING"
    """It is at work."""
    DONE = "DONE"
    """It has its result."""
    CANCELLED = "CANCELLED"
    """Somebody gave it up."""
    FAILED = "FAILED"
    """Something went wrong, or the process that ran it died."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """The result of one version on the past, held against another."""

    id: UUID
    version_id: UUID
    against_id: UUID
    start_at: datetime
    end_at: datetime
    acceptance_rate: Decimal | None
    state: SimulationState
    progress: Decimal
    person: str
    created_at: datetime
    alive_at: datetime
    finished_at: datetime | None = None
    fault: str | None = None
    result: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StoredDifference:
    """One lead about which the versions differ."""

    simulation_id: UUID
    number: int
    kind: Difference
    lead_id: UUID
    at: datetime
    detail: dict[str, Any]
