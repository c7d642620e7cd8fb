"""Judging a lead: a pure function of a document, facts and a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

from domain.document.sections.journey import StageKind
from domain.facts import LeadFacts
from domain.leads.decision import Blocked, Contribution, Decision, Nurture
from domain.party import Party
from rules.activities.activity_window import ActivityWindow
from rules.counterfactual.ways import find_lacking, find_ways
from rules.judging.compiled_rules import CompiledRules, Form
from rules.judging.lazy import Lazy
from rules.judging.verdict import Ways, blocked_by


def judge(compiled_rules: CompiledRules, facts: LeadFacts, *, now: datetime) -> Decision:
    """The decision on a lead; the same facts at the same moment give the same decision, in any order."""
    return _judge(compiled_rules, compiled_rules.durable, facts, now)


def judge_plain(compiled_rules: CompiledRules, facts: LeadFacts, *, now: datetime) -> Decision:
    """The same by the plain form of the conditions, without the rules engine."""
    return _judge(compiled_rules, compiled_rules.plain, facts, now)


def _try(compiled_rules: CompiledRules, facts: LeadFacts, *, now: datetime) -> Decision:
    """The decision by the plain form; of its next crossing it knows only what is no score."""
    return _judge(compiled_rules, compiled_rules.plain, facts, now, foreseeing=False)


def _judge(
    compiled_rules: CompiledRules, form: Form, facts: LeadFacts, at: datetime, *, foreseeing: bool = True
) -> Decision:
    now, types = at.astimezone(UTC), compiled_rules.needs.by_type
    window = ActivityWindow(facts.activities, types, now=now, foreseeing=foreseeing)
    row = _row(compiled_rules, facts, window)
    outside = not compiled_rules.in_scope(row)
    known = [value for name, value in row.items() if name not in compiled_rules.measured_names]
    used = [compiled_rules.version, facts.stage, *row.values()]
    persona, segment = compiled_rules.groups.of_lead(row)
    if form.by_activity:
        window.beside(row, form.by_activity)
    matched = form.first.match(row)
    fit, fit_points, fit_percent = compiled_rules.fit.score(matched)
    interest, interest_points, _ = compiled_rules.interest.score(matched, window)
    excluded = not compiled_rules.excluding.isdisjoint(matched)
    exclusions = tuple([key for key, rule in compiled_rules.exclusions if rule in matched]) if excluded else ()
    grade = fit.band + interest.band
    row["fit.points"], row["fit.percent"], row["fit.band"] = fit_points, fit_percent, fit.band
    row["interest.points"], row["interest.band"], row["grade"] = interest_points, interest.band, grade
    stage = _stage(compiled_rules, form, facts, segment, row, matched)
    blocked = _blocked(compiled_rules, facts, exclusions, stage, window, outside=outside)
    verdict = compiled_rules.verdicts.verdict(matched, row, blocked, lambda: _ways(compiled_rules, facts, at))
    route = tuple([index for index, rule in compiled_rules.routes if rule is None or rule in matched])
    skills = compiled_rules.skills.of_lead(route, row)
    used += (fit_points, interest_points, window.counted, grade, stage, exclusions, route, verdict.due, verdict.trigger)
    used += [*skills, *map(_seen, blocked)]
    nurture = None
    theirs = facts.open_handover or facts.contact_owner is Party.SALES
    if compiled_rules.nurture is not None and not (theirs or verdict.due or exclusions):
        nurture = compiled_rules.nurture.next(facts, row, persona, window)
        used.append(_next(nurture))
    signs = _signs(compiled_rules, facts, stage, row, window) if stage in compiled_rules.stages.closed else ()
    used += signs
    digest, shares = _digest(used), Lazy(_shares, compiled_rules, matched, window)
    means: list[Any] = [compiled_rules.version, facts.stage, known, fit.band, interest.band, stage, exclusions, route]
    means += [verdict.due, verdict.trigger, skills, signs, [_seen(reason) for reason in blocked], _next(nurture)]
    result = (at, window.until, digest, fit, interest, grade, stage, exclusions, verdict, shares, route)
    return _new(Decision, (*result, persona, segment, skills, signs, nurture, window.crossing, _digest(means)))


def _row(compiled_rules: CompiledRules, facts: LeadFacts, window: ActivityWindow) -> dict[str, Any]:
    """Return what conditions test of a lead before it is scored."""
    row = compiled_rules.rows.row(facts)
    for measured in compiled_rules.measured:
        row[measured.name] = measured.of(window)
    if compiled_rules.centre.asked:
        compiled_rules.centre.add(facts.buying_centre, row)
    if compiled_rules.consents.required:
        compiled_rules.consents.add(facts.consents, row, window)
    return row


def _ways(compiled_rules: CompiledRules, facts: LeadFacts, at: datetime) -> Ways:
    return Lazy(find_ways, _try, compiled_rules, facts, at), Lazy(find_lacking, _try, compiled_rules, facts, at)


def _shares(compiled_rules: CompiledRules, matched: set[int], window: ActivityWindow) -> list[Contribution]:
    return [*compiled_rules.fit.shares(matched), *compiled_rules.interest.shares(window)]


def _signs(
    compiled_rules: CompiledRules, facts: LeadFacts, stage: str, row: dict[str, Any], window: ActivityWindow
) -> tuple[str, ...]:
    """Return what shows in the lead, if it is a customer."""
    if compiled_rules.stages.kinds[stage] is not StageKind.WON:
        return ()
    return compiled_rules.customers.matched(
        row, window, since=facts.stage_since if facts.stage == stage else window.now
    )


def _stage(
    compiled_rules: CompiledRules,
    form: Form,
    facts: LeadFacts,
    segment: str | None,
    row: dict[str, Any],
    matched: set[int],
) -> str:
    """The stage the lead moves on to; `held` becomes the rules that hold there."""
    stages, stage = compiled_rules.groups.start(segment, facts)
    row["stage"] = stage
    lazy = form.second.match(row)
    matched |= lazy
    while not facts.open_handover and (following := stages.step(stage, matched)) is not None:
        stage = row["stage"] = following
        if compiled_rules.asks_stage:
            matched -= lazy
            lazy = form.second.match(row)
            matched |= lazy
    return stage


def _blocked(
    compiled_rules: CompiledRules,
    facts: LeadFacts,
    exclusions: tuple[str, ...],
    stage: str,
    window: ActivityWindow,
    *,
    outside: bool,
) -> tuple[Blocked, ...]:
    closed, most = stage in compiled_rules.stages.closed, compiled_rules.verdicts.max_rounds
    blocked = blocked_by(facts, exclusions, most, outside=outside, closed=closed, now=window.now)
    for reason in blocked:
        if reason.until is not None:
            window.at(reason.until.astimezone(UTC))
    return blocked


def _next(nurture: Nurture | None) -> list[Any] | None:
    if nurture is None:
        return None
    return [moment.isoformat() if isinstance(moment, datetime) else moment for moment in nurture]


def _seen(blocked: Blocked) -> list[str | None]:
    until = None if blocked.until is None else blocked.until.astimezone(UTC).isoformat()
    return [blocked.code, blocked.rule, until]


def _digest(content: list[Any]) -> str:
    try:
        written = orjson.dumps(content)
    except orjson.JSONEncodeError:  # half a surrogate pair, or a number of more than 64 bits
        written = json.dumps(content, separators=(",", ":")).encode()
    return sha256(written).hexdigest()


_new = tuple.__new__
"""Makes a named tuple of its values in order, in half the time that its class takes for it."""
