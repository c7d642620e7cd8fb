"""Judging one lead online: our matching and the whole judgement beside the engine's bare loop and other engines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from domain.document.document import SlaDocument
from domain.facts import LeadFacts
from rules.activities.rows import LeadRows
from rules.conditions.conditions import Row
from rules.conditions.reading import Reader
from rules.conditions.syntax import Expression, subjects_of
from rules.conditions.vocabulary import Place, vocabulary_of
from rules.engine.matching import DurableMatcher, PlainMatcher
from rules.judge import judge
from rules.judging.compiled_rules import CompiledRules, rule_sets
from tests.benchmarks import load
from tests.benchmarks.measuring import Row as Line
from tests.benchmarks.measuring import at_least, at_most, missing, ratio, seconds, told
from tests.benchmarks.peers.bare_engine import bare_engine
from tests.benchmarks.peers.clips_rules import clips_rules
from tests.benchmarks.peers.node_rules import NodeRules, is_present
from tests.benchmarks.peers.zen_table import zen_table
from tests.rules.samples import NOW, parsed

LEADS = 40
ROUNDS = {10: 300, 30: 200, 100: 80, 500: 20}
BUDGETED = {30, 100}
FASTER_THAN = {
    "zen-engine decision table": {30: 10.0, 100: 7.0},
    "clipspy, tests behind the pattern": {30: 2.5, 100: 2.5},
}
FASTER_THAN_NODE = 15.0


def rows() -> list[Line]:
    """All rows of judging."""
    return [line for rules in ROUNDS for line in (*_whole(rules), *_matching(rules))]


def _whole(rules: int) -> list[Line]:
    """The matching of a whole document and the judgement, beside the bare loop over the same rules."""
    document = load.full_document(rules)
    compiled_version, given = CompiledRules.of(document, version="bench"), load.leads(LEADS)
    everything = _everything(document)
    seen = [_row(compiled_version, lead) for lead in given]
    bare, ours = bare_engine(everything), DurableMatcher(everything)
    assert [bare(row) for row in seen] == [ours.match(row) for row in seen]
    taken = seconds(
        {
            "bare": lambda: [bare(row) for row in seen],
            "matching": lambda: [ours.match(row) for row in seen],
            "judge": lambda: [judge(compiled_version, lead, now=NOW) for lead in given],
        },
        rounds=ROUNDS[rules],
    )
    works = {"matching": (f"matching, {rules} rules", 1.3), "judge": (f"whole judge, {rules} rules", 2.5)}
    baseline = f"bare low-level loop, {median(taken['bare']) / LEADS * 1e6:.0f} µs a lead"
    return [
        at_most(limit, transaction, ratio(taken[name], taken["bare"]), baseline)
        if rules in BUDGETED
        else told(transaction, ratio(taken[name], taken["bare"]), baseline)
        for name, (transaction, limit) in works.items()
    ]


def _matching(rules: int) -> list[Line]:
    """Our matching of conditions over fields, beside closures and other engines."""
    written, given = load.conditions(rules), load.leads(LEADS)
    expressions = _typed(written)
    reader = LeadRows(subjects_of(expressions.values()).values())
    seen = [reader.row(lead) for lead in given]
    plain = [_plain(lead) for lead in given]
    clips = [_for_clips(lead) for lead in plain]
    ours = DurableMatcher(expressions)
    expected = [ours.match(row) for row in seen]
    peers: dict[str, Callable[[], list[set[int]]]] = {
        "plain Python closures": partial(_each, PlainMatcher(expressions).match, seen),
        "zen-engine decision table": partial(_each, zen_table(written), plain),
        "clipspy, tests behind the pattern": partial(_each, clips_rules(written, in_pattern=False), clips),
        "clipspy, constraints in the pattern": partial(_each, clips_rules(written, in_pattern=True), clips),
    }
    for name, find in peers.items():
        assert find() == expected, f"{name} finds other rules"
    taken = seconds({"ours": partial(_each, ours.match, seen), **peers}, rounds=max(10, ROUNDS[rules] // 4))
    transaction = f"speed of matching, {rules} rules"
    lines = [_beside(rules, transaction, name, ratio(taken[name], taken["ours"])) for name in peers]
    return [*lines, _beside_node(rules, transaction, partial(_each, ours.match, seen), written, plain)]


def _beside(rules: int, transaction: str, peer: str, faster: float) -> Line:
    limit = FASTER_THAN.get(peer, {}).get(rules)
    return told(transaction, faster, peer) if limit is None else at_least(limit, transaction, faster, peer)


def _beside_node(
    rules: int,
    transaction: str,
    ours: Callable[[], list[set[int]]],
    written: list[dict[str, Any]],
    plain: list[dict[str, Any]],
) -> Line:
    name, folder = "json-rules-engine on node", Path.cwd()
    budget = f">= {FASTER_THAN_NODE:g}" if rules in BUDGETED else "none"
    if not is_present(folder):
        return missing(transaction, name, budget)
    peer = NodeRules(written, plain, folder)
    try:
        assert peer.matches() == ours(), f"{name} finds other rules"
        rounds = max(10, ROUNDS[rules] // 10)
        theirs, own = [], []
        for _ in range(rounds):
            own += seconds({"ours": ours}, rounds=1, warm_up=1)["ours"]
            theirs.append(peer.seconds())
        faster = ratio(theirs, own)
    finally:
        peer.close()
    return (
        at_least(FASTER_THAN_NODE, transaction, faster, name) if rules in BUDGETED else told(transaction, faster, name)
    )


def _each(match: Callable[[Any], set[int]], leads: list[Any]) -> list[set[int]]:
    return [match(lead) for lead in leads]


def _everything(document: SlaDocument) -> dict[int, Expression]:
    return {number: rule for rules in rule_sets(document).values() for number, rule in rules.items()}


def _typed(written: list[dict[str, Any]]) -> dict[int, Expression]:
    reader = Reader(vocabulary_of(load.empty_document()), Place.EXCLUSION)
    readings = [reader.read(parsed(condition), "here") for condition in written]
    assert not any(reading.faults for reading in readings)
    return {number: reading.expression for number, reading in enumerate(readings)}


def _row(compiled_version: CompiledRules, lead: LeadFacts) -> Row:
    """What the rules of a document see of a lead, its scores included."""
    decision = judge(compiled_version, lead, now=NOW)
    points = {"fit.points": decision.fit.points, "interest.points": decision.interest.points}
    scores = {name: int(value * 100) for name, value in points.items()}
    scores["fit.percent"] = int((decision.fit.percent or Decimal()) * 100)
    bands = {"fit.band": decision.fit.band, "interest.band": decision.interest.band, "grade": decision.grade}
    return {**compiled_version.rows.row(lead), **scores, **bands, "stage": decision.stage}


def _plain(lead: LeadFacts) -> dict[str, Any]:
    """A lead's fields as other engines take them: decimals as numbers."""
    return {key: float(value) if key == "money" else value for key, value in lead.fields.items()}  # type: ignore[arg-type]


def _for_clips(lead: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if key == "tags" else value for key, value in lead.items() if key != "flag"}
