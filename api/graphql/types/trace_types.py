"""The trace of a decision: every rule of the document as it came out."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.parts.global_ids import global_id
from api.graphql.parts.published import publish_enum, published
from application.history import tracing
from application.history.replaying import ReplayOutcome
from rules.conditions.vocabulary import Place
from rules.explaining.traced import Outcome

publish_enum(Outcome, "RuleOutcome")
publish_enum(Place, "ConditionPlace")
publish_enum(ReplayOutcome)


@published
class TracedComparison:
    """One comparison of a rule as it came out."""

    path: str
    """Where it stands in the document."""
    field: str
    """The subject."""
    op: str
    """Its operator."""
    holds: bool
    """True if it holds."""
    failed: bool
    """True if it stands in the rule's way; under `not` it does when it holds."""
    seen: JSON | None
    """The value it saw; null where it is missing."""
    message: str
    """The comparison and what it saw, in words."""


@published
class TracedActivity:
    """One activity under a signal."""

    activity: strawberry.ID
    """The activity's id; of a dry run its key."""
    outcome: Outcome
    """The result."""
    message: str
    """The same in words."""
    points: Decimal
    """The points that it gave."""
    comparisons: list[TracedComparison]
    """The comparisons that were asked of it."""


@published
class TracedRule:
    """One rule of the document as it came out."""

    place: Place
    """The kind of rule."""
    rule: str
    """The key of what it belongs to: a criterion, signal, exclusion, trigger, stage, persona, segment; of a route its
    team.
    """
    index: int
    """Of a band its place under the criterion, else the place in its section, from 0."""
    path: str
    """Where it stands in the document."""
    label: str
    """The name that people use."""
    outcome: Outcome
    """The result."""
    message: str
    """The same in words."""
    counted: bool
    """True if it counted."""
    points: Decimal | None
    """The points that it gave to a score; null where it gives to none."""
    comparisons: list[TracedComparison]
    """Its comparisons in the order they are written; of a signal those about the lead."""
    activities: list[TracedActivity]
    """Of a signal the activities of its type, the latest first."""

    @classmethod
    def of(cls, told: tracing.ToldRule, *, recorded: bool) -> TracedRule:
        """The rule as it is shown; activities that were recorded have an id."""
        activities = [
            TracedActivity(
                activity=global_id("Activity", UUID(one.activity)) if recorded else strawberry.ID(one.activity),
                outcome=one.outcome,
                message=one.message,
                points=one.points,
                comparisons=[_comparison(test) for test in one.tests],
            )
            for one in told.activities
        ]
        return cls(
            place=told.place,
            rule=told.key,
            index=told.index,
            path=told.path,
            label=told.label,
            outcome=told.outcome,
            message=told.message,
            counted=told.outcome is Outcome.COUNTED,
            points=told.points,
            comparisons=[_comparison(test) for test in told.tests],
            activities=activities,
        )


def _comparison(test: tracing.ToldTest) -> TracedComparison:
    observed = str(test.observed) if isinstance(test.observed, Decimal) else test.observed
    return TracedComparison(
        path=test.path,
        field=test.subject,
        op=test.op,
        holds=test.holds,
        failed=test.failed,
        seen=None if observed is None else JSON(list(observed) if isinstance(observed, tuple) else observed),
        message=test.message,
    )
