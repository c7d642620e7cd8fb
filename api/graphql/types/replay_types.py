"""Decisions judged again."""

from __future__ import annotations

from api.graphql.parts.published import published
from api.graphql.types.decision_types import Decision
from application.history.replaying import Replay, ReplayOutcome


@published
class DecisionReplay:
    """A stored decision, judged again from the facts as they are stored."""

    outcome: ReplayOutcome
    """The result."""
    same: bool
    """True if the digest is the same."""
    digest: str | None
    """The digest of the decision judged again; null where the facts were erased."""
    stored: Decision
    """The decision as it was stored."""
    decision: Decision | None
    """The decision judged again; null where the facts were erased."""

    @classmethod
    def of(cls, replay: Replay) -> DecisionReplay:
        """The replay as it is shown."""
        then = replay.then
        return cls(
            outcome=replay.outcome,
            same=replay.outcome is ReplayOutcome.SAME,
            digest=None if then is None else then.decision.digest,
            stored=Decision.stored_row(replay.stored),
            decision=None if then is None else Decision.made(then),
        )
