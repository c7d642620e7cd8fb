"""Standing meetings: the next one is owed until its day is over; one that was missed stays owed beside it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date, datetime

from domain.business_time import BusinessCalendar, NeverOpen
from domain.document.document import SlaDocument
from domain.document.feedback import Meeting
from domain.owed.days import calendar_of
from domain.owed.kind import Case, Claim, Kind, Settled, Standing, Subject
from domain.party import Party
from domain.rhythm import Occurrence, next_occurrence, occurrence

WORD = "meeting"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if case.since is None:
        return
    for meeting in document.feedback.meetings:
        calendar = calendar_of(document, meeting.calendar)
        standing, held = _days(meeting, case.standing), _days(meeting, case.settled)
        missed = [found for found in _on(meeting, calendar, standing - held) if found.ends_at <= case.now]
        for found in missed:
            yield _claim(meeting, found, found.begins_at)
        yield from _to_come(meeting, calendar, case, case.since, standing | held, standing, held)


def _to_come(
    meeting: Meeting, calendar: BusinessCalendar, case: Case, since: datetime, known: Set[date], *days: Set[date]
) -> Iterator[Claim]:
    """What came since the last one that is known, and the next one that has not been held."""
    standing, held = days
    past = [found.begins_at for found in _on(meeting, calendar, known) if found.ends_at <= case.now]
    last = max([since, *past])
    while True:
        try:
            found = next_occurrence(meeting.rhythm, calendar, after=last)
        except NeverOpen:
            return
        open_still = found.day not in held
        if open_still and (found.ends_at > case.now or found.day not in standing):
            yield _claim(meeting, found, last)
        if open_still and found.ends_at > case.now:
            return
        last = found.begins_at


def _claim(meeting: Meeting, found: Occurrence, start: datetime) -> Claim:
    return Claim(
        start=start,
        due_at=found.ends_at,
        warn_at=found.begins_at if meeting.rhythm.begins_at else None,
        occasion=f"{meeting.key} {found.day.isoformat()}",
        party=meeting.owner.party,
        team=meeting.owner.team,
        assignee=meeting.owner.person,
    )


def _days(meeting: Meeting, known: tuple[Standing, ...] | tuple[Settled, ...]) -> frozenset[date]:
    named = (one.occasion.split(" ") for one in known if one.kind == WORD)
    return frozenset(date.fromisoformat(day) for key, day in named if key == meeting.key)


def _on(meeting: Meeting, calendar: BusinessCalendar, days: Set[date]) -> list[Occurrence]:
    return [occurrence(meeting.rhythm, calendar, day) for day in sorted(days)]


KIND = Kind(word=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, claims=_claims, itemized=True)
