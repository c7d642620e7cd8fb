"""The stages of a past: put in order of time, with what contradicts itself told and kept."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.intake.importing.rows import PastStage
from domain.document.sections.journey import Journey, StageKind
from domain.leads.lead import StageChange

ENDS = frozenset({StageKind.WON.value, StageKind.LOST.value, StageKind.DISQUALIFIED.value})
REOPENED = StageKind.RECYCLED.value


@dataclass(frozen=True)
class PastStages:
    """The stage changes of one lead in order of time."""

    changes: tuple[StageChange, ...]

    def learn(
        self, lead_id: UUID, first: str, told: Sequence[PastStage], journey: Journey, person: str
    ) -> tuple[PastStages, list[StageChange]]:
        """These and those told that are new; `first` is the stage before all of them."""
        known = {(change.to_stage, change.at) for change in self.changes}
        changes, new = list(self.changes), []
        for stage in told:
            target = journey.stage(stage.stage)
            if target is None or (stage.stage, stage.at) in known:
                continue
            before = [change for change in changes if change.at <= stage.at]
            change = StageChange(
                lead_id=lead_id,
                from_stage=before[-1].to_stage if before else first,
                to_stage=target.key,
                to_kind=target.kind.value,
                at=stage.at,
                person=person,
                reason=stage.reason,
                value=stage.value,
                currency=stage.currency,
            )
            known.add((stage.stage, stage.at))
            insort(changes, change, key=lambda c: c.at)
            new.append(change)
        return PastStages(tuple(changes)), new

    @property
    def outcome(self) -> StageChange | None:
        """The change that the lead stands at: the last one, but an end stays the end unless the lead was reopened."""
        standing: StageChange | None = None
        for change in self.changes:
            ended = standing is not None and standing.to_kind in ENDS
            if not ended or change.to_kind in ENDS or change.to_kind == REOPENED:
                standing = change
        return standing

    def contradictions(self, *, since: datetime) -> list[str]:
        """Return what cannot have been so, for people: a stage before the lead showed up, or one after the end."""
        early = [change for change in self.changes if change.at < since]
        said = [f"{c.to_stage} at {_day(c.at)}, before the first contact at {_day(since)}" for c in early]
        outcome = self.outcome
        if outcome is not None and outcome.to_kind in ENDS and outcome.at >= since:
            late = [change for change in self.changes if change.at > outcome.at and change.to_kind not in ENDS]
            said += [f"{c.to_stage} at {_day(c.at)}, after {outcome.to_stage} at {_day(outcome.at)}" for c in late]
        return said


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
