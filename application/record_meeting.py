"""A meeting took place: what was owed is met, and the measures it decided on are owed by their owners and days."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from application import owing, reconciling
from application.desk import Desk
from application.incoming import moment_faults
from application.settle_obligation import Matter, settled, settling, text_faults
from application.work import House
from domain import rights
from domain.document.owners import Owner
from domain.obligation import Obligation
from domain.owed import meeting
from domain.owed.kind import Subject
from domain.owed.kinds import item_of
from domain.owed.measure import WORD, Decided, occasion_of
from domain.party import Party
from domain.principal import Principal
from domain.refusal import Refusal, need_no
from domain.wall_clock import LAST_YEAR
from persistence import teams

RECORD = "Mutation.recordMeeting"
MOST_MEASURES = 100
LONGEST_LABEL = 500
LONGEST_PERSON = 200


@dataclass(frozen=True, slots=True)
class MeasureWish:
    """A measure as a meeting decided on it: what, by when, by which team or person of which party."""

    label: str
    due_on: date
    party: Party
    team: str | None = None
    person: str | None = None


async def record_meeting(
    house: House,
    principal: Principal,
    *,
    obligation_id: UUID,
    minutes: str | None = None,
    at: datetime | None = None,
    measures: Sequence[MeasureWish] = (),
) -> list[UUID]:
    """Say that a meeting took place and what it decided; tell the ids of the measures that are owed now."""
    rights.need(principal, RECORD)
    owed: list[UUID] = []

    async def act(matter: Matter) -> None:
        desk, obligation = matter.desk, matter.obligation
        rights.need_party(principal, RECORD, obligation.party)
        if obligation.kind != meeting.WORD:
            raise Refusal("VALUE_NOT_ALLOWED", "This obligation is not a meeting.", ("obligation",))
        if not obligation.is_open:
            raise settled(obligation)
        faults = text_faults(minutes, "minutes")
        faults += moment_faults(at, "at", now=desk.work.now, since=obligation.opened_at)
        faults += await _faults(desk, measures)
        need_no(faults)
        done = min(at or desk.work.now, desk.work.now)
        key = item_of(obligation.kind, obligation.occasion) or ""
        for decided in [_decided(key, wish) for wish in measures]:
            desk.deeds.setdefault(obligation.subject_id, []).append(decided.deed(at=done))
        await owing.meet(desk, obligation, at=done, person=principal.signature, evidence=minutes)
        desk.changed[obligation.subject_id] = Subject(obligation.subject_type)
        await reconciling.reconcile(desk)
        owed.extend(_owed(desk, obligation, {_occasion(key, wish) for wish in measures}))

    await settling(house, principal, RECORD, obligation_id, act)
    return owed


def _decided(key: str, wish: MeasureWish) -> Decided:
    owner = Owner(party=wish.party, team=wish.team, person=wish.person)
    return Decided(key, wish.label.strip(), wish.due_on, owner)


def _occasion(key: str, wish: MeasureWish) -> str:
    decided = _decided(key, wish)
    return occasion_of(key, decided.due_on, decided.owner, decided.label)


def _owed(desk: Desk, about: Obligation, occasions: Set[str]) -> list[UUID]:
    """The obligations for measures, those of an earlier meeting included that decided on the same."""
    found = {o.id: o for o in (*desk.owed(about.agreement_id), *desk.touched_about(about.subject_id))}
    return sorted(o.id for o in found.values() if o.kind == WORD and o.occasion in occasions)


async def _faults(desk: Desk, measures: Sequence[MeasureWish]) -> list[Refusal]:
    """All that is wrong with the measures, each with its place."""
    if len(measures) > MOST_MEASURES:
        return [Refusal("TOO_MANY_ITEMS", f"At most {MOST_MEASURES} measures.", ("measures",))]
    named = {wish.team for wish in measures if wish.team is not None}
    known = await teams.calendars_of(desk.work.connection, named) if named else {}
    found: list[Refusal] = []
    for index, wish in enumerate(measures):
        found += [Refusal(c, m, ("measures", str(index), n)) for c, m, n in _wrong(wish, known, desk.work.now.date())]
    return found


def _wrong(wish: MeasureWish, teams_known: Container[str], today: date) -> Iterator[tuple[str, str, str]]:
    if not wish.label.strip() or len(wish.label) > LONGEST_LABEL or "\x00" in wish.label:
        yield "VALUE_NOT_ALLOWED", f"A measure has 1 to {LONGEST_LABEL} characters.", "label"
    if wish.due_on < today or wish.due_on.year > LAST_YEAR:
        yield "VALUE_NOT_ALLOWED", f"A measure is due today or later, by {LAST_YEAR}.", "dueOn"
    if wish.team is None and not (wish.person or "").strip():
        yield "VALUE_NOT_ALLOWED", "A measure has an owner: a team or a person.", "person"
    if wish.person is not None and len(wish.person) > LONGEST_PERSON:
        yield "VALUE_NOT_ALLOWED", f"A person has at most {LONGEST_PERSON} characters.", "person"
    if wish.team is not None and wish.team not in teams_known:
        yield "UNKNOWN_TEAM", f"There is no team {wish.team[:80]!r}.", "team"
