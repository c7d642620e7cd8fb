"""The protocol of the rules engine: warm-up, reset, canary, threads, memory [X.4]."""

from __future__ import annotations

import gc
import locale
import threading
from collections.abc import Iterator
from typing import Any

import durable_rules_engine
import pytest

from rules.conditions.columns import HEAD
from rules.engine import engine
from rules.engine.engine import EngineFault, RuleSet, name_hash

CONDITIONS: list[tuple[dict[str, Any], int]] = [
    ({"$and": [{"$gte": {"k": 1}}, {"$gt": {"a0": 5}}]}, 10),
    ({"$and": [{"$gte": {"k": 1}}, {"$nex": {"a1": 1}}]}, 11),
]


@pytest.fixture
def rule_set() -> Iterator[RuleSet]:
    """A rule set of two rules."""
    found = RuleSet(CONDITIONS, ["a0", "a1"])
    yield found
    found.close()


def fact(properties: str = "") -> str:
    """A fact with these properties."""
    return f"{HEAD}{properties}}}"


def test_a_rule_set_answers_with_what_its_rules_stand_for(rule_set: RuleSet) -> None:
    """Each fact is judged on its own, nothing of the last one stays."""
    assert rule_set.match(fact(',"a0":6')) == {10, 11}
    assert rule_set.match(fact(',"a0":5,"a1":1')) == set()
    assert rule_set.match(fact(',"a1":1,"a0":9')) == {10}


@pytest.mark.parametrize("broken", ['{"id":"x","sid":"1","k":9,"a0":1e16}', '{"id":"x"', ""])
def test_a_fact_the_engine_refuses_leaves_a_fresh_rule_set(rule_set: RuleSet, broken: str) -> None:
    """After a fault the next answers are right."""
    for _ in range(20):
        with pytest.raises(EngineFault):
            rule_set.match(broken)
        assert rule_set.match(fact(',"a0":6,"a1":1')) == {10}


def test_an_interruption_between_actions_leaves_a_fresh_rule_set(
    rule_set: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised inside, nothing half-done surfaces in the next answer."""

    interruptions = iter([KeyboardInterrupt])
    following = engine._next_action

    def interrupted(*arguments: int) -> Any:
        for interruption in interruptions:
            raise interruption
        return following(*arguments)

    monkeypatch.setattr(engine, "_next_action", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rule_set.match(fact(',"a0":6'))
    assert rule_set.match(fact(',"a0":1,"a1":1')) == set()
    assert rule_set.match(fact(',"a0":6')) == {10, 11}


@pytest.mark.parametrize("message", ['{"r":[{"#":{}}]}', '{"r":{"#":{}}}', ""])
def test_a_message_of_another_form_is_a_fault(rule_set: RuleSet, monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    """Names are cut out of what the engine hands out only where it has the expected length."""
    asked, told = fact(',"a0":6'), [""]
    asserting, starting = engine._assert_fact, engine._start_action

    def noted(handle: int, given: str) -> Any:
        told[0] = given
        return asserting(handle, given)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "_assert_fact", noted)
        patched.setattr(engine, "_start_action", lambda *of: ("", message) if told[0] == asked else starting(*of))
        with pytest.raises(EngineFault, match="another form"):
            rule_set.match(asked)
    assert rule_set.match(asked) == {10, 11}


def test_equal_conditions_of_one_rule_set_are_all_told() -> None:
    """The engine hands out every alternative that matches, in one message."""
    found = RuleSet([(CONDITIONS[0][0], number) for number in range(200)], ["a0", "a1"])
    assert found.match(fact(',"a0":6')) == set(range(200))
    assert found.match(fact(',"a0":5')) == set()
    found.close()


def test_too_many_matching_siblings_are_a_fault_not_a_wrong_answer() -> None:
    """Error 303 resets the rule set: no partial result surfaces later."""
    found = RuleSet([({"$and": [{"$gte": {"k": 1}}, {"$gte": {"a0": n}}]}, n) for n in range(100)], ["a0"])
    assert found.match(fact(',"a0":20')) == set(range(21))
    with pytest.raises(EngineFault, match="303"):
        found.match(fact(',"a0":99'))
    assert found.match(fact(',"a0":2')) == {0, 1, 2}
    found.close()


def test_the_canary_notices_a_decimal_comma(rule_set: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers must be written with a point in this process."""
    rule_set.check_health()
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": ","})
    with pytest.raises(EngineFault, match="LC_NUMERIC"):
        rule_set.check_health()


def test_the_canary_notices_wrong_answers(rule_set: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule set that errs about a known fact is not used."""
    monkeypatch.setattr(engine, "_CANARY", fact().replace('"k":9', '"k":-1'))
    with pytest.raises(EngineFault, match="known"):
        rule_set.check_health()


def test_a_rule_set_that_errs_from_the_start_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up at once, and works again when the engine does."""
    found = RuleSet(CONDITIONS, ["a0", "a1"])
    with monkeypatch.context() as patched:
        patched.setattr(engine, "_CANARY", "{")
        with pytest.raises(Exception, match="20"):
            RuleSet(CONDITIONS, ["a0", "a1"])
        with pytest.raises(Exception, match="20"):
            found.match("{")
    assert found.match(fact(',"a0":6')) == {10, 11}


def test_a_closed_rule_set_matches_no_more(rule_set: RuleSet) -> None:
    """Closing twice is harmless; matching afterwards is a fault."""
    rule_set.close()
    rule_set.close()
    with pytest.raises(EngineFault, match="closed"):
        rule_set.match(fact())


def test_names_that_are_one_to_the_engine_are_refused() -> None:
    """Names are compared by hash only."""
    assert name_hash("costarring") == name_hash("liquid")
    with pytest.raises(EngineFault, match="one to the engine"):
        RuleSet(CONDITIONS, ["costarring", "liquid"])
    with pytest.raises(EngineFault, match="Too many"):
        RuleSet(CONDITIONS * 2001, ["a0", "a1"])


def test_threads_may_share_a_rule_set(rule_set: RuleSet) -> None:
    """Eight threads on one rule set get right answers."""
    wrong: list[Any] = []

    def ask(number: int) -> None:
        for turn in range(400):
            value = (number * 7 + turn) % 11
            if rule_set.match(fact(f',"a0":{value}')) != ({10, 11} if value > 5 else {11}):
                wrong.append(value)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_forgotten_rule_set_gives_its_handle_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to remember to close a rule set."""
    closed: list[int] = []
    delete = durable_rules_engine.delete_ruleset

    def noted(handle: int) -> None:
        closed.append(handle)
        delete(handle)

    gc.collect()  # else what earlier tests left would close here too
    monkeypatch.setattr(durable_rules_engine, "delete_ruleset", noted)
    found = RuleSet(CONDITIONS, ["a0", "a1"])
    handle = found._handles[0]
    del found
    gc.collect()
    assert closed.count(handle) == 1
