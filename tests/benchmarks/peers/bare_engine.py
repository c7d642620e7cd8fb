"""The engine's own loop with nothing around it: no lock, no guard, no health check."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import durable_rules_engine as engine

from rules.conditions.columns import encoder
from rules.conditions.conditions import Row
from rules.conditions.syntax import Expression
from rules.engine.durable_form import Term, durable_form
from rules.engine.sharding import MAX_STACK, stems

_RETRACT = '{"id":"x","sid":"1"}'


def bare_engine(expressions: dict[int, Expression]) -> Callable[[Row], set[int]]:
    """Finds the rules that hold for a row, in as many rule sets as the engine's limits ask for."""
    form = durable_form(expressions)
    encode = encoder(form.columns)
    loops = [_loop(terms) for terms in stems(form.terms, stack=MAX_STACK)]
    only = loops[0]

    def match_one(row: Row) -> set[int]:
        return only(encode(row))

    def match_all(row: Row) -> set[int]:
        fact = encode(row)
        return set().union(*[loop(fact) for loop in loops])

    return match_one if len(loops) == 1 else match_all


def _loop(terms: list[tuple[Term, int]]) -> Callable[[str], set[int]]:
    rules: dict[str, Any] = {str(number): {"all": [{"m": term.condition(1)}]} for number, (term, _) in enumerate(terms)}
    handle = engine.create_ruleset("s", json.dumps({"w": {"all": [{"m": {"k": 0}}]}, **rules}, ensure_ascii=False))
    meaning = {str(number): rule for number, (_, rule) in enumerate(terms)}
    _, warm = engine.assert_fact(handle, '{"id":"x","sid":"1","k":0}')
    engine.start_action_for_state(handle, warm)
    engine.complete_and_start_action(handle, warm)
    engine.retract_fact(handle, _RETRACT)

    def match(fact: str) -> set[int]:
        held = set()
        code, state = engine.assert_fact(handle, fact)
        if code == 0:
            message = engine.start_action_for_state(handle, state)[1]
            while message:
                held.add(meaning[message[2 : message.index('"', 2)]])
                message = engine.complete_and_start_action(handle, state)
            engine.retract_fact(handle, _RETRACT)
        return held

    return match
