"""Every code of a finding: a document that makes it appear, and its line in the guide [X.1]."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from application.documents.check_document import check
from application.documents.surroundings import Surroundings
from domain.checking.removed_words import _CODES, Living
from domain.document.document import SlaDocument
from domain.document.findings import Finding, Severity
from domain.document.reading.fault_words import _PATTERNS, _WORDS, words_for
from domain.document.reading.reading import merge_sections
from domain.people.team import Member
from tests.application.finding_documents import INSIDE, beside, employees, team
from tests.application.finding_samples import SAMPLES, WITH_OTHERS
from tests.application.living_samples import WITH_LEADS
from tests.domain.document_samples import TODAY, document, small

HOUSE = Path(__file__).parents[2]
GUIDE = HOUSE / "docs" / "guides" / "findings.md"
MAKERS = frozenset(
    {"error", "unknown", "warning", "found", "_fault", "LiteralFault", "ValueFault", "PydanticCustomError"}
)
COMPUTED = frozenset({"SCORE_NOT_ALLOWED_HERE", "FIELD_NOT_ALLOWED_HERE", *_CODES.values()})
"""Codes that stand in no call."""
STATIC = frozenset({"REPLACED_BEHIND_HANDOVER", "REPLACED_UNUSED"})
"""Findings about the words alone, however many leads carry them."""


def codes_in_source() -> set[str]:
    """The codes of findings that the code can give."""
    found = {code for code, _ in (*_WORDS.values(), *_PATTERNS.values())} | COMPUTED
    for path in [
        *(HOUSE / "domain").rglob("*.py"),
        *(HOUSE / "rules").rglob("*.py"),
        *(HOUSE / "application" / "documents").glob("document_*.py"),
    ]:
        found |= set(_codes(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _codes(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        name = getattr(getattr(call, "func", None), "id", None) or getattr(getattr(call, "func", None), "attr", None)
        if not isinstance(call, ast.Call) or name not in MAKERS or not isinstance(call.args[0], ast.Constant):
            continue
        written = str(call.args[0].value)
        if name == "unknown":
            yield f"UNKNOWN_{written.upper().replace(' ', '_')}"
        elif name == "PydanticCustomError":
            yield words_for(written, "", {})[0]
        elif written.isupper():
            yield written


def findings(data: Any, surroundings: Surroundings | None = None) -> tuple[Finding, ...]:
    """What is found about a document."""
    return check(data, today=TODAY, surroundings=surroundings or Surroundings())[1]


@pytest.mark.parametrize(("code", "path", "made"), SAMPLES, ids=[f"{code} {path}" for code, path, _ in SAMPLES])
def test_each_code_has_a_document_that_makes_it_appear(code: str, path: str, made: Callable[[], Any]) -> None:
    """At its path, as an error or a warning."""
    assert (code, path) in {(f.code, f.path) for f in findings(made())}


@pytest.mark.parametrize(("code", "path", "made", "around"), WITH_OTHERS, ids=[one[0] for one in WITH_OTHERS])
def test_what_teams_and_other_agreements_say(
    code: str, path: str, made: Callable[[], Any], around: Surroundings
) -> None:
    """One finding, and none where nothing is known of them."""
    assert [(f.code, f.path, f.severity) for f in findings(made(), around)] == [(code, path, Severity.WARNING)]
    if code != "TARGETS_DO_NOT_ADD_UP":
        assert findings(made()) == ()


@pytest.mark.parametrize(("severity", "code", "path", "made", "living"), WITH_LEADS, ids=[one[1] for one in WITH_LEADS])
def test_what_becomes_of_living_leads(
    severity: Severity, code: str, path: str, made: Callable[[], Any], living: Living
) -> None:
    """One finding, and how many leads it concerns; none where the document takes nobody's place."""
    alone = findings(made())
    (found,) = [one for one in findings(made(), Surroundings(living=living)) if one not in alone]
    assert (found.severity, found.code, found.path) == (severity, code, path)
    assert bool(found.affected) is bool(found.affected_ids) is (code not in STATIC)


def test_every_code_of_the_house_has_its_sample_and_its_line_in_the_guide() -> None:
    """Whoever adds a finding adds a document that makes it appear, and says what it means."""
    edits = {f.code for f in merge_sections(document(), {"journey": None}).findings}
    tried = {one[0] for one in SAMPLES} | {one[0] for one in WITH_OTHERS} | {one[1] for one in WITH_LEADS} | edits
    assert tried == codes_in_source()
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == tried


def test_routes_that_take_every_lead_together_leave_no_gap() -> None:
    """Found by reasoning: known, unknown, and the numbers between."""
    known = [employees("gte", 50), employees("lt", 50), {"not": employees("exists")}]
    routes = [{"team": "inside", "when": when} for when in known]
    assert findings(small(handover__routing=routes)) == ()
    assert [f.code for f in findings(small(handover__routing=routes[:2]))] == ["ROUTING_GAP"]


@pytest.mark.parametrize(
    ("value", "more", "found"),
    [(30, {}, False), (31, {}, True), (31, {"period": "YEAR"}, False), (31, {"metric": "revenue"}, False)],
)
def test_targets_are_held_against_the_room_of_teams(value: int, more: dict[str, Any], found: bool) -> None:
    """By month, for what sales has to take; somebody without a limit has room for all."""
    data = small(targets={"t": {**INSIDE, "value": value, **more}})
    limited = team(Member("jonas", max_per_month=10), Member("gone", active=False))
    assert bool(findings(data, limited)) is found
    assert findings(data, team(Member("jonas", max_per_month=10), Member("mia"))) == ()


def test_parts_of_targets_are_added_one_level_down() -> None:
    """Of a party its teams, of a team its people, who are found in the directory; rates are no sums."""

    def targets(metric: str, *parts: int) -> dict[str, Any]:
        people = zip(("jonas", "mia"), parts, strict=True)
        own = {name: {"metric": metric, "person": name, "period": "MONTH", "value": value} for name, value in people}
        whole = {"metric": metric, "team": "inside", "period": "MONTH", "value": 9}
        return small(targets={"whole": whole, **own})

    around = team(Member("jonas"), Member("mia"))
    assert findings(targets("won", 4, 5), around) == ()
    assert [(f.code, f.path) for f in findings(targets("won", 4, 4), around)] == [
        ("TARGETS_DO_NOT_ADD_UP", "targets[whole].value")
    ]
    assert findings(targets("acceptance-rate", 4, 4), around) == ()
    both = {
        key: {"metric": "won", "period": "YEAR", "value": 7, **party}
        for key, party in (("m", {"party": "MARKETING"}), ("s", {"party": "SALES"}), ("c", {"person": None}))
    }
    assert [f.code for f in findings(small(targets=both))] == ["TARGET_FOR_NOBODY"]


@pytest.mark.parametrize(
    ("own", "other", "tie"),
    [
        ({}, {}, True),
        ({"priority": 1}, {}, False),
        ({"scope": employees("lt", 5)}, {"scope": employees("gte", 5)}, False),
        ({"scope": employees("lte", 5)}, {"scope": employees("gte", 5)}, True),
        ({"scope": {"not": employees("exists")}}, {"scope": employees("gte", 5)}, False),
        ({"scope": {"not": employees("gte", 5)}}, {"scope": {"not": employees("exists")}}, True),
    ],
)
def test_agreements_tie_where_one_lead_could_be_governed_by_both(
    own: dict[str, Any], other: dict[str, Any], tie: bool
) -> None:
    """Found by reasoning over both scopes; another priority decides."""
    found = findings(small(**own), beside(**other))
    assert [(f.code, f.path) for f in found] == ([("PRIORITY_TIE", "priority")] if tie else [])
    assert isinstance(check(small(**own), today=TODAY)[0], SlaDocument)
