"""A meeting took place: what was owed is met, and the measures it decided on are owed by their owners and days."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from application.obligations.settle_obligation import Matter, settled, settling, text_faults
from application.runtime.item_faults import moment_faults
from application.runtime.transaction import Application
from application.unit_of_work import obligation_lifecycle, reconciling
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.owners import Owner
from domain.obligation import Obligation
from domain.obligations.all_kinds import item_of
from domain.obligations.kind import Subject
from domain.obligations.kinds import meeting
from domain.obligations.kinds.measure import WORD, Decided, instance_key_of
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no
from domain.time.wall_clock import LAST_YEAR
from persistence.people import teams

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
    application: Application,
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
        unit, obligation = matter.unit, matter.obligation
        rights.need_party(principal, RECORD, obligation.party)
        if obligation.kind != meeting.WORD:
            raise Refusal("VALUE_NOT_ALLOWED", "This obligation is not a meeting.", ("obligation",))
        if not obligation.is_open:
            raise settled(obligation)
        faults = text_faults(minutes, "minutes")
        faults += moment_faults(at, "at", now=unit.transaction.now, since=obligation.opened_at)
        faults += await _faults(unit, measures)
        need_no(faults)
        done = min(at or unit.transaction.now, unit.transaction.now)
        key = item_of(obligation.kind, obligation.instance_key) or ""
        for decided in [_decided(key, wish) for wish in measures]:
            unit.fulfilments.setdefault(obligation.subject_id, []).append(decided.fulfilment(at=done))
        await obligation_lifecycle.meet(unit, obligation, at=done, person=principal.signature, evidence=minutes)
        unit.changed[obligation.subject_id] = Subject(obligation.subject_type)
        await reconciling.reconcile(unit)
        owed.extend(_owed(unit, obligation, {_instance_key(key, wish) for wish in measures}))

    await settling(application, principal, RECORD, obligation_id, act)
    return owed


def _decided(key: str, wish: MeasureWish) -> Decided:
    owner = Owner(party=wish.party, team=wish.team, person=wish.person)
    return Decided(key, wish.label.strip(), wish.due_on, owner)


def _instance_key(key: str, wish: MeasureWish) -> str:
    decided = _decided(key, wish)
    return instance_key_of(key, decided.due_on, decided.owner, decided.label)


def _owed(unit: UnitOfWork, about: Obligation, occasions: Set[str]) -> list[UUID]:
    """The obligations for measures, those of an earlier meeting included that decided on the same."""
    found = {o.id: o for o in (*unit.owed(about.agreement_id), *unit.touched_about(about.subject_id))}
    return sorted(o.id for o in found.values() if o.kind == WORD and o.instance_key in occasions)


async def _faults(unit: UnitOfWork, measures: Sequence[MeasureWish]) -> list[Refusal]:
    """All that is wrong with the measures, each with its place."""
    if len(measures) > MOST_MEASURES:
        return [Refusal("TOO_MANY_ITEMS", f"At most {MOST_MEASURES} measures.", ("measures",))]
    named = {wish.team for wish in measures if wish.team is not None}
    known = await teams.calendars_of(unit.transaction.connection, named) if named else {}
    found: list[Refusal] = []
    for index, wish in enumerate(measures):
        found += [
            Refusal(c, m, ("measures", str(index), n)) for c, m, n in _wrong(wish, known, unit.transaction.now.date())
        ]
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
