"""The columnar plan of a document: which columns hold which subjects, and what fades how.

The columnar twin judges three tables. Their columns have generated names, so that no customer's key meets a database's
rules for names; this file says which subject each holds. Values stand in them as they are compared: decimals as whole
numbers scaled by 10^scale, days as ordinals, moments as milliseconds; moments of the product itself as microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import zip_longest

from domain.document.sections.scoring import Signal
from rules.conditions.aggregates import ANY, Aggregate
from rules.conditions.syntax import Expression, subjects_of
from rules.conditions.vocabulary import Origin, Subject, Vocabulary, vocabulary_of
from rules.judging.compiled_rules import CompiledRules, rule_sets
from rules.judging.stages import StagePlan
from rules.scoring.points import faded, hundredths, look_back
from rules.scoring.scoring import SignalPlan

DAY = 86_400_000_000
"""Microseconds of a day."""
EDGE = 2**62
"""Numbers beyond it are drawn in to it; stored ones never reach it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return span(moment - _EPOCH)


def moment(microseconds: int) -> datetime:
    """The moment that lies so many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def span(length: timedelta) -> int:
    """The length of a span in microseconds."""
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds


@dataclass(frozen=True, slots=True)
class Held:
    """A column and the subject it holds."""

    column: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Fading:
    """The points of an activity by its age in full days, in hundredths; older ones are worth nothing."""

    column: str
    by_age: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountedSignal:
    """A signal as it is counted over a table of activities."""

    name: str
    """The column of its points, where it has one of its own."""
    plan: SignalPlan
    window: int | None
    """The time that an activity counts, in microseconds."""
    worth: int | Fading
    """Hundredths for each activity."""

    @property
    def apart(self) -> bool:
        """True if its points stand apart from the others': it asks something of the lead, or is one of a group."""
        return self.plan.lead_rule is not None or self.plan.group is not None


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of a number over activities."""

    column: str
    subject: str
    aggregate: Aggregate
    kinds: tuple[str, ...]


class ColumnarPlan:
    """A compiled document, ready to be asked of tables."""

    def __init__(self, compiled_rules: CompiledRules) -> None:
        self.compiled_rules = compiled_rules
        sets = rule_sets(compiled_rules.document)
        self.expressions: dict[int, Expression] = {n: e for rules in sets.values() for n, e in rules.items()}
        self._of_activities = {
            kind.removeprefix("activity."): subjects_of(rules.values())
            for kind, rules in sets.items()
            if kind.startswith("activity.")
        }
        shared = compiled_rules.subjects
        self.lead_columns = _held("f", (s for s in shared if s.origin is Origin.LEAD))
        self.account_columns = _held("a", (s for s in shared if s.origin is Origin.ACCOUNT))
        self.centre_columns = _held("c", (s for s in shared if s.origin is Origin.BUYING_CENTRE))
        self.group_columns = {name: f"g_{name}" for name in sorted(compiled_rules.groups.asked)}
        self.consent_columns = {f"k{n}": name for n, (name, _) in enumerate(compiled_rules.consents.required)}
        self.measures = tuple(
            Measure(f"n{number}", found.name, found.aggregate, found.kinds)
            for number, found in enumerate(compiled_rules.measured)
        )

    @cached_property
    def activity_columns(self) -> dict[str, tuple[Held, ...]]:
        """By activity type the columns of its own fields."""
        found: dict[str, tuple[Held, ...]] = {}
        start = 0
        for kind, subjects in sorted(self._asked_of_activities().items()):
            own = [subject for subject in subjects.values() if subject.definition is not None]
            found[kind] = _held("x", own, start)
            start += len(own)
        return found

    def _asked_of_activities(self) -> dict[str, dict[str, Subject]]:
        words, found = vocabulary_of(self.compiled_rules.document), {k: dict(s) for k, s in self._of_activities.items()}
        for measure in self.measures:
            for kind in measure.kinds:
                found.setdefault(kind, {}).update(_asked_by(measure.aggregate, words))
        return {k: {n: s for n, s in asked.items() if s.origin is Origin.ACTIVITY} for k, asked in found.items()}

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """The columns beside a lead by the subject's name."""
        matched = (*self.lead_columns, *self.account_columns, *self.centre_columns)
        consents = {name: column for column, name in self.consent_columns.items()}
        return (
            {h.subject.name: h.column for h in matched}
            | {m.subject: m.column for m in self.measures}
            | consents
            | self.group_columns
        )

    @cached_property
    def beside_activities(self) -> tuple[str, ...]:
        """The columns beside a lead that conditions over activities ask about."""
        names = {name for subjects in self._of_activities.values() for name in subjects}
        return tuple(column for name, column in self.columns.items() if name in names)

    @cached_property
    def signals(self) -> tuple[CountedSignal, ...]:
        """The signals as they are counted; equal fading shares a column."""
        fading: dict[tuple[int, ...], Fading] = {}
        found = []
        for number, signal in enumerate(self.compiled_rules.document.scoring.interest.signals):
            plan = self.compiled_rules.interest.signals[number]
            window = span(plan.window) if signal.window else None
            found.append(CountedSignal(f"s{number}", plan, window, _worth(signal, fading)))
        return tuple(found)

    @cached_property
    def fading(self) -> tuple[Fading, ...]:
        """The columns of the table of what is left at which age."""
        found = {s.worth.column: s.worth for s in self.signals if isinstance(s.worth, Fading)}
        return tuple(found.values())

    @cached_property
    def channels(self) -> Mapping[str, str | None]:
        """By activity type the channel of those activities that name none."""
        kinds = self.compiled_rules.document.activity_types
        return {kind.key: None if kind.channel is None else self.channel(kind.channel) for kind in kinds}

    def channel(self, told: str) -> str:
        """The one spelling of a channel."""
        spelling = self.compiled_rules.words.by_activity[ANY]["activity.channel"].spelling
        return told if spelling is None else spelling(told)

    @cached_property
    def journeys(self) -> tuple[StagePlan, ...]:
        """The document's journey, and those of segments that have their own."""
        return (self.compiled_rules.stages, *self.compiled_rules.groups.own.values())

    @cached_property
    def steps(self) -> tuple[tuple[tuple[int, str], ...], ...]:
        """Out of which stages leads can move by themselves in a first step, in a second, and so on; by journey."""
        steps = [_steps(journey) for journey in self.journeys]
        return tuple(
            tuple((number, stage) for number, stages in enumerate(step) for stage in stages)
            for step in zip_longest(*steps, fillvalue=())
        )

    @cached_property
    def look_back(self) -> int | None:
        """Return how old an activity can be and still count, in microseconds; None: as old as it likes."""
        longest = self.compiled_rules.needs.look_back
        return None if longest is None else span(longest)


def attributes(plans: Iterable[ColumnarPlan]) -> list[str]:
    """The keys of the fields of activities that versions ask for."""
    held = [one for plan in plans for matched in plan.activity_columns.values() for one in matched]
    return sorted({one.subject.key for one in held})


def _steps(journey: StagePlan) -> list[tuple[str, ...]]:
    onward = journey.onward
    here, found = [stage for stage, lazy in onward.items() if lazy], []
    while here:
        found.append(tuple(here))
        reached = {following for stage in here for _, following in onward[stage]}
        here = [stage for stage in onward if stage in reached and onward[stage]]
    return found


def _held(prefix: str, subjects: Iterable[Subject], start: int = 0) -> tuple[Held, ...]:
    ordered = sorted(subjects, key=lambda subject: subject.name)
    return tuple(Held(f"{prefix}{number}", subject) for number, subject in enumerate(ordered, start))


def _asked_by(aggregate: Aggregate, words: Vocabulary) -> dict[str, Subject]:
    """Return what a number over activities asks of each."""
    asked = subjects_of([aggregate.where]) if aggregate.where is not None else {}
    if aggregate.attribute is not None:
        name = f"activity.{aggregate.attribute}"
        asked[name] = words.by_activity[aggregate.kind][name]
    return asked


def _worth(signal: Signal, known: dict[tuple[int, ...], Fading]) -> int | Fading:
    """Return what one activity is worth: the same for ever, or by age, exactly as it is counted one by one."""
    longest = look_back(signal)
    if signal.half_life is None or longest is None:
        return hundredths(signal.points)
    by_age = tuple(faded(signal.points, signal.half_life.days, age) for age in range(longest.days))
    return known.setdefault(by_age, Fading(f"w{len(known)}", by_age))
