"""The definition of a kind of obligation: whom it binds, from when until when, and what meets it. Each is a row of
`kinds`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.document.document import SlaDocument
from domain.document.sections.handover import EscalationStep
from domain.document.sections.journey import Stage
from domain.document.sections.limits import TimeLimit
from domain.handovers.handover import Handover
from domain.leads.lead import Lead
from domain.obligation import BreachSeverity
from domain.party import Party


class Subject(StrEnum):
    """The possible subjects of an obligation; the value is the type on the wire."""

    HANDOVER = "Handover"
    """A handover, open or ended; its pauses stop the clocks about it."""
    LEAD = "Lead"
    """A lead at its present stage."""
    AGREEMENT = "Agreement"
    """An agreement; no lead is concerned."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Something done with a lead: an activity, or a change of its stage."""

    at: datetime
    party: Party | None = None
    person: str | None = None
    activity: str | None = None
    """The key of the activity's type; None for a change of stage."""
    outbound: bool = False
    channel: str | None = None
    to_stage: Stage | None = None
    """The stage that the lead went to, or at which a person said more."""
    forward: bool = False
    """True if that stage lies ahead on the journey and is no way out."""
    by_hand: bool = False
    """True if a person moved the lead."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """A touch that counts for a kind of obligation."""

    kind: str
    at: datetime
    instance_key: str = ""
    """The occasion that it ends; empty where the kind tells by the time."""


@dataclass(frozen=True, slots=True)
class SettledObligation:
    """An obligation that was met or forgiven, by what meets it or by a person's word."""

    kind: str
    instance_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """An obligation that is open, or missed and still owed."""

    kind: str
    instance_key: str
    opened_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class ObligationContext:
    """The facts about one subject, from which follows what is owed about it."""

    subject: Subject
    subject_id: UUID
    now: datetime
    handover: Handover | None = None
    """The handover that it is about; about a lead: its open handover."""
    offered_again: bool = False
    """True if the lead of an ended handover has another one since."""
    lead: Lead | None = None
    agreement_id: UUID | None = None
    since: datetime | None = None
    """About an agreement: since when the version is in force."""
    fulfilments: tuple[Fulfilment, ...] = ()
    settled: tuple[SettledObligation, ...] = ()
    standing: tuple[OpenObligation, ...] = ()

    def done(self, kind: str) -> list[datetime]:
        """Return when something was done that counts for a kind, in order."""
        return sorted(
            {fulfilment.at for fulfilment in self.fulfilments if fulfilment.kind == kind}
            | {s.at for s in self.settled if s.kind == kind}
        )

    def first_done(self, kind: str, *, since: datetime) -> datetime | None:
        """Return when something was first done that counts for a kind, at a moment or after it."""
        return next((at for at in self.done(kind) if at >= since), None)


@dataclass(frozen=True, slots=True)
class ObligationSpec:
    """One thing owed, as a kind reads it from the facts; also after it was done."""

    start: datetime
    """From when its time counts."""
    limit: TimeLimit | None = None
    """The longest time that it may take."""
    due_at: datetime | None = None
    """The instant it is due, where no limit counts; pauses do not move it."""
    warn_at: datetime | None = None
    """When to warn of what is due at an instant; after the document's share of the time, if absent."""
    instance_key: str = ""
    """The key that tells it from others of the kind about the same subject; the same facts give the same occasion."""
    met_at: datetime | None = None
    """When it was done."""
    party: Party | None = None
    """Who owes it; the kind's party, if absent."""
    team: str | None = None
    assignee: str | None = None
    escalation: tuple[EscalationStep, ...] | None = None
    """The escalation while it is missing; what the document's rule for the kind says, if absent."""


def _nothing(_document: SlaDocument, _case: ObligationContext, _interaction_of: Interaction) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of obligation."""

    key: str
    """Its name on the wire."""
    about: Subject
    party: Party
    """Who owes it."""
    specs: Callable[[SlaDocument, ObligationContext], Iterable[ObligationSpec]]
    """All that is and was owed: start anchor, limit, what met it. What a case no longer claims is cancelled."""
    counts: Callable[[SlaDocument, ObligationContext, Interaction], str | None] = _nothing
    """The occasion for which a touch counts; None when it does not count, empty where the time tells."""
    personal: bool = True
    """True if whoever has the handover owes it, where sales owes it and the claim names nobody."""
    pausable: bool = True
    """True if the pauses of the handover stop its clock."""
    confirmed: bool = False
    """True if the party that is owed says that it was done, not the one that owes it."""
    met_by: str | None = None
    """The operation by which alone it is met, with its name on the wire; None where a person's word counts too."""
    itemized: bool = False
    """True if each is about an item of the document, whose key its occasion begins with."""
    severity: BreachSeverity = BreachSeverity.MEDIUM
    """The severity of a miss where the document's rule for the kind says nothing."""


@dataclass(frozen=True, slots=True)
class RequiredObligation:
    """A claim under its kind, with what the document says about the kind."""

    kind: Kind
    spec: ObligationSpec
    severity: BreachSeverity
    warn_at: Decimal
    escalation: tuple[EscalationStep, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from all else owed about the subject."""
        return self.kind.key, self.spec.instance_key

    @property
    def party(self) -> Party:
        """Return who owes it."""
        return self.spec.party or self.kind.party


def by_subject(kinds: Iterable[Kind]) -> Mapping[Subject, tuple[Kind, ...]]:
    """The kinds about each subject."""
    listed = tuple(kinds)
    return {subject: tuple(kind for kind in listed if kind.about is subject) for subject in Subject}


@dataclass(frozen=True, slots=True)
class KindTable:
    """The kinds there are."""

    kinds: tuple[Kind, ...]
    about: Mapping[Subject, tuple[Kind, ...]] = field(init=False)
    counting: Mapping[Subject, tuple[Kind, ...]] = field(init=False)
    """Those for which touches count."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", by_subject(self.kinds))
        object.__setattr__(self, "counting", by_subject(kind for kind in self.kinds if kind.counts is not _nothing))

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.kinds)
