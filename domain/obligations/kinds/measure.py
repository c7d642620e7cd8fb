"""Measures with an owner and a day: those that bring leads into a stage, and those decided in meetings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.document.document import SlaDocument
from domain.document.sections.owners import Owner
from domain.obligations.days import end_of
from domain.obligations.kind import Fulfilment, Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party
from domain.words.keys import ItemOfParty

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

    def fulfilment(self, *, at: datetime) -> Fulfilment:
        """The decision as a fact about the agreement."""
        told = {"meeting": self.meeting, "label": self.label, "dueOn": self.due_on.isoformat()}
        return Fulfilment(DECIDED, at, json.dumps(told | {"owner": self.owner.model_dump(mode="json")}, sort_keys=True))

    @classmethod
    def of(cls, fulfilment: Fulfilment) -> Decided:
        """The measure of a decision."""
        told = json.loads(fulfilment.instance_key)
        owner = Owner.model_validate(told["owner"])
        return cls(told["meeting"], told["label"], date.fromisoformat(told["dueOn"]), owner)


def instance_key_of(key: str, due_on: date, owner: Owner, label: str = "") -> str:
    """Return what tells a measure from others; one that a meeting decided on carries its words."""
    return ItemOfParty(key, due_on, owner.party.value, label).text


def label_of(instance_key: str) -> str | None:
    """The words of a measure that a meeting decided on."""
    return ItemOfParty.read(instance_key).label or None


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    if context.since is None:
        return
    for measure in [measure for stage in document.journey.stages for measure in stage.measures]:
        if measure.due_on is not None:
            yield _claim(document, context.since, measure.key, measure.due_on, measure.owner)
    for fulfilment in context.fulfilments:
        if fulfilment.kind == DECIDED:
            decided = Decided.of(fulfilment)
            yield _claim(document, fulfilment.at, decided.meeting, decided.due_on, decided.owner, decided.label)


def _claim(
    document: SlaDocument, start: datetime, key: str, due_on: date, owner: Owner, label: str = ""
) -> ObligationSpec:
    return ObligationSpec(
        start=start,
        due_at=end_of(document, due_on),
        instance_key=instance_key_of(key, due_on, owner, label),
        party=owner.party,
        team=owner.team,
        assignee=owner.person,
    )


KIND = Kind(key=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, specs=_claims, itemized=True)
