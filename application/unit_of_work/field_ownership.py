"""Fields that systems own: who may write them, and what becomes of what others write [S4.7]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from application.unit_of_work.unit_of_work import UnitOfWork
from domain.agreements.field_owner import FieldConflict, FieldOwner
from domain.events.leads import LeadConflict
from domain.facts import Canonical
from domain.refusal import Refusal
from domain.words.ids import new_id
from persistence.leads import field_conflicts

Given = Mapping[str, Canonical | None]
_Place = tuple[UUID, str]


class Claims:
    """The owned fields in a source's batch: taken, or ignored and reported."""

    def __init__(self, source: str, *, now: datetime) -> None:
        self.source = source
        self.now = now
        self._leads: dict[_Place, UUID] = {}
        """The lead that a place was written with."""
        self._refused: dict[_Place, tuple[Canonical | None, str]] = {}
        """The value written, and the owner."""
        self._agreed: set[_Place] = set()
        self.changed: dict[UUID, set[str]] = {}
        """The fields that their owner changed, by lead."""
        self.echoed: dict[UUID, set[str]] = {}
        """The fields of others that were written as they are, by lead."""
        self._taken: set[_Place] = set()

    def admit(
        self,
        lead_id: UUID,
        subject: UUID,
        known: Mapping[str, Canonical],
        given: Given,
        owners: Mapping[str, FieldOwner],
        path: tuple[str, ...],
    ) -> tuple[dict[str, Canonical | None], list[Refusal]]:
        """Return what of the given values counts, and a report of each that does not and says otherwise."""
        counted, reports = dict(given), []
        prefix = "account." if path[0] == "account" else ""
        for key in given.keys() & owners.keys():
            owner, value, place = owners[key], given[key], (subject, f"{prefix}{key}")
            self._leads[place] = lead_id
            if self.source in owner.sources:
                self._taken.add(place)
                if known.get(key) != value:
                    self.changed.setdefault(lead_id, set()).add(place[1])
                continue
            del counted[key]
            if known.get(key) == value:
                self._agreed.add(place)
                self.echoed.setdefault(lead_id, set()).add(place[1])
                self._refused.pop(place, None)
                continue
            self._agreed.discard(place)
            self._refused[place] = (value, owner.system)
            reports.append(Refusal("NOT_OWNER", _said(owner.system), (*path, key)))
        return counted, sorted(reports, key=lambda r: r.path or ())

    async def keep(self, unit: UnitOfWork) -> None:
        """Remember what was ignored, and that which is settled by now; tell of what is new."""
        places = self._refused.keys() | self._agreed | self._taken
        if not places:
            return
        found = await field_conflicts.of_subjects(unit.transaction.connection, {subject for subject, _ in places})
        known = {(c.subject_id, c.field, c.source): c for c in found}
        changed = {c.id: after for c in found if (after := self._settled(unit, c)) is not c}
        new, told = [], set()
        for place, (written, owner) in self._refused.items():
            before, kept = known.get((*place, self.source)), _kept(unit, place)
            if before is None:
                new.append(self._conflict(place, written, kept, owner))
            else:
                again = self._conflict(place, written, kept, owner)
                changed[before.id] = replace(again, id=before.id, since=before.since, times=before.times + 1)
            if before is None or before.resolved_at is not None or before.written != written:
                told.add(place)
        await field_conflicts.insert(unit.transaction.connection, new)
        await field_conflicts.update(unit.transaction.connection, list(changed.values()))
        self._tell(unit, told)

    def _settled(self, unit: UnitOfWork, conflict: FieldConflict) -> FieldConflict:
        """A conflict after the owner, or whoever was not, has written the same; with the value that is kept now."""
        place = (conflict.subject_id, conflict.field)
        if conflict.resolved_at is not None:
            return conflict
        if conflict.source == self.source and place in self._agreed:
            return replace(conflict, resolved_at=self.now)
        if place not in self._taken:
            return conflict
        kept = _kept(unit, place)
        agree = conflict.written == kept or conflict.source == self.source
        return replace(conflict, kept=kept, resolved_at=self.now if agree else None)

    def _conflict(self, place: _Place, written: Canonical | None, kept: Canonical | None, owner: str) -> FieldConflict:
        subject, field = place
        return FieldConflict(
            id=new_id(now=self.now),
            subject_id=subject,
            field=field,
            source=self.source,
            owner=owner,
            written=written,
            kept=kept,
            at=self.now,
            since=self.now,
            times=1,
            resolved_at=None,
        )

    def _tell(self, unit: UnitOfWork, places: set[_Place]) -> None:
        by_lead: dict[UUID, list[str]] = {}
        for place in places:
            by_lead.setdefault(self._leads[place], []).append(place[1])
        for lead_id in sorted(by_lead):
            event = LeadConflict(source=self.source, fields=sorted(by_lead[lead_id]))
            unit.transaction.emit(event, lead_id, lead_id=lead_id, visible_to=unit.teams_of(lead_id))


def _kept(unit: UnitOfWork, place: _Place) -> Canonical | None:
    subject, field = place
    fields = unit.leads[subject].fields if subject in unit.leads else unit.accounts[subject].fields
    return fields.get(field.removeprefix("account."))


def _said(system: str) -> str:
    return f"The field belongs to the system '{system}'; this source's value is not taken."
