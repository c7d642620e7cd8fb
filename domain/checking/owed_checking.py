"""The findings about obligations by a day, in a rhythm or to customers [X.1]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from domain.checking.clocks import ENDS
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.fields import Direction
from domain.document.sections.journey import StageKind
from domain.document.sections.owners import Owner
from domain.time.wall_clock import FIRST_YEAR, LAST_YEAR


def owners(document: SlaDocument) -> Iterator[Finding]:
    """Promises for which only a party is named, so that nobody feels meant; and people who confirm their own."""
    for path, owner in _owners(document):
        if not owner.named:
            yield warning("OWNER_MISSING", f"{path}.owner", "No team and no person is named, so nobody feels meant.")
    for item in document.material:
        if item.confirmed_by is not None and item.confirmed_by == item.owner.person:
            path = f"material[{item.key}].confirmedBy"
            yield warning("CONFIRMED_BY_OWNER", path, f"{item.confirmed_by} owes it and would confirm it as well.")


def _owners(document: SlaDocument) -> Iterator[tuple[str, Owner]]:
    for stage in document.journey.stages:
        for measure in stage.measures:
            yield f"journey.stages[{stage.key}].measures[{measure.key}]", measure.owner
    for item in document.material:
        yield f"material[{item.key}]", item.owner
    for meeting in document.feedback.meetings:
        yield f"feedback.meetings[{meeting.key}]", meeting.owner
    after = document.after_sales
    for name, rules in (
        ("touchpoints", after.touchpoints),
        ("caseStudies", after.case_studies),
        ("reactivations", after.reactivations),
        ("signs", after.signs),
    ):
        for rule in rules:
            yield f"afterSales.{name}[{rule.key}]", rule.owner


def material(document: SlaDocument) -> Iterator[Finding]:
    """Items for a persona or a buying stage that is not defined."""
    personas = {persona.key for persona in document.personas}
    buying = {stage.key for stage in document.journey.buying_stages}
    for item in document.material:
        path = f"material[{item.key}]"
        if item.persona is not None and item.persona not in personas:
            yield unknown("persona", f"{path}.persona", item.persona, personas)
        if item.buying_stage is not None and item.buying_stage not in buying:
            yield unknown("buying stage", f"{path}.buyingStage", item.buying_stage, buying)


def meetings(document: SlaDocument) -> Iterator[Finding]:
    """Meetings by a calendar that is not defined, and those in which nobody takes part."""
    calendars = {calendar.key for calendar in document.calendars}
    for meeting in document.feedback.meetings:
        path = f"feedback.meetings[{meeting.key}]"
        if meeting.calendar is not None and meeting.calendar not in calendars:
            yield unknown("calendar", f"{path}.calendar", meeting.calendar, calendars)
        if not meeting.teams and not meeting.people:
            yield warning("NOBODY_TAKES_PART", path, "No team and no person takes part.")


def measures(document: SlaDocument) -> Iterator[Finding]:
    """Measures with the same key in several stages, and measures for stages in which nobody is won any more."""
    counted = Counter(measure.key for stage in document.journey.stages for measure in stage.measures)
    for stage in document.journey.stages:
        for measure in stage.measures:
            path = f"journey.stages[{stage.key}].measures[{measure.key}]"
            if counted[measure.key] > 1:
                yield error("KEY_AMBIGUOUS", path, f"'{measure.key}' names measures of several stages.")
            if stage.kind in ENDS - {StageKind.WON}:
                yield warning("MEASURE_FOR_NOTHING", path, "Nobody wants leads to come into this stage.")


def after_sales(document: SlaDocument) -> Iterator[Finding]:
    """Keys used twice among what is owed to customers, unknown activity types, and clocks that never run."""
    rules = document.after_sales
    counted = Counter(key for _, key in _customer_keys(document))
    for path, key in _customer_keys(document):
        if counted[key] > 1:
            yield error("KEY_AMBIGUOUS", path, f"'{key}' names several things that are owed to customers.")
    known = {kind.key for kind in document.activity_types}
    outbound = {kind.key for kind in document.activity_types if kind.direction is Direction.OUTBOUND}
    named = [(f"afterSales.touchpoints[{rule.key}]", rule) for rule in rules.touchpoints]
    signs = [(f"afterSales.signs[{sign.key}]", sign) for sign in rules.signs]
    for path, activities in [(path, rule.activities) for path, rule in named] + [(p, s.activities) for p, s in signs]:
        for index, key in enumerate(activities):
            if key not in known:
                yield unknown("activity type", f"{path}.activities[{index}]", key, known)
            elif key not in outbound:
                message = f"'{key}' is something the customer does."
                yield warning("CLOCK_NEVER_STOPS", f"{path}.activities[{index}]", message)
    for path, rule in named:
        if not rule.activities and not outbound:
            message = "No activity type is OUTBOUND, so no touchpoint by itself is seen."
            yield warning("CLOCK_NEVER_STOPS", path, message)
    if counted and document.journey.of_kind(StageKind.WON) is None:
        message = "There is no stage of kind WON, so nobody ever becomes a customer."
        yield warning("CLOCK_NEVER_STARTS", "afterSales", message)


def _customer_keys(document: SlaDocument) -> Iterator[tuple[str, str]]:
    after = document.after_sales
    yield from ((f"afterSales.touchpoints[{rule.key}]", rule.key) for rule in after.touchpoints)
    yield from ((f"afterSales.caseStudies[{rule.key}]", rule.key) for rule in after.case_studies)
    yield from ((f"afterSales.reactivations[{rule.key}]", rule.key) for rule in after.reactivations)
    yield from ((f"afterSales.signs[{rule.key}]", rule.key) for rule in after.signs)


def days_out_of_range(document: SlaDocument) -> Iterator[Finding]:
    """Days that no calendar knows."""
    for path, day in _days(document):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield error("DATE_OUT_OF_RANGE", path, f"Calendars know the years {FIRST_YEAR} to {LAST_YEAR}.")


def days_past(document: SlaDocument, *, today: date) -> Iterator[Finding]:
    """Days that are over before the document comes into force: what is owed by them is late at once."""
    for path, day in _days(document):
        if day < today:
            yield warning("DATE_PAST", path, f"{day.isoformat()} is over: what is owed by then is late at once.")


def _days(document: SlaDocument) -> Iterator[tuple[str, date]]:
    if document.review_on is not None:
        yield "reviewOn", document.review_on
    for stage in document.journey.stages:
        for measure in stage.measures:
            if measure.due_on is not None:
                yield f"journey.stages[{stage.key}].measures[{measure.key}].dueOn", measure.due_on
    for item in document.material:
        yield f"material[{item.key}].publishOn", item.publish_on
