"""Measures with an owner and a day: those that bring leads into a stage, and those decided in meetings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.document.document import SlaDocument
from domain.document.owners import Owner
from domain.owed.days import end_of
from domain.owed.kind import Case, Claim, Deed, Kind, Subject
from domain.party import Party

WORD = "measure"
DECIDED = "meeting-measure"
"""The kind of deed that a decision in a meeting is."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A measure that a meeting decided on: what, by when, by whom."""

    meeting: str
    label: str
    due_on: date
    owner: Owner

    def deed(self, *, at: datetime) -> Deed:
        """The decision as a fact about the agreement."""
        told = {"meeting": self.meeting, "label": self.label, "dueOn": self.due_on.isoformat()}
        return Deed(DECIDED, at, json.dumps(told | {"owner": self.owner.model_dump(mode="json")}, sort_keys=True))

    @classmethod
    def of(cls, deed: Deed) -> Decided:
        """The measure of a decision."""
        told = json.loads(deed.occasion)
        owner = Owner.model_validate(told["owner"])
        return cls(told["meeting"], told["label"], date.fromisoformat(told["dueOn"]), owner)


def occasion_of(key: str, due_on: date, owner: Owner, label: str = "") -> str:
    """What tells a measure from others; one that a meeting decided on carries its words."""
    return f"{key} {due_on.isoformat()} {owner.party.value} {label}".rstrip()


def label_of(occasion: str) -> str | None:
    """The words of a measure that a meeting decided on."""
    parts = occasion.split(" ", 3)
    return parts[3] if len(parts) > 3 else None


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if case.since is None:
        return
    for measure in [measure for stage in document.journey.stages for measure in stage.measures]:
        if measure.due_on is not None:
            yield _claim(document, case.since, measure.key, measure.due_on, measure.owner)
    for deed in case.deeds:
        if deed.kind == DECIDED:
            decided = Decided.of(deed)
            yield _claim(document, deed.at, decided.meeting, decided.due_on, decided.owner, decided.label)


def _claim(document: SlaDocument, start: datetime, key: str, due_on: date, owner: Owner, label: str = "") -> Claim:
    return Claim(
        start=start,
        due_at=end_of(document, due_on),
        occasion=occasion_of(key, due_on, owner, label),
        party=owner.party,
        team=owner.team,
        assignee=owner.person,
    )


KIND = Kind(word=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, claims=_claims, itemized=True)
