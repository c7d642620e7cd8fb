"""The plan of obligations about a subject, as a function of the document and the facts; and what to do so that it is
so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.document.document import SlaDocument
from domain.document.sections.obligations import ObligationRule
from domain.obligation import Act, BreachSeverity, Obligation, ObligationState, Step, Timing, in_order
from domain.obligations.all_kinds import KINDS
from domain.obligations.kind import (
    Fulfilment,
    Interaction,
    Kind,
    KindTable,
    ObligationContext,
    RequiredObligation,
    Subject,
)
from domain.time.business_time import BusinessCalendar
from domain.time.duration import elapsed_instant_at_share
from domain.time.pause import Interval, lasting_until, moved


def owed(document: SlaDocument, context: ObligationContext, *, kinds: KindTable = KINDS) -> list[RequiredObligation]:
    """All that is and was owed about a subject, the done included."""
    rules = {rule.key: rule for rule in document.obligations}
    return [
        found
        for kind in kinds.about[context.subject]
        for found in _of_kind(document, context, kind, rules.get(kind.key))
    ]


def _of_kind(
    document: SlaDocument, context: ObligationContext, kind: Kind, rule: ObligationRule | None
) -> Iterator[RequiredObligation]:
    raised = context.subject is Subject.HANDOVER and context.handover is not None and context.handover.hand_raiser
    severity = (rule and rule.severity) or (BreachSeverity.HIGH if raised else kind.severity)
    warn_at = (rule and rule.warn_at) or document.handover.warn_at
    by_rule = rule.escalation if rule else ()
    for spec in kind.specs(document, context):
        yield RequiredObligation(kind, spec, severity, warn_at, by_rule if spec.escalation is None else spec.escalation)


def wanted(document: SlaDocument, context: ObligationContext, *, kinds: KindTable = KINDS) -> list[RequiredObligation]:
    """Return what should be open about a subject: what is owed, not done, and not settled by a person's word."""
    settled = {(s.kind, s.instance_key) for s in context.settled}
    return [o for o in owed(document, context, kinds=kinds) if o.spec.met_at is None and o.key not in settled]


def fulfilments(
    document: SlaDocument, context: ObligationContext, interaction: Interaction, *, kinds: KindTable = KINDS
) -> list[Fulfilment]:
    """For which kinds of obligations about a subject a touch counts."""
    return [
        Fulfilment(kind.key, interaction.at, instance_key)
        for kind in kinds.counting[context.subject]
        if (instance_key := kind.counts(document, context, interaction)) is not None
    ]


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes after which the open obligations are those that should be open."""

    opens: tuple[RequiredObligation, ...] = ()
    meets: tuple[tuple[Obligation, datetime], ...] = ()
    """The obligations done meanwhile, and when."""
    keeps: tuple[tuple[Obligation, RequiredObligation], ...] = ()
    """The obligations that stay open; their person or their moments may have changed."""
    cancels: tuple[Obligation, ...] = ()
    """The obligations that nothing claims any longer."""
    corrects: tuple[tuple[Obligation, datetime], ...] = ()
    """The obligations met late as far as was known that turn out to have been met in time, and when."""


def plan(
    found: Sequence[RequiredObligation],
    context: ObligationContext,
    present: Iterable[Obligation],
    closed: Iterable[Obligation],
) -> Plan:
    """Hold what is owed against what is open and what was closed about the same subject."""
    standing = {(o.kind, o.instance_key): o for o in present}
    past = {(o.kind, o.instance_key): o for o in closed if o.is_settled}
    specs = {one.key: one for one in found}
    done = {key: o.spec.met_at for key, o in specs.items() if o.spec.met_at is not None}
    for fulfilment in context.fulfilments:
        if fulfilment.instance_key:
            key = (fulfilment.kind, fulfilment.instance_key)
            done[key] = min(fulfilment.at, done.get(key, fulfilment.at))
    left = {key: o for key, o in standing.items() if key not in done}
    return Plan(
        opens=tuple(o for key, o in specs.items() if key not in done and key not in standing and key not in past),
        meets=tuple((o, done[key]) for key, o in standing.items() if key in done),
        keeps=tuple((o, specs[key]) for key, o in left.items() if key in specs),
        cancels=tuple(o for key, o in left.items() if key not in specs),
        corrects=tuple((o, done[key]) for key, o in past.items() if key in done and _in_time(o, done[key])),
    )


def _in_time(obligation: Obligation, at: datetime) -> bool:
    late = obligation.state is ObligationState.MET_LATE
    return late and obligation.due_at is not None and at <= obligation.due_at


def timing(one: RequiredObligation, calendar: BusinessCalendar, pauses: Sequence[Interval], *, now: datetime) -> Timing:
    """Return when to warn of what is owed, when it is due and what the clock does about it, the pauses taken off."""
    spec, limit = one.spec, one.spec.limit
    if limit is None:
        if spec.due_at is None:
            raise ValueError(f"{one.kind.key} claims neither a limit nor a due instant")
        due_at, warn_at = spec.due_at, spec.warn_at
        return _schedule(one, due_at, lambda share: _between(spec.start, due_at, share), warn_at=warn_at)
    clock = limit.clock
    plain = calendar.deadline(spec.start, limit.duration, clock)
    due_at = moved(plain, start=spec.start, intervals=pauses, calendar=calendar, clock=clock)
    before = [interval for interval in pauses if interval[0] < due_at]

    def at_share(share: Decimal) -> datetime:
        at = calendar.instant_at_share(spec.start, plain, share, clock)
        return moved(at, start=spec.start, intervals=before, calendar=calendar, clock=clock)

    return replace(_schedule(one, due_at, at_share), paused_until=lasting_until(before, now=now))


def _schedule(
    one: RequiredObligation,
    due_at: datetime,
    at_share: Callable[[Decimal], datetime],
    *,
    warn_at: datetime | None = None,
) -> Timing:
    warn_at = warn_at or at_share(one.warn_at)
    steps = [Step(warn_at, Act.WARN), Step(due_at, Act.BREACH)]
    for index, step in enumerate(one.escalation):
        steps.append(Step(due_at if step.at == 1 else at_share(step.at), Act.ESCALATE, index))
    return Timing(warn_at, due_at, in_order(steps))


def _between(start: datetime, due: datetime, share: Decimal) -> datetime:
    return elapsed_instant_at_share(min(start, due), due, share)
