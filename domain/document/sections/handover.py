"""Section 7: when and with what a lead is handed over, to whom, and how sales answers."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.document.base import Amount, FieldName, Key, Keyed, KeyedPart, Label, Part, Period, Rank, Several, TeamKey
from domain.document.conditions import Condition
from domain.document.sections.limits import TimeLimit
from domain.time.duration import Duration


class EscalationAction(StrEnum):
    """The act of an escalation step."""

    NOTIFY = "NOTIFY"
    """Tells its audience."""
    REASSIGN = "REASSIGN"
    """Gives the handover to another member of the team, else to an overflow team."""
    RETURN = "RETURN"
    """Takes the handover back to marketing."""


class Audience(StrEnum):
    """Who is told."""

    PERSON = "PERSON"
    """The assignee."""
    TEAM_LEAD = "TEAM_LEAD"
    """The leader of the team."""
    PARTY = "PARTY"
    """Everybody of the party that owes."""
    MANAGEMENT = "MANAGEMENT"
    """Management."""


class RoutingStrategy(StrEnum):
    """The way a team's members take turns."""

    ROUND_ROBIN = "ROUND_ROBIN"
    """One after the other."""
    WEIGHTED = "WEIGHTED"
    """In proportion to their weights."""
    LEAST_LOADED = "LEAST_LOADED"
    """Whoever has the fewest open handovers."""


class AfterHours(StrEnum):
    """The treatment of a lead that comes while a team's calendar is closed."""

    OVERFLOW = "OVERFLOW"
    """A team that takes over and is open now comes first; the team itself only when none of them can."""
    KEEP = "KEEP"
    """The team gets it as at any other hour and finds it in the morning."""


class Destination(StrEnum):
    """The destination of a returned lead."""

    NURTURE = "NURTURE"
    """Back to marketing, to be nurtured."""
    DISCARD = "DISCARD"
    """Discarded for good."""
    DATA = "DATA"
    """Back to marketing, for missing data."""


class Trigger(KeyedPart):
    """A condition on which a lead is handed over."""

    label: Label
    """The name that people use."""
    priority: Rank = 0
    """Of several triggers that hold the highest counts; also the order in which sales should call."""
    when: Condition
    """The condition."""
    hand_raiser: bool = False
    """True if the lead asked for contact: skips scores and grade, never exclusions or required data."""
    answer_within: TimeLimit | None = None
    """The time within which sales answers handovers by this trigger; absent: as the section says."""
    contact_within: TimeLimit | None = None
    """The time within which sales contacts these leads after accepting them; absent: as the section says."""


class EscalationStep(Part):
    """The escalation when an answer is still missing."""

    at: Annotated[Amount, Field(gt=0, le=100)]
    """When, as a share of the open time of the answer limit; 1.0 is the due time."""
    action: Annotated[EscalationAction, Field(strict=False)]
    """The action."""
    audience: Annotated[Audience, Field(strict=False)] | None = None
    """Who is told."""


class NeededSkill(Part):
    """A skill that a lead asks of whoever gets it."""

    skill: Key
    """The skill, as the directory of teams names it."""
    when: Condition | None = None
    """The leads that need it; absent for every lead of the route."""


class Route(Part):
    """The team for a territory; of several routes the first whose condition holds counts."""

    team: TeamKey
    """The team's key."""
    when: Condition | None = None
    """The territory; absent for every lead."""
    strategy: Annotated[RoutingStrategy, Field(strict=False)] = RoutingStrategy.ROUND_ROBIN
    """The way its members take turns."""
    overflow: Several[TeamKey] = ()
    """The teams that take over when it is full, in order."""
    skills: Several[NeededSkill] = ()
    """The skills that members need to get the lead; of several that hold all are needed."""
    after_hours: Annotated[AfterHours, Field(strict=False)] = AfterHours.OVERFLOW
    """The treatment of a lead that comes while the team's calendar is closed; absences and limits count at any hour."""


class Attempts(Part):
    """The number of times that sales tries to reach a lead that it accepted, before it may give up."""

    count: Annotated[int, Field(ge=1, le=100)]
    """The number of attempts."""
    channels: Annotated[int, Field(ge=1, le=20)] = 1
    """On how many channels."""
    spacing: Period | None = None
    """The time after an attempt at which the next one on the same channel counts; absent: at once."""
    within: TimeLimit
    """By when they are made, from the acceptance."""


class Evidence(Part):
    """The condition of a return for a reason."""

    attempts: Annotated[int, Field(ge=1, le=100)] | None = None
    """The number of attempts."""
    channels: Annotated[int, Field(ge=1, le=20)] | None = None
    """On how many channels."""
    contact: bool = False
    """True if the lead must have been reached."""
    after: Period | None = None
    """The time that sales has had it, from the first assignment, on the clock of the answer."""
    comment: bool = False
    """True if the return needs a comment."""


class ReturnReason(KeyedPart):
    """A coded reason for which sales returns a handover."""

    label: Label
    """The name that people use."""
    destination: Annotated[Destination, Field(strict=False)]
    """The destination of the lead."""
    cool_off: Period | None = None
    """The time for which the lead is not offered again."""
    fields: Several[FieldName] = ()
    """For missing data: the fields without which the lead does not come again, unless the return names others; keys of
    lead fields, account.KEY for the account's."""
    requires: Evidence | None = None
    """The condition of a return; absent: nothing."""


class RequiredConsent(Part):
    """A consent that a lead must have given to be handed over."""

    purpose: Key
    """The purpose, one of those that the contact section names."""
    channel: Key
    """The channel."""


TAKE_OVER_WITHIN = TimeLimit(duration=Duration(1, 0))
REMEMBERS = Duration(90, 0)
REOPEN_WITHIN = Duration(180, 0)


class OneRep(Part):
    """One person of sales for a company."""

    on: bool = True
    """True if whoever serves the account gets its other leads too."""
    any_team: bool = True
    """True if that holds outside the route too, in any team of sales."""
    over_capacity: bool = False
    """True if that holds even when the person is full."""
    remembers: Period = REMEMBERS
    """The time after the end of an accepted handover for which its person still serves the account."""


class HandoverSection(Part):
    """Handover of leads from marketing to sales."""

    triggers: Annotated[Keyed[Trigger], Field(min_length=1)]
    """When a lead is handed over."""
    required: Several[FieldName] = ()
    """The fields that a lead must carry to be handed over: keys of lead fields, account.KEY for the account's."""
    required_consents: Several[RequiredConsent] = ()
    """The consents that a lead must have given to be handed over, hand-raisers too."""
    answer_within: TimeLimit
    """The time within which sales answers."""
    contact_within: TimeLimit | None = None
    """The time within which sales contacts the lead after accepting it."""
    max_pause: Period | None = None
    """The longest time that the clocks of a handover may stand still, all its pauses together; absent: a year each
    time."""
    warn_at: Annotated[Amount, Field(gt=0, lt=1)] = Decimal("0.75")
    """When to warn, as a share of the open time of a limit."""
    escalation: Several[EscalationStep] = ()
    """The escalation while an answer is missing, in order."""
    routing: Annotated[Several[Route], Field(min_length=1)]
    """Which team gets which lead, in order."""
    return_reasons: Annotated[Keyed[ReturnReason], Field(min_length=1)]
    """The reasons for which a handover may be returned."""
    one_rep: OneRep = OneRep()
    """True if a company has one person of sales."""
    attempts: Attempts | None = None
    """The number of times that sales tries to reach a lead; absent: nothing is promised."""
    reopen_within: Period = REOPEN_WITHIN
    """The time after its end by outcome within which a handover opens again when its lead goes back to a stage of
    sales."""
    take_over_within: TimeLimit = TAKE_OVER_WITHIN
    """The time within which the leader of a team gives accepted handovers of a person who left to somebody else."""
    max_rounds: Annotated[int, Field(ge=1, le=100)] = 3
    """The most handovers of a lead."""

    def answer_limit(self, trigger: str) -> TimeLimit:
        """Return how fast sales answers a handover by a trigger."""
        return self._limits(trigger)[0] or self.answer_within

    def contact_limit(self, trigger: str) -> TimeLimit | None:
        """Return how fast sales contacts a lead that was handed over by a trigger; None where nothing is promised."""
        return self._limits(trigger)[1] or self.contact_within

    def _limits(self, trigger: str) -> tuple[TimeLimit | None, TimeLimit | None]:
        limits = ((t.answer_within, t.contact_within) for t in self.triggers if t.key == trigger)
        return next(limits, (None, None))
