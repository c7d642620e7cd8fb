"""What is owed about a subject, as a function of the document and the facts; and what to do so that it is so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.business_time import BusinessCalendar
from domain.document.document import SlaDocument
from domain.document.obligations import ObligationRule
from domain.duration import elapsed_instant_at_share
from domain.obligation import Act, BreachSeverity, Obligation, ObligationState, Step, Timing, in_order
from domain.owed.kind import Case, Deed, Kind, KindTable, Owed, Subject, Touch
from domain.owed.kinds import KINDS
from domain.pause import Interval, lasting_until, moved


def owed(document: SlaDocument, case: Case, *, kinds: KindTable = KINDS) -> list[Owed]:
    """All that is and was owed about a subject, the done included."""
    rules = {rule.key: rule for rule in document.obligations}
    return [
        found for kind in kinds.about[case.subject] for found in _of_kind(document, case, kind, rules.get(kind.word))
    ]


def _of_kind(document: SlaDocument, case: Case, kind: Kind, rule: ObligationRule | None) -> Iterator[Owed]:
    raised = case.subject is Subject.HANDOVER and case.handover is not None and case.handover.hand_raiser
    severity = (rule and rule.severity) or (BreachSeverity.HIGH if raised else kind.severity)
    warn_at = (rule and rule.warn_at) or document.handover.warn_at
    by_rule = rule.escalation if rule else ()
    for claim in kind.claims(document, case):
        yield Owed(kind, claim, severity, warn_at, by_rule if claim.escalation is None else claim.escalation)


def wanted(document: SlaDocument, case: Case, *, kinds: KindTable = KINDS) -> list[Owed]:
    """What should be open about a subject: what is owed, not done, and not settled by a person's word."""
    settled = {(s.kind, s.occasion) for s in case.settled}
    return [o for o in owed(document, case, kinds=kinds) if o.claim.met_at is None and o.key not in settled]


def deeds(document: SlaDocument, case: Case, touch: Touch, *, kinds: KindTable = KINDS) -> list[Deed]:
    """For which kinds of obligations about a subject a touch counts."""
    return [
        Deed(kind.word, touch.at, occasion)
        for kind in kinds.counting[case.subject]
        if (occasion := kind.counts(document, case, touch)) is not None
    ]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do so that what is open is what should be."""

    opens: tuple[Owed, ...] = ()
    meets: tuple[tuple[Obligation, datetime], ...] = ()
    """What was done meanwhile, and when."""
    keeps: tuple[tuple[Obligation, Owed], ...] = ()
    """What stays open; its person or its moments may have changed."""
    cancels: tuple[Obligation, ...] = ()
    """What nothing claims any longer."""
    corrects: tuple[tuple[Obligation, datetime], ...] = ()
    """What was met late as far as was known, and turns out to have been done in time, and when."""


def plan(found: Sequence[Owed], case: Case, present: Iterable[Obligation], closed: Iterable[Obligation]) -> Plan:
    """Hold what is owed against what is open and what was closed about the same subject."""
    standing = {(o.kind, o.occasion): o for o in present}
    past = {(o.kind, o.occasion): o for o in closed if o.is_settled}
    claims = {one.key: one for one in found}
    done = {key: o.claim.met_at for key, o in claims.items() if o.claim.met_at is not None}
    for deed in case.deeds:
        if deed.occasion:
            key = (deed.kind, deed.occasion)
            done[key] = min(deed.at, done.get(key, deed.at))
    left = {key: o for key, o in standing.items() if key not in done}
    return Plan(
        opens=tuple(o for key, o in claims.items() if key not in done and key not in standing and key not in past),
        meets=tuple((o, done[key]) for key, o in standing.items() if key in done),
        keeps=tuple((o, claims[key]) for key, o in left.items() if key in claims),
        cancels=tuple(o for key, o in left.items() if key not in claims),
        corrects=tuple((o, done[key]) for key, o in past.items() if key in done and _in_time(o, done[key])),
    )


def _in_time(obligation: Obligation, at: datetime) -> bool:
    late = obligation.state is ObligationState.MET_LATE
    return late and obligation.due_at is not None and at <= obligation.due_at


def timing(one: Owed, calendar: BusinessCalendar, pauses: Sequence[Interval], *, now: datetime) -> Timing:
    """When to warn of what is owed, when it is due and what the clock does about it, the pauses taken off."""
    claim, limit = one.claim, one.claim.limit
    if limit is None:
        if claim.due_at is None:
            raise ValueError(f"{one.kind.word} claims neither a limit nor a due instant")
        due_at, warn_at = claim.due_at, claim.warn_at
        return _agenda(one, due_at, lambda share: _between(claim.start, due_at, share), warn_at=warn_at)
    clock = limit.clock
    plain = calendar.deadline(claim.start, limit.duration, clock)
    due_at = moved(plain, start=claim.start, intervals=pauses, calendar=calendar, clock=clock)
    before = [interval for interval in pauses if interval[0] < due_at]

    def at_share(share: Decimal) -> datetime:
        at = calendar.instant_at_share(claim.start, plain, share, clock)
        return moved(at, start=claim.start, intervals=before, calendar=calendar, clock=clock)

    return replace(_agenda(one, due_at, at_share), paused_until=lasting_until(before, now=now))


def _agenda(
    one: Owed, due_at: datetime, at_share: Callable[[Decimal], datetime], *, warn_at: datetime | None = None
) -> Timing:
    warn_at = warn_at or at_share(one.warn_at)
    steps = [Step(warn_at, Act.WARN), Step(due_at, Act.BREACH)]
    for index, step in enumerate(one.escalation):
        steps.append(Step(due_at if step.at == 1 else at_share(step.at), Act.ESCALATE, index))
    return Timing(warn_at, due_at, in_order(steps))


def _between(start: datetime, due: datetime, share: Decimal) -> datetime:
    return elapsed_instant_at_share(min(start, due), due, share)
