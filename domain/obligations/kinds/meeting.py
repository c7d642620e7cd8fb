"""Standing meetings: the next one is owed until its day is over; one that was missed stays owed beside it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date, datetime

from domain.document.document import SlaDocument
from domain.document.sections.feedback import Meeting
from domain.obligations.days import calendar_of
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, OpenObligation, SettledObligation, Subject
from domain.obligations.rhythm import Occurrence, next_occurrence, occurrence
from domain.party import Party
from domain.time.business_time import BusinessCalendar, NeverOpen
from domain.words.keys import ItemOn

WORD = "meeting"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    if context.since is None:
        return
    for meeting in document.feedback.meetings:
        calendar = calendar_of(document, meeting.calendar)
        standing, held = _days(meeting, context.standing), _days(meeting, context.settled)
        missed = [found for found in _on(meeting, calendar, standing - held) if found.ends_at <= context.now]
        for found in missed:
            yield _claim(meeting, found, found.begins_at)
        yield from _to_come(meeting, calendar, context, context.since, standing | held, standing, held)


def _to_come(
    meeting: Meeting,
    calendar: BusinessCalendar,
    context: ObligationContext,
    since: datetime,
    known: Set[date],
    *days: Set[date],
) -> Iterator[ObligationSpec]:
    """Return what came since the last one that is known, and the next one that has not been held."""
    standing, held = days
    past = [found.begins_at for found in _on(meeting, calendar, known) if found.ends_at <= context.now]
    last = max([since, *past])
    while True:
        try:
            found = next_occurrence(meeting.rhythm, calendar, after=last)
        except NeverOpen:
            return
        open_still = found.day not in held
        if open_still and (found.ends_at > context.now or found.day not in standing):
            yield _claim(meeting, found, last)
        if open_still and found.ends_at > context.now:
            return
        last = found.begins_at


def _claim(meeting: Meeting, found: Occurrence, start: datetime) -> ObligationSpec:
    return ObligationSpec(
        start=start,
        due_at=found.ends_at,
        warn_at=found.begins_at if meeting.rhythm.begins_at else None,
        instance_key=ItemOn(meeting.key, found.day).text,
        party=meeting.owner.party,
        team=meeting.owner.team,
        assignee=meeting.owner.person,
    )


def _days(meeting: Meeting, known: tuple[OpenObligation, ...] | tuple[SettledObligation, ...]) -> frozenset[date]:
    keys = (ItemOn.read(one.instance_key) for one in known if one.kind == WORD)
    return frozenset(key.day for key in keys if key.item == meeting.key)


def _on(meeting: Meeting, calendar: BusinessCalendar, days: Set[date]) -> list[Occurrence]:
    return [occurrence(meeting.rhythm, calendar, day) for day in sorted(days)]


KIND = Kind(key=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, specs=_claims, itemized=True)
