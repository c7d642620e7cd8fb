"""What cannot be written, what is never used, and what stays small: the rest of the engine's limits [X.4]."""

from __future__ import annotations

import gc
import json
import os
import re
import threading
from typing import Any

import pytest

from domain.document.conditions import MAX_DEPTH
from domain.document.sections.fields import FieldType
from domain.leads.values import MAX_LIST_ITEMS, MAX_TEXT_BYTES
from rules.conditions.columns import EMPTY_LIST, Columns, encoder
from rules.conditions.literals import compared
from rules.conditions.operators import OPERATORS, Coding, Operand
from rules.conditions.syntax import Check, Expression
from rules.conditions.vocabulary import Origin, Subject
from rules.engine.durable_form import Term, durable_form
from rules.engine.engine import RuleSet
from rules.engine.matching import DurableMatcher
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.laws.test_limits import both
from tests.rules.samples import HOT, NOW, activity, document, facts, typed, when

WRITTEN: dict[FieldType, Any] = {
    FieldType.TEXT: 'a"\\',
    FieldType.ENUM: "a",
    FieldType.LIST: "a",
    FieldType.BOOLEAN: True,
    FieldType.INTEGER: 5,
    FieldType.DECIMAL: 5,
}
PROBES = {"$eq", "$neq", "$lt", "$lte", "$gt", "$gte", "$ex", "$nex", "$iany", "$iall"}
"""The tests of the engine that are exact."""


def _every_use() -> list[Check]:
    """Each operator on a field of each type that it takes."""
    found = []
    for operator in OPERATORS.values():
        for kind in (kind for kind in FieldType if kind in operator.types and kind in WRITTEN):
            one = WRITTEN[kind]
            value = {Operand.NONE: None, Operand.ONE: one}.get(operator.operand, (one, one))
            found.append(compared(Check(Subject(f"f{kind}", Origin.LEAD, kind), operator, None), value))
    return found


def test_no_operator_uses_more_of_the_engine_than_is_exact() -> None:
    """No regular expression, no priority, no window, no join: whatever is asked."""
    for check in _every_use():
        durable = check.operator.durable
        for form in (durable.holds, durable.fails) if durable else ():
            probes = [probe for alternative in form(check.literal) for probe in alternative]
            assert {name for name, _ in probes} <= PROBES


def _terms(expressions: list[Expression]) -> list[Term]:
    return [term for term, _ in durable_form(dict(enumerate(expressions))).terms]


def test_what_the_engine_reads_is_flat_and_made_of_its_own_names() -> None:
    """Neither depth nor names of a document reach it."""
    for term in _terms(list(_every_use())):
        text = json.dumps(term.condition(1))
        assert _depth(term.condition(1)) <= 7
        assert set(re.findall(r'"([^"]*)":', text)) <= PROBES | {"k", "$and", "$or", "$i"} | set(_own_names(text))


def _own_names(text: str) -> list[str]:
    return re.findall(r'"([ad]\d+)"', text)


def _depth(written: Any) -> int:
    inner = written.values() if isinstance(written, dict) else written if isinstance(written, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def test_the_deepest_condition_works() -> None:
    """As deep as a document may nest, in both forms."""
    condition: dict[str, Any] = when("whole", "gt", 5)
    for level in range(MAX_DEPTH):
        joints: list[dict[str, Any]] = [
            {"all": [condition]},
            {"any": [condition, when("text", "eq", "x")]},
            {"not": condition},
        ]
        condition = joints[level % 3]
    both([typed(condition)], {"whole": 6}, {"whole": 5}, {"text": "x"}, {})


def test_a_fact_stays_small_whatever_its_values_are() -> None:
    """One value of 16 MB would be an error, deep facts a crash, long ids too."""
    rules = [
        typed(when("text", "eq", "abc")),
        typed(when("text", "startsWith", "y" * 900)),
        typed(when("list", "contains", "a")),
    ]
    huge: dict[str, Any] = {"text": "y" * 20_000_000, "list": tuple(f"v{n}" for n in range(200_000))}
    assert both(rules, huge) == [{1}]
    columns = Columns()
    for coding in (Coding.CODE, Coding.PREFIX):
        columns.column("text", coding).operand("y" * 900)
    columns.column("list", Coding.MEMBERS).operand("a")
    fact = encoder(columns)(huge)
    assert len(fact) < 5_000
    assert json.loads(fact) == {"id": "x", "sid": "1", "k": 9, "a0": -1, "a1": "y" * 900, "a2": [EMPTY_LIST]}
    assert MAX_TEXT_BYTES < 65_536
    assert MAX_LIST_ITEMS <= 1000


def test_thousands_of_facts_need_one_state() -> None:
    """1,025 states would be an error, and a crash after it."""
    with_one = RuleSet([({"$and": [{"$gte": {"k": 1}}, {"$gt": {"a0": 5}}]}, 0)], ["a0"])
    for number in range(3000):
        assert with_one.match(f'{{"id":"x","sid":"1","k":1,"a0":{number}}}') == ({0} if number > 5 else set())
    with_one.close()


def test_forty_triggers_of_two_hundred_comparisons_are_judged() -> None:
    """Near the largest document that can be written."""
    triggers = {
        f"t{n}": {**HOT, "when": {"any": [when("whole", "eq", n * 200 + i) for i in range(200)]}} for n in range(40)
    }
    compiled_rules = CompiledRules.of(document(handover__triggers=triggers), version="large")
    for whole, due in ((0, "t0"), (7999, "t39"), (8000, None)):
        lead = facts(fields={"whole": whole})
        decision = judge(compiled_rules, lead, now=NOW)
        assert decision == judge_plain(compiled_rules, lead, now=NOW)
        assert decision.verdict.trigger == due
    compiled_rules.close()


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _activate(number: int) -> CompiledRules:
    """A version of its own, compiled and used."""
    triggers = {f"t{n}": {**HOT, "when": when("whole", "gte", number + n)} for n in range(30)}
    compiled_rules = CompiledRules.of(document(handover__triggers=triggers), version=f"v{number}")
    judge(compiled_rules, facts(activity(), fields={"whole": number}), now=NOW)
    return compiled_rules


def _growth(versions: int, *, close: bool) -> int:
    for number in range(20):
        _activate(number).close()
    gc.collect()
    before = _resident()
    for number in range(versions):
        compiled_rules = _activate(number)
        if close:
            compiled_rules.close()
    del compiled_rules
    gc.collect()
    return _resident() - before


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
@pytest.mark.parametrize("close", [True, False])
def test_versions_come_and_go_without_growth(close: bool) -> None:
    """Closed, or forgotten."""
    assert _growth(60, close=close) < 8_000_000


@pytest.mark.soak
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_five_hundred_versions_come_and_go_without_growth() -> None:
    """In one process."""
    assert _growth(500, close=False) < 12_000_000


def test_threads_judge_by_one_version_while_others_come_and_go() -> None:
    """Every answer is that of the plain form."""
    kept = _activate(0)
    leads = [facts(activity(days=n), fields={"whole": n}) for n in range(30)]
    wanted = [judge_plain(kept, lead, now=NOW) for lead in leads]
    wrong: list[Any] = []

    def ask() -> None:
        for _ in range(10):
            wrong.extend(index for index, lead in enumerate(leads) if judge(kept, lead, now=NOW) != wanted[index])

    def replace() -> None:
        for number in range(1, 8):
            _activate(number).close()

    threads = [threading.Thread(target=transaction) for transaction in (ask, ask, ask, replace, replace)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []


def test_a_matcher_of_nothing_is_no_rule_set() -> None:
    """An empty rule set is not opened at all."""
    matcher = DurableMatcher({})
    assert matcher.match({"whole": 1}) == set()
    matcher.close()
