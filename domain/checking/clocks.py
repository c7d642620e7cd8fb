"""Clocks that can never start, or never stop [X.1]."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.fields import Direction
from domain.document.sections.handover import Destination
from domain.document.sections.journey import StageKind
from domain.document.sections.limits import TimeLimit
from domain.time.duration import Duration

ENDS = frozenset({StageKind.WON, StageKind.LOST, StageKind.DISQUALIFIED})
"""The kinds of stages in which nothing is owed about how long a lead stays."""
WORKED = frozenset({StageKind.ACCEPTED, StageKind.SALES_QUALIFIED, StageKind.OPPORTUNITY})
"""The kinds of stages in which sales works a lead."""


def calendar(document: SlaDocument) -> Iterator[Finding]:
    """A default calendar that is not among the calendars."""
    known = {calendar.key for calendar in document.calendars}
    if document.default_calendar not in known:
        yield unknown("calendar", "defaultCalendar", document.default_calendar, known)


def stage_clocks(document: SlaDocument) -> Iterator[Finding]:
    """Time limits of stages that cannot be left, or need not be."""
    keys = {stage.key for stage in document.journey.stages}
    for stage in document.journey.stages:
        path = f"journey.stages[{stage.key}].timeLimit"
        onward = [key for key in stage.next if key in keys and key != stage.key]
        if stage.time_limit is None:
            continue
        if stage.kind in ENDS:
            yield warning("CLOCK_NEVER_STOPS", path, "A lead stays in this stage for good, so the limit always passes.")
        elif not onward:
            yield warning("CLOCK_NEVER_STOPS", path, "No transition leads out of this stage before the limit passes.")


def contact_clock(document: SlaDocument) -> Iterator[Finding]:
    """A limit for the first contact that no activity can meet."""
    outbound = any(kind.direction is Direction.OUTBOUND for kind in document.activity_types)
    section = document.handover
    limits = [("handover", section.contact_within)]
    limits += [(f"handover.triggers[{trigger.key}]", trigger.contact_within) for trigger in section.triggers]
    for path, limit in limits:
        if limit is not None and not outbound:
            message = "No activity type is OUTBOUND, so no contact by sales can be recorded."
            yield warning("CLOCK_NEVER_STOPS", f"{path}.contactWithin", message)


def attempts(document: SlaDocument) -> Iterator[Finding]:
    """Attempts on more channels than activities of sales can be made on; evidence that comes after the answer."""
    section = document.handover
    words = ContactVocabulary([document])
    told = [kind.channel for kind in document.activity_types if kind.direction is Direction.OUTBOUND]
    channels = {channel and (words.channel(channel) or channel) for channel in told}
    asked = [("handover.attempts", section.attempts.channels)] if section.attempts else []
    for reason in section.return_reasons:
        path = f"handover.returnReasons[{reason.key}].requires"
        required = reason.requires
        if required is not None and (required.channels or required.attempts):
            asked.append((path, required.channels or 1))
        if required is not None and required.after is not None and _beyond(required.after, section.answer_within):
            message = "Sales has to answer sooner than this, so it has to accept first."
            yield warning("EVIDENCE_BEYOND_LIMIT", f"{path}.after", message)
    for path, number in asked:
        if number > len(channels):
            message = f"Outbound activity types name {len(channels)} channels, so {number} can never be tried."
            yield error("ATTEMPTS_UNCOUNTABLE", f"{path}.channels", message)


def _beyond(after: Duration, limit: TimeLimit) -> bool:
    return (after.days, after.seconds) > (limit.duration.days, limit.duration.seconds)


def outbound_parties(document: SlaDocument) -> Iterator[Finding]:
    """Outbound activity types that do not say whose they are."""
    for kind in document.activity_types:
        if kind.direction is Direction.OUTBOUND and kind.party is None:
            message = "Where neither the sender nor the person tells the party, such an activity is nobody's contact."
            yield warning("PARTY_UNKNOWN", f"activityTypes[{kind.key}]", message)


def pauses(document: SlaDocument) -> Iterator[Finding]:
    """Clocks that sales may stop for as long as it likes."""
    if document.handover.max_pause is None:
        message = "Without maxPause sales may stop its own clocks for a year, as often as it likes."
        yield warning("PAUSE_UNBOUNDED", "handover", message)


def feedback_clocks(document: SlaDocument) -> Iterator[Finding]:
    """Feedback that is owed for something that never happens."""
    kinds = {stage.kind for stage in document.journey.stages}
    feedback = document.feedback
    if feedback.won_lost_reason_within is not None and not kinds & {StageKind.WON, StageKind.LOST}:
        message = "There is no stage of kind WON or LOST, so no reason is ever owed."
        yield warning("CLOCK_NEVER_STARTS", "feedback.wonLostReasonWithin", message)
    if feedback.outcome_update_every is not None and not kinds & WORKED:
        message = "There is no stage in which sales works a lead."
        yield warning("CLOCK_NEVER_STARTS", "feedback.outcomeUpdateEvery", message)
    discarded = all(reason.destination is Destination.DISCARD for reason in document.handover.return_reasons)
    if feedback.answer_return_within is not None and discarded:
        message = "Every return reason discards the lead, so marketing never has a return to answer."
        yield warning("CLOCK_NEVER_STARTS", "feedback.answerReturnWithin", message)
