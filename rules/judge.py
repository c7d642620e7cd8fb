"""Judging a lead: a pure function of a document, facts and a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import Any

from domain.decision import Blocked, Decision
from domain.facts import LeadFacts
from rules.recent import Recent
from rules.rulebook import Form, Rulebook
from rules.verdict import blocked_by


def judge(rulebook: Rulebook, facts: LeadFacts, *, now: datetime) -> Decision:
    """The decision on a lead; the same facts at the same moment give the same decision, in any order."""
    return _judge(rulebook, rulebook.durable, facts, now)


def judge_plain(rulebook: Rulebook, facts: LeadFacts, *, now: datetime) -> Decision:
    """The same by the plain form of the conditions, without the rules engine."""
    return _judge(rulebook, rulebook.plain, facts, now)


def _judge(rulebook: Rulebook, form: Form, facts: LeadFacts, at: datetime) -> Decision:
    recent = Recent(facts.activities, rulebook.needs.types, now=at.astimezone(UTC))
    row = rulebook.rows.row(facts)
    for measured in rulebook.measured:
        row[measured.name] = measured.of(recent)
    if rulebook.centre.asked:
        rulebook.centre.add(facts.buying_centre, row)
    used = [rulebook.version, facts.stage, *row.values()]
    recent.beside(row, form.by_activity)
    held = form.first.match(row)
    (fit, fit_points, fit_percent), fit_shares = rulebook.fit.score(held)
    (interest, interest_points, _), interest_shares = rulebook.interest.score(held, recent)
    exclusions = tuple([key for key, rule in rulebook.exclusions if rule in held])
    grade = fit.band + interest.band
    row["fit.points"], row["fit.percent"], row["fit.band"] = fit_points, fit_percent, fit.band
    row["interest.points"], row["interest.band"], row["grade"] = interest_points, interest.band, grade
    persona, segment = rulebook.groups.persona(row), rulebook.groups.segment(row)
    stage = _stage(rulebook, form, facts, segment, row, held)
    blocked = _blocked(rulebook, facts, exclusions, stage, recent)
    verdict = rulebook.verdicts.verdict(held, row, blocked)
    route = tuple([index for index, rule in rulebook.routes if rule is None or rule in held])
    used += (fit_points, interest_points, recent.counted, grade, stage, exclusions, route, verdict.due, verdict.trigger)
    used += [_seen(reason) for reason in blocked]
    return Decision(
        at,
        recent.until,
        _digest(used),
        fit,
        interest,
        grade,
        stage,
        exclusions,
        verdict,
        (*fit_shares, *interest_shares),
        route,
        persona,
        segment,
    )


def _stage(
    rulebook: Rulebook, form: Form, facts: LeadFacts, segment: str | None, row: dict[str, Any], held: set[int]
) -> str:
    """The stage the lead moves on to; `held` becomes the rules that hold there."""
    stages, stage = rulebook.groups.start(segment, facts)
    row["stage"] = stage
    later = form.second.match(row)
    held |= later
    while not facts.open_handover and (following := stages.step(stage, held)) is not None:
        stage = row["stage"] = following
        if rulebook.asks_stage:
            held -= later
            later = form.second.match(row)
            held |= later
    return stage


def _blocked(
    rulebook: Rulebook, facts: LeadFacts, exclusions: tuple[str, ...], stage: str, recent: Recent
) -> tuple[Blocked, ...]:
    kind = rulebook.stages.kinds[stage]
    blocked = blocked_by(facts, exclusions, kind, rulebook.verdicts.max_rounds, now=recent.now)
    for reason in blocked:
        if reason.until is not None:
            recent.at(reason.until.astimezone(UTC))
    return blocked


def _seen(blocked: Blocked) -> list[str | None]:
    until = None if blocked.until is None else blocked.until.astimezone(UTC).isoformat()
    return [blocked.code, blocked.rule, until]


def _digest(content: list[Any]) -> str:
    return sha256("".join(_ENCODE(content, 0)).encode()).hexdigest()


_ENCODE: Any = c_make_encoder(None, str, encode_basestring_ascii, None, ":", ",", False, False, False)
"""What `json.dumps` makes anew for every call: written without spaces, in ASCII."""
