"""Nothing that a document can say reaches a limit of the engine [X.4]."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.fields import FieldType
from rules.conditions.columns import Columns, encoder
from rules.conditions.operators import OPERATORS, Coding
from rules.conditions.syntax import Check, Expression
from rules.conditions.texts import after_prefix, encoded
from rules.conditions.vocabulary import Origin, Subject
from rules.engine.durable_form import MAX_GROUPS, MAX_TERMS, durable_form
from rules.engine.matching import DurableMatcher, PlainMatcher
from rules.engine.sharding import MAX_CHILDREN, MAX_PROPERTIES, shards, stems
from tests.rules.samples import typed, when


def both(expressions: Sequence[Expression], *rows: dict[str, Any]) -> list[set[int]]:
    """The answers of the engine, which must be those of the plain form."""
    rules = dict(enumerate(expressions))
    plain, durable = PlainMatcher(rules), DurableMatcher(rules)
    found = [durable.match(row) for row in rows]
    assert found == [plain.match(row) for row in rows]
    durable.close()
    return found


def integer(name: str) -> Subject:
    """A subject of whole numbers."""
    return Subject(name, Origin.LEAD, FieldType.INTEGER)


def check(name: str, op: str, literal: Any) -> Check:
    """A comparison of a whole number."""
    return Check(integer(name), OPERATORS[op], literal)


def test_five_hundred_rules_that_all_match_work() -> None:
    """More matching siblings than the engine's stack holds go into several rule sets."""
    found = both([check("n", "gte", n) for n in range(500)], {"n": 10_000}, {"n": 63}, {"n": 64}, {"n": 249}, {})
    assert [len(each) for each in found] == [500, 64, 65, 250, 0]


def test_rules_of_many_fields_that_all_match_share_a_rule_set() -> None:
    """While one stem is walked the others wait on the engine's stack, which must not run over."""
    rules: list[Expression] = [check(f"n{n % 45}", ("gte", "neq", "exists", "lte")[n % 4], n) for n in range(300)]
    rules += [typed({"not": when("whole", "gt", n)}) for n in range(50)]
    assert len(shards(durable_form(dict(enumerate(rules))).terms)) == 1
    everywhere = [{f"n{n}": value for n in range(45)} for value in (0, 200, 10**6, -1)]
    found = both(rules, *everywhere, *({**row, "whole": 25} for row in everywhere), {"whole": 60}, {})
    assert len(found[1]) > 64


@given(thresholds=st.lists(st.tuples(st.sampled_from(list("abcde")), st.integers(0, 9)), max_size=300), data=st.data())
def test_whatever_can_match_together_stays_under_the_engines_stack(
    thresholds: list[tuple[str, int]], data: st.DataObject
) -> None:
    """The model of the network is never smaller than the engine's own: no fact runs into error 303."""
    ops = ["gte", "gt", "lte", "lt", "eq", "neq", "exists"]
    rules = [check(name, ops[(place * 7 + value) % 7], value) for place, (name, value) in enumerate(thresholds)]
    rows = data.draw(
        st.lists(st.fixed_dictionaries({}, optional={n: st.integers(-1, 10) for n in "abcde"}), min_size=1)
    )
    both(rules, *rows)


@pytest.mark.parametrize("op", ["gte", "eq", "neq", "lt"])
def test_distinct_tests_of_one_field_stay_under_the_engines_hash_table(op: str) -> None:
    """512 distinct tests under one node would hang the engine."""
    both([check("n", op, n) for n in range(1100)], {"n": 5}, {"n": 1099}, {"n": -1}, {})
    for stem in stems(durable_form({n: check("n", op, n) for n in range(1100)}).terms):
        assert len(stem) <= MAX_CHILDREN


def test_many_absent_fields_stay_under_the_engines_list() -> None:
    """128 `$nex` under one node would crash the engine."""
    rules: list[Expression] = [typed({"not": when("whole", "exists")})]
    rules += [Check(integer(f"n{n}"), OPERATORS["lt"], 3) for n in range(3)]
    negated = [typed({"not": when("whole", "gt", n)}) for n in range(400)]
    both(rules + negated, {}, {"whole": 200}, {f"n{n}": 1 for n in range(3)})


def test_many_fields_do_not_exceed_the_properties_of_a_fact() -> None:
    """254 properties are the most a fact may have."""
    found = both([check(f"n{n}", "gt", 5) for n in range(700)], {f"n{n}": n % 10 for n in range(700)}, {})
    assert len(found[0]) == 280
    for shard in shards(durable_form({n: check(f"n{n}", "gt", 5) for n in range(700)}).terms):
        assert len(shard.properties) <= MAX_PROPERTIES


def test_equal_rules_stay_under_the_engines_list_of_ends() -> None:
    """256 rules with the same last test would crash the engine."""
    found = both([check("n", "gt", 5) for _ in range(600)], {"n": 6}, {"n": 5})
    assert [len(each) for each in found] == [600, 0]


def test_five_thousand_rules_go_into_several_rule_sets() -> None:
    """A rule set has names for 4,000 conditions."""
    terms = durable_form({n: check(f"n{n % 50}", "eq", n) for n in range(5000)}).terms
    assert [len(shard.conditions) for shard in shards(terms)] == [4000, 1000]


def test_a_condition_with_too_many_groups_becomes_a_flag() -> None:
    """15 groups are the most a rule may have."""
    negated = {"all": [{"not": when("whole", "gt", n)} for n in range(30)]}
    form = durable_form({0: typed(negated)})
    assert all(term.groups <= MAX_GROUPS for term, _ in form.terms)
    assert form.columns.flags
    both([typed(negated)], {"whole": 0}, {"whole": 5}, {})


def test_a_condition_with_too_many_alternatives_becomes_a_flag() -> None:
    """Overlapping alternatives are expanded only as far as that stays small."""
    pairs = {"all": [{"any": [when("whole", "gt", n), when("amount", "gt", n)]} for n in range(10)]}
    form = durable_form({0: typed(pairs)})
    assert len(form.terms) <= MAX_TERMS
    both([typed(pairs)], {"whole": 10}, {"amount": 950}, {"whole": 5, "amount": 600}, {})


def test_a_condition_of_two_hundred_comparisons_works() -> None:
    """The longest condition a document may hold."""
    both([typed({"all": [when("whole", "neq", n) for n in range(200)]})], {"whole": 200}, {"whole": 7}, {})
    both([typed({"any": [when("whole", "eq", n) for n in range(200)]})], {"whole": 199}, {"whole": 200}, {})


def test_long_lists_of_values_become_flags() -> None:
    """More than 40 values are looked up by Python."""
    both([typed(when("whole", "in", list(range(1000))))], {"whole": 999}, {"whole": 1000}, {})
    both([typed(when("text", "notIn", [f"v{n}" for n in range(1000)]))], {"text": "v999"}, {"text": "w"}, {})


@pytest.mark.parametrize("length", [60_000, 65_535, 65_536, 131_072])
def test_long_texts_are_compared_whole(length: int) -> None:
    """The engine would compare lengths modulo 65,536."""
    rules = [
        typed(when("text", "eq", "abc")),
        typed(when("text", "startsWith", "abc")),
        typed(when("text", "contains", "z")),
    ]
    both(rules, {"text": "abc" + "y" * length}, {"text": "abc" + "y" * length + "z"}, {"text": "abc"})
    both([typed(when("text", "startsWith", "y" * 1999))], {"text": "y" * length}, {"text": "y" * 1998})


@pytest.mark.parametrize("value", [2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, -(2**63), -(10**30)])
def test_numbers_beyond_the_engines_are_compared_exactly(value: int) -> None:
    """The engine would saturate, or lose the last digit."""
    literals = [2**53, 2**53 - 1, 2**53 - 2, -(2**53), 0]
    rules = [check("n", op, literal) for op in ("eq", "neq", "lt", "lte", "gt", "gte") for literal in literals]
    both(rules, {"n": value}, {"n": -value})


def test_tiny_and_huge_decimals_never_reach_the_engine_as_floats() -> None:
    """1e-07 and 1e16 as they are would be an error for the whole lead."""
    condition = typed(when("amount", "gt", 0.000001))
    rows: list[dict[str, Any]] = [{"amount": 0}, {"amount": 1}, {"amount": 10**18}, {}]
    assert both([condition], *rows) == [set(), {0}, {0}, set()]
    columns = Columns()
    columns.column("amount", Coding.NUMBER)
    assert encoder(columns)({"amount": 10**18}) == '{"id":"x","sid":"1","k":9,"a0":9007199254740992}'


def test_no_customers_name_reaches_the_engine() -> None:
    """Field keys such as id, sid or costarring mean nothing to the engine."""
    names = ["id", "sid", "k", "a0", "d0", "$forward", "costarring", "liquid", "x.y", 'a"b']
    found = both([check(name, "eq", n) for n, name in enumerate(names)], {name: n for n, name in enumerate(names)}, {})
    assert found == [set(range(len(names))), set()]


def test_prefixes_compare_as_texts_do_whatever_they_hold() -> None:
    """Quotes, escapes, spaces and control characters stand where they must in the engine's order."""
    hard = ["", "a", "a ", "a!", 'a"', "a#", "a\\", "a[", "a]", "\x01", "é", "\ud7ff", "\ue000", "\U0010fcff", "a\n"]
    rules = [typed(when("text", "startsWith", text)) for text in hard]
    rows = [{"text": one + other} for one in hard for other in hard]
    both(rules, *rows, {"text": "\ud800"}, {"text": "a\U0010fd22"}, {"text": "\U0010ffff"})


def test_the_first_text_behind_a_prefix_is_a_text() -> None:
    """It skips surrogates and the backslash."""
    assert after_prefix("\ud7ff") == "\ue000"
    assert after_prefix("[") == "]"
    assert encoded('a"\\') == "a\U0010fd22\U0010fd5c"


def test_lists_of_any_length_are_told_by_the_values_that_matter() -> None:
    """Only members that a condition asks for are sent."""
    rules = [typed(when("list", "contains", word)) for word in ("x", 'y"', "")]
    both(rules, {"list": (*(f"v{n}" for n in range(50_000)), "x")}, {"list": ()}, {"list": ("", 'y"', "x", "x")})


def test_alternatives_of_a_rule_fire_once() -> None:
    """Every choice in a term is between branches of which at most one matches, so nothing fires twice."""
    one, other = {"not": when("whole", "in", [1, 2])}, when("text", "in", ["a", "a", "b"])
    form = durable_form({0: typed({"all": [one, other]}), 1: typed(one), 2: typed(other)})
    assert [len(choice) for term, _ in form.terms for choice in term.choices] == [2, 2]
    assert [rule for _, rule in form.terms] == [0, 1, 1, 2, 2]


def test_a_term_that_can_not_hold_has_no_rule() -> None:
    """An empty range is decided outside the engine."""
    assert not durable_form({0: typed(when("whole", "between", [7, 5]))}).terms
    assert durable_form({0: typed({"not": when("whole", "between", [7, 5])})}).always == {0}


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_opening_and_closing_rule_sets_does_not_grow_memory() -> None:
    """500 versions activated in one process leave nothing behind."""
    expressions = {n: check(f"n{n % 7}", "gte", n) for n in range(30)}

    def open_and_close(times: int) -> None:
        for _ in range(times):
            matcher = DurableMatcher(expressions)
            matcher.match({"n1": 5})
            matcher.close()

    open_and_close(50)
    before = _resident()
    open_and_close(500)
    assert _resident() - before < 8_000_000
