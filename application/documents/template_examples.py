"""Examples that prove a template's document: what is given, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from domain.document.base import Amount, Key, Part, Several
from domain.document.document import SlaDocument
from domain.document.sections.fields import FieldOf, Typed
from domain.facts import ActivityFact, Canonical, GivenConsent, LeadFacts
from domain.leads.values import canonical_value

Moment = Annotated[datetime, Field(strict=False)]


Values = Annotated[dict[str, Any], BeforeValidator(lambda written: written or {})]


class GivenActivity(Part):
    """An activity of an example, so many days before its moment."""

    type: Key
    """Its type."""
    days_ago: Annotated[int, Field(ge=0)]
    """The number of times 24 hours before the example's moment it happened."""
    content: str | None = None
    """The subject; of a nurture track's step, that this step was sent."""
    fields: Values = Field(default_factory=dict)
    """Its fields."""


class SaidBefore(Part):
    """The last word of the lead of an example about being contacted."""

    purpose: Key
    """For which purpose."""
    channel: str
    """On which channel."""
    granted: bool = True
    """True if it agreed."""


class Given(Part):
    """The knowledge of an example about a lead."""

    now: Moment
    """The moment of the judgement."""
    fields: Values = Field(default_factory=dict)
    """The lead's fields."""
    account: Values = Field(default_factory=dict)
    """The account's fields."""
    stage: Key | None = None
    """The stage the lead is in."""
    open_handover: bool = False
    """True if a handover is open."""
    activities: Several[GivenActivity] = ()
    """The activities of the lead, and what was sent to it."""
    consents: Several[SaidBefore] = ()
    """Its words about being contacted."""

    def facts(self, document: SlaDocument) -> LeadFacts:
        """The same as a judgement takes it."""
        types = {kind.key: {f.key: f for f in kind.fields} for kind in document.activity_types}
        of_lead = {f.key: f for f in document.fields if f.of is FieldOf.LEAD}
        of_account = {f.key: f for f in document.fields if f.of is FieldOf.ACCOUNT}
        return LeadFacts(
            fields=_canonical(of_lead, self.fields),
            account=_canonical(of_account, self.account),
            stage=self.stage,
            open_handover=self.open_handover,
            activities=tuple(
                ActivityFact(
                    id=f"activity-{index}",
                    type=activity.type,
                    occurred_at=self.now - timedelta(days=activity.days_ago),
                    content=activity.content,
                    fields=_canonical(types[activity.type], activity.fields),
                )
                for index, activity in enumerate(self.activities)
            ),
            consents={(said.purpose, said.channel): GivenConsent(said.granted) for said in self.consents},
        )


class ExpectedNurture(Part):
    """The expectation of an example for a lead's next content; what it leaves out may be anything."""

    track: Key | None = None
    """The track it is on."""
    step: int | None = None
    """The number of the next step, from 1; nothing at the end of the track."""
    content: str | None = None
    """The next content."""
    channel: str | None = None
    """The channel of it."""
    passed_over: Several[str] = ()
    """The contents before it that the lead does not get for want of consent."""
    question: str | None = None
    """The field that it is asked for."""


class Expectation(Part):
    """The expectation of an example for the decision; what it leaves out may be anything."""

    grade: str | None = None
    """The grade."""
    fit: Amount | None = None
    """The percentage of fit, rounded to two places."""
    interest: Amount | None = None
    """The points of interest."""
    stage: Key | None = None
    """The stage the lead belongs in."""
    due: bool
    """True if a handover is due."""
    trigger: Key | None = None
    """The trigger that holds."""
    team: Key | None = None
    """The team of the first route that holds."""
    persona: Key | None = None
    """The persona that the lead is."""
    segment: Key | None = None
    """The segment that the lead belongs to."""
    missing: Several[str] | None = None
    """The paths of what is missing, in any order."""
    exclusions: Several[Key] = ()
    """The exclusions that hold."""
    blocked_by: Several[str] = ()
    """The codes of what blocks the handover."""
    nurture: ExpectedNurture | None = None
    """The next content for the lead; null where it is to get nothing."""


class TemplateExample(Part):
    """An example that proves what a template's document says."""

    name: str
    """The point it shows."""
    given: Given
    """The known facts."""
    expect: Expectation
    """The decision."""


def _canonical(definitions: Mapping[str, Typed], values: dict[str, Any]) -> dict[str, Canonical]:
    found = {name: canonical_value(definitions[name], value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}
