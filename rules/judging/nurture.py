"""The nurturing of a lead that is not ready: the next content of its track and when, and what it is asked [S1.2,
S4.10]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from domain.checking.nurture_checking import NURTURED
from domain.document.base import Period
from domain.document.document import SlaDocument
from domain.document.sections.caps import CapPer
from domain.document.sections.contact import ConsentRule
from domain.document.sections.fields import Direction
from domain.document.sections.journey import Journey, StageKind
from domain.document.sections.nurturing import NurtureTrack
from domain.facts import LeadFacts, is_blank
from domain.leads.decision import Nurture
from domain.party import Party
from rules.activities.activity_window import ActivityWindow
from rules.conditions.conditions import Holds, predicate
from rules.conditions.expressions import TypedClause
from rules.conditions.vocabulary import Place
from rules.contact.consents import holds
from rules.contact.contact import span_of
from rules.judging.verdict import required_subjects


class StepPlan(NamedTuple):
    """A step as it is judged."""

    content: str
    channel: str
    wait: timedelta


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """A track as it is judged."""

    key: str
    personas: frozenset[str]
    stages: frozenset[str]
    when: Holds | None
    leave: Holds | None
    steps: tuple[StepPlan, ...]

    def fits(self, row: Mapping[str, Any], persona: str | None) -> bool:
        """Return whether it is for a lead as the row says it is."""
        return (
            row["stage"] in self.stages
            and (not self.personas or persona in self.personas)
            and (self.when is None or self.when(row))
            and not self.left(row)
        )

    def left(self, row: Mapping[str, Any]) -> bool:
        """Return whether a lead leaves it, whatever else holds."""
        return self.leave is not None and self.leave(row)


@dataclass(frozen=True, slots=True)
class NurturePlan:
    """The judging of a document's nurturing."""

    tracks: tuple[TrackPlan, ...]
    entries: Mapping[str, tuple[TrackPlan, int]]
    """By return reason the track and the place of the step at which a lead enters."""
    stages: frozenset[str]
    """The stages in which leads are nurtured where a track names none."""
    back: frozenset[str]
    """The stages of returned leads."""
    outbound: tuple[str, ...]
    """The activity types by which we turn to a lead."""
    memory: timedelta
    """The time that content counts as sent."""
    caps: tuple[tuple[int, timedelta], ...]
    consents: tuple[ConsentRule, ...]
    """The purposes for which marketing needs consent."""
    others: frozenset[str]
    """The purposes that are asked of sales alone."""
    questions: tuple[tuple[str, str], ...]
    """The fields that are asked for, with their names in a row."""

    @classmethod
    def of(cls, document: SlaDocument, clauses: Iterable[TypedClause]) -> NurturePlan | None:
        """The plan for a document; None where nobody nurtures."""
        section = document.nurturing
        if not section.tracks and not section.questions:
            return None
        found = {(t.clause.place, t.clause.key): predicate(t.expression) for t in clauses if t.clause.place in _PLACES}
        tracks = {track.key: _track(track, document.journey, found) for track in section.tracks}
        caps = [section.cap] if section.cap else []
        caps += [cap for cap in document.contact.caps if cap.per is CapPer.LEAD]
        required = required_subjects(document)
        return cls(
            tracks=tuple(tracks.values()),
            entries={entry.key: (tracks[entry.track], entry.step - 1) for entry in section.returns},
            stages=_stages(document.journey, NURTURED),
            back=_stages(document.journey, {StageKind.RECYCLED}),
            outbound=tuple(k.key for k in document.activity_types if k.direction is Direction.OUTBOUND),
            memory=_span(section.remembers),
            caps=tuple((cap.contacts, span_of(cap)) for cap in caps),
            consents=tuple(rule for rule in document.contact.consents if rule.party is not Party.SALES),
            others=frozenset(rule.key for rule in document.contact.consents if rule.party is Party.SALES),
            questions=tuple((q.field, required[q.field]) for q in section.questions if q.field in required),
        )

    @property
    def look_back(self) -> timedelta:
        """Return how old a contact can be and still count."""
        return max(self.memory, *(span for _, span in self.caps), timedelta())

    def next(
        self, facts: LeadFacts, row: Mapping[str, Any], persona: str | None, window: ActivityWindow
    ) -> Nurture | None:
        """Return what a lead gets next that is neither handed over nor screened out; None where there is nothing."""
        question = None
        if row["stage"] in self.stages:
            question = next((field for field, subject in self.questions if is_blank(row[subject])), None)
        track, first = self._entered(facts, row)
        if track is None:
            track = next((track for track in self.tracks if track.fits(row, persona)), None)
        if track is None:
            return Nurture(None, None, None, None, None, (), question) if question is not None else None
        return self._on(track, first, facts, window, question)

    def _entered(self, facts: LeadFacts, row: Mapping[str, Any]) -> tuple[TrackPlan | None, int]:
        """The track that a returned lead entered by the reason of its return."""
        last = facts.last_return
        entry = self.entries.get(last.reason) if last is not None and last.reason is not None else None
        if entry is None or row["stage"] not in self.back:
            return None, 0
        track, first = entry
        return (None, 0) if track.left(row) else (track, first)

    def _on(
        self, track: TrackPlan, first: int, facts: LeadFacts, window: ActivityWindow, question: str | None
    ) -> Nurture:
        sent = self._sent(track, window)
        passed: list[str] = []
        for number, step in enumerate(track.steps[first:], first + 1):
            if step.content in sent:
                window.changes(sent[step.content], self.memory)
            elif not self._agreed(facts, step.channel, window):
                passed.append(step.content)
            else:
                due_at = self._due_at(step, sent, facts, window)
                return Nurture(track.key, number, step.content, step.channel, due_at, tuple(passed), question)
        return Nurture(track.key, None, None, None, None, tuple(passed), question)

    def _sent(self, track: TrackPlan, window: ActivityWindow) -> dict[str, datetime]:
        """Return when each content of a track was last sent, as far as that is remembered."""
        contents = {step.content for step in track.steps}
        sent: dict[str, datetime] = {}
        for kind in self.outbound:
            for fact, at in window.by_type.get(kind, ()):
                if fact.content in contents and fact.party is not Party.SALES and window.now - at < self.memory:
                    sent[fact.content] = max(at, sent.get(fact.content, at))
            for _, at in window.ahead.get(kind, ()):
                window.begins(at)
        return sent

    def _agreed(self, facts: LeadFacts, channel: str, window: ActivityWindow) -> bool:
        """Return whether the lead agreed to be contacted by marketing on a channel."""
        said = facts.consents
        needed = [rule.key for rule in self.consents if not rule.channels or channel in rule.channels]
        if not all(holds(said.get((purpose, channel)), window) for purpose in needed):
            return False
        return all(one.granted for (purpose, on), one in said.items() if on == channel and purpose not in self.others)

    def _due_at(
        self, step: StepPlan, sent: Mapping[str, datetime], facts: LeadFacts, window: ActivityWindow
    ) -> datetime | None:
        """Return when the step is due: after its wait, and when every cap allows it; None: at once."""
        last = max(sent.values(), default=None)
        returned = facts.last_return.at.astimezone(UTC) if facts.last_return else None
        came = facts.created_at.astimezone(UTC) if facts.created_at else None
        since = max((at for at in (last, returned, came) if at is not None), default=None)
        due_at = None if since is None else since + step.wait
        if last is not None and last == since:
            window.changes(last, self.memory)
        return self._allowed(due_at, window)

    def _allowed(self, due_at: datetime | None, window: ActivityWindow) -> datetime | None:
        horizon = self.look_back
        if not self.caps:
            return due_at
        contacts = sorted(
            (at for kind in self.outbound for _, at in window.by_type.get(kind, ()) if window.now - at < horizon),
            reverse=True,
        )
        binding = None
        for most, span in self.caps:
            if len(contacts) >= most and (due_at is None or contacts[most - 1] + span > due_at):
                due_at, binding = contacts[most - 1] + span, contacts[most - 1]
        if binding is not None:
            window.changes(binding, horizon)
        return due_at


_PLACES = frozenset({Place.TRACK, Place.TRACK_LEAVE})


def _track(track: NurtureTrack, journey: Journey, found: Mapping[tuple[Place, str], Holds]) -> TrackPlan:
    stages = frozenset(track.stages) or _stages(journey, NURTURED)
    if track.buying_stages:
        stages &= {stage.key for stage in journey.stages if set(stage.buying_stages) & set(track.buying_stages)}
    return TrackPlan(
        track.key,
        frozenset(track.personas),
        stages,
        found.get((Place.TRACK, track.key)),
        found.get((Place.TRACK_LEAVE, track.key)),
        tuple(StepPlan(step.content, step.channel, _span(step.wait)) for step in track.steps),
    )


def _stages(journey: Journey, kinds: Iterable[StageKind]) -> frozenset[str]:
    wanted = set(kinds)
    return frozenset(stage.key for stage in journey.stages if stage.kind in wanted)


def _span(period: Period | None) -> timedelta:
    return timedelta() if period is None else timedelta(days=period.days, seconds=period.seconds)
