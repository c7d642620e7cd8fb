"""Judging a stored decision again, from the facts as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from application.history.as_of import LeadSnapshot, known_to
from application.reading import single
from application.runtime.transaction import Application
from domain.people.principal import Principal
from persistence.as_of.known import DecisionRow


class ReplayOutcome(StrEnum):
    """The result of judging a decision again."""

    SAME = "SAME"
    """The same facts gave the same decision."""
    DIFFERENT = "DIFFERENT"
    """They gave another one: what is stored was changed behind the product's back."""
    ERASED = "ERASED"
    """The facts are gone, as the person was erased."""


@dataclass(frozen=True)
class Replay:
    """A stored decision and what judging it again gave."""

    stored: DecisionRow
    then: LeadSnapshot | None
    """The material it was made of; None where that was erased."""

    @property
    def outcome(self) -> ReplayOutcome:
        """Return what came of it."""
        if self.then is None:
            return ReplayOutcome.ERASED
        return ReplayOutcome.SAME if self.then.decision.digest == self.stored.digest else ReplayOutcome.DIFFERENT


async def replay_decision(application: Application, principal: Principal, *, decision_id: UUID) -> Replay | None:
    """Judge a stored decision again; None where there is none or the asker does not see its lead."""
    (stored,) = await single.decisions(application, [decision_id])
    if stored is None or (await single.leads(application, principal, [stored.lead_id]))[0] is None:
        return None
    (then,) = await known_to(application, [stored])
    return Replay(stored, then)
