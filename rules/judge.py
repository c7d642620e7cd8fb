"""Judging a lead: a pure function of a document, facts and a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

from domain.decision import Blocked, Contribution, Decision, Nurture
from domain.document.journey import StageKind
from domain.facts import LeadFacts
from domain.party import Party
from rules.later import Later
from rules.recent import Recent
from rules.rulebook import Form, Rulebook
from rules.verdict import Ways, blocked_by
from rules.ways import find_lacking, find_ways


def judge(rulebook: Rulebook, facts: LeadFacts, *, now: datetime) -> Decision:
    """The decision on a lead; the same facts at the same moment give the same decision, in any order."""
    return _judge(rulebook, rulebook.durable, facts, now)


def judge_plain(rulebook: Rulebook, facts: LeadFacts, *, now: datetime) -> Decision:
    """The same by the plain form of the conditions, without the rules engine."""
    return _judge(rulebook, rulebook.plain, facts, now)


def _judge(rulebook: Rulebook, form: Form, facts: LeadFacts, at: datetime) -> Decision:
    recent = Recent(facts.activities, rulebook.needs.by_type, now=at.astimezone(UTC))
    row = rulebook.rows.row(facts)
    for measured in rulebook.measured:
        row[measured.name] = measured.of(recent)
    if rulebook.centre.asked:
        rulebook.centre.add(facts.buying_centre, row)
    if rulebook.consents.required:
        rulebook.consents.add(facts.consents, row, recent)
    outside = not rulebook.in_scope(row)
    used = [rulebook.version, facts.stage, *row.values()]
    persona, segment = rulebook.groups.of_lead(row)
    if form.by_activity:
        recent.beside(row, form.by_activity)
    held = form.first.match(row)
    fit, fit_points, fit_percent = rulebook.fit.score(held)
    interest, interest_points, _ = rulebook.interest.score(held, recent)
    excluded = not rulebook.excluding.isdisjoint(held)
    exclusions = tuple([key for key, rule in rulebook.exclusions if rule in held]) if excluded else ()
    grade = fit.band + interest.band
    row["fit.points"], row["fit.percent"], row["fit.band"] = fit_points, fit_percent, fit.band
    row["interest.points"], row["interest.band"], row["grade"] = interest_points, interest.band, grade
    stage = _stage(rulebook, form, facts, segment, row, held)
    blocked = _blocked(rulebook, facts, exclusions, stage, recent, outside=outside)
    verdict = rulebook.verdicts.verdict(held, row, blocked, lambda: _ways(rulebook, facts, at))
    route = tuple([index for index, rule in rulebook.routes if rule is None or rule in held])
    skills = rulebook.skills.of_lead(route, row)
    used += (fit_points, interest_points, recent.counted, grade, stage, exclusions, route, verdict.due, verdict.trigger)
    used += skills
    if blocked:
        used += map(_seen, blocked)
    nurture = None
    theirs = facts.open_handover or facts.contact_owner is Party.SALES
    if rulebook.nurture is not None and not (theirs or verdict.due or exclusions):
        nurture = rulebook.nurture.next(facts, row, persona, recent)
        used.append(_next(nurture))
    signs = _signs(rulebook, facts, stage, row, recent) if stage in rulebook.stages.closed else ()
    used += signs
    digest, shares = _digest(used), Later(_shares, rulebook, held, recent)
    result = (at, recent.until, digest, fit, interest, grade, stage, exclusions, verdict, shares, route)
    return _new(Decision, (*result, persona, segment, skills, signs, nurture))


def _ways(rulebook: Rulebook, facts: LeadFacts, at: datetime) -> Ways:
    return Later(find_ways, judge_plain, rulebook, facts, at), Later(find_lacking, judge_plain, rulebook, facts, at)


def _shares(rulebook: Rulebook, held: set[int], recent: Recent) -> list[Contribution]:
    return [*rulebook.fit.shares(held), *rulebook.interest.shares(recent)]


def _signs(rulebook: Rulebook, facts: LeadFacts, stage: str, row: dict[str, Any], recent: Recent) -> tuple[str, ...]:
    """What shows in the lead, if it is a customer."""
    if rulebook.stages.kinds[stage] is not StageKind.WON:
        return ()
    return rulebook.customers.held(row, recent, since=facts.stage_since if facts.stage == stage else recent.now)


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
    rulebook: Rulebook, facts: LeadFacts, exclusions: tuple[str, ...], stage: str, recent: Recent, *, outside: bool
) -> tuple[Blocked, ...]:
    closed, most = stage in rulebook.stages.closed, rulebook.verdicts.max_rounds
    blocked = blocked_by(facts, exclusions, most, outside=outside, closed=closed, now=recent.now)
    for reason in blocked:
        if reason.until is not None:
            recent.at(reason.until.astimezone(UTC))
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
