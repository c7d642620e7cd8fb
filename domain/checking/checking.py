"""References between the sections of a document, and what is agreed but can never happen [X.1]."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

from domain.checking import owed_checking as owed
from domain.checking import replaced_checking, stage_checking, target_checking
from domain.checking.channel_checking import alike, consent_not_asked, required_consents
from domain.checking.clocks import (
    attempts,
    calendar,
    contact_clock,
    feedback_clocks,
    outbound_parties,
    pauses,
    stage_clocks,
)
from domain.checking.nurture_checking import (
    field_names,
    named_field,
    questions,
    track_entries,
    track_names,
    track_steps,
)
from domain.checking.obligation_checking import watching
from domain.checking.scoring_checking import fine_points
from domain.checking.signatory_checking import signatory_findings
from domain.checking.systems_checking import system_findings
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.fields import FieldDefinition, FieldOf
from domain.document.sections.handover import Audience, Destination, EscalationAction, Route

OWED = ("journey", "material", "feedback", "after_sales")
"""The sections that name who owes something."""
DATED = ("review_on", "journey", "material")
"""The sections that name days by which something is owed."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check over some of the sections."""

    needs: tuple[str, ...]
    """The sections it reads, by attribute name."""
    find: Callable[[SlaDocument], Iterator[Finding]]


def check_references(document: SlaDocument) -> list[Finding]:
    """All findings about what the sections say of each other."""
    return check_sections({name: getattr(document, name) for name in SlaDocument.model_fields})


def check_sections(sections: Mapping[str, Any]) -> list[Finding]:
    """The same for a document of which only some sections can be read: what needs others is not checked."""
    readable = cast("SlaDocument", SimpleNamespace(**sections))
    return [found for check in CHECKS if sections.keys() >= set(check.needs) for found in check.find(readable)]


def check_days(sections: Mapping[str, Any], *, today: date) -> list[Finding]:
    """The findings about days that are over, where all sections that name days can be read."""
    if not sections.keys() >= set(DATED):
        return []
    return list(owed.days_past(cast("SlaDocument", SimpleNamespace(**sections)), today=today))


def required_field(document: SlaDocument, name: str) -> FieldDefinition | None:
    """The field that handover.required names: a key, or account.KEY for a field of the account."""
    return named_field(document.fields, name)


def field_subject(document: SlaDocument, name: str) -> str | None:
    """The name under which conditions speak of the field that is meant; None where there is none."""
    field = required_field(document, name)
    if field is None:
        return None
    return f"account.{field.key}" if field.of is FieldOf.ACCOUNT else field.key


def _required(document: SlaDocument) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, name in enumerate(document.handover.required):
        path = f"handover.required[{index}]"
        field = required_field(document, name)
        if field is None:
            yield unknown("field", path, name, field_names(document.fields))
        elif field.key in seen:
            yield warning("REQUIRED_TWICE", path, f"'{name}' is required already.")
        else:
            seen.add(field.key)


def _signals(document: SlaDocument) -> Iterator[Finding]:
    kinds = {kind.key for kind in document.activity_types}
    for signal in document.scoring.interest.signals:
        if signal.activity not in kinds:
            path = f"scoring.interest.signals[{signal.key}].activity"
            yield unknown("activity type", path, signal.activity, kinds)


def _groups(document: SlaDocument) -> Iterator[Finding]:
    interest = document.scoring.interest
    known, used = {group.key for group in interest.groups}, {signal.group for signal in interest.signals}
    for signal in interest.signals:
        if signal.group is not None and signal.group not in known:
            path = f"scoring.interest.signals[{signal.key}].group"
            yield unknown("group", path, signal.group, known)
    for key in sorted(known - used):
        yield warning("GROUP_UNUSED", f"scoring.interest.groups[{key}]", "No signal belongs to this group.")


def _escalation(document: SlaDocument) -> Iterator[Finding]:
    steps = document.handover.escalation
    for index, (earlier, later) in enumerate(pairwise(steps), start=1):
        if later.at < earlier.at:
            yield error(
                "ESCALATION_ORDER", f"handover.escalation[{index}].at", "Steps stand in the order they fall due."
            )
    for index, step in enumerate(steps):
        if step.action is EscalationAction.NOTIFY and step.audience is None:
            path = f"handover.escalation[{index}].audience"
            yield error("ESCALATION_WITHOUT_AUDIENCE", path, "A step that notifies says whom.")
    if not steps:
        yield warning("ESCALATION_MISSING", "handover.escalation", "Nobody is told when an answer stays out.")
    elif steps[-1].action is not EscalationAction.RETURN and steps[-1].audience in (None, Audience.PERSON):
        path = f"handover.escalation[{len(steps) - 1}]"
        yield warning("ESCALATION_ENDS_WITH_NOBODY", path, "At the end nobody but the assignee is told.")


def _routing(document: SlaDocument) -> Iterator[Finding]:
    routing = document.handover.routing
    for index, route in enumerate(routing):
        path = f"handover.routing[{index}]"
        for position, team in enumerate(route.overflow):
            place = f"{path}.overflow[{position}]"
            if team == route.team:
                yield error("OVERFLOW_TO_ITSELF", place, "A team cannot take over from itself.")
            elif team in route.overflow[:position]:
                yield warning("OVERFLOW_TWICE", place, f"'{team}' takes over already.")
        yield from _skills(route, path)
        if route.when is None and index < len(routing) - 1:
            yield warning("ROUTE_UNREACHABLE", f"handover.routing[{index + 1}]", "An earlier route takes every lead.")
            return


def _skills(route: Route, path: str) -> Iterator[Finding]:
    always: set[str] = set()
    for position, needed in enumerate(route.skills):
        if needed.skill in always:
            yield warning("SKILL_TWICE", f"{path}.skills[{position}]", f"'{needed.skill}' is needed already.")
        elif needed.when is None:
            always.add(needed.skill)


def _return_reasons(document: SlaDocument) -> Iterator[Finding]:
    for reason in document.handover.return_reasons:
        path = f"handover.returnReasons[{reason.key}]"
        if reason.fields and reason.destination is not Destination.DATA:
            yield warning("FIELDS_UNUSED", f"{path}.fields", "Only a return for missing data waits for fields.")
        if reason.destination is Destination.DISCARD and reason.cool_off is not None:
            yield warning("COOL_OFF_UNUSED", f"{path}.coolOff", "A discarded lead is never offered again.")
        if reason.destination is Destination.NURTURE and reason.cool_off is None:
            yield warning("COOL_OFF_MISSING", path, "Without coolOff the lead may come back at once.")


def _awaited(document: SlaDocument) -> Iterator[Finding]:
    for reason in document.handover.return_reasons:
        for index, name in enumerate(reason.fields):
            if required_field(document, name) is None:
                path = f"handover.returnReasons[{reason.key}].fields[{index}]"
                yield unknown("field", path, name, field_names(document.fields))


CHECKS = (
    Check(("calendars", "default_calendar"), calendar),
    Check(("journey",), stage_checking.references),
    Check(("journey",), stage_checking.kinds),
    Check(("journey",), stage_checking.reach),
    Check(("journey",), stage_checking.order),
    Check(("journey", "segments"), stage_checking.segments),
    Check(("fields", "handover"), _required),
    Check(("activity_types", "scoring"), _signals),
    Check(("scoring",), _groups),
    Check(("scoring",), fine_points),
    Check(("personas", "journey", "nurturing"), track_names),
    Check(("activity_types", "nurturing"), track_steps),
    Check(("journey", "handover", "nurturing"), track_entries),
    Check(("fields", "handover", "nurturing"), questions),
    Check(("handover", "contact"), required_consents),
    Check(("channels", "contact"), alike),
    Check(("activity_types", "channels", "contact", "handover", "nurturing"), consent_not_asked),
    Check(("handover",), _escalation),
    Check(("handover",), _routing),
    Check(("obligations",), watching),
    Check(("handover",), _return_reasons),
    Check(("fields", "handover"), _awaited),
    Check(("fields", "systems"), system_findings),
    Check(("signatories",), signatory_findings),
    Check(("targets",), target_checking.nobody),
    Check(("journey", "targets"), target_checking.orders_in_reach),
    Check(("journey", "replaced"), replaced_checking.replacements),
    Check(("journey",), stage_clocks),
    Check(("activity_types", "handover"), contact_clock),
    Check(("activity_types", "channels", "contact", "handover", "nurturing"), attempts),
    Check(("activity_types",), outbound_parties),
    Check(("handover",), pauses),
    Check(("journey", "handover", "feedback"), feedback_clocks),
    Check(OWED, owed.owners),
    Check(("journey", "personas", "material"), owed.material),
    Check(("calendars", "feedback"), owed.meetings),
    Check(("journey",), owed.measures),
    Check(("activity_types", "journey", "after_sales"), owed.after_sales),
    Check(DATED, owed.days_out_of_range),
)
