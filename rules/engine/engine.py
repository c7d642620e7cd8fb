"""The one door to durable_rules: a rule set as a stateless matcher, one fact in, the rules that match it out.

Used as its manual says the engine crashes, hangs and errs; inside these steps it is exact. A rule set is warmed up
before its first fact, every fact is taken back after its actions, and whatever else happens ends in a fresh rule set.

All conditions are alternatives of one rule with a cap, so that the engine hands out everything that matches in one
message, `{"r":[{"A":fact},{"B":fact}]}`: a condition's name is one character, and the fact comes back as it was
given, so that the names stand at equal distances.
"""

from __future__ import annotations

import json
import locale
import weakref
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import durable_rules_engine as engine

_WARM_UP = '{"id":"x","sid":"1","k":0}'
_RETRACT = '{"id":"x","sid":"1"}'
_CANARY = '{"id":"x","sid":"1","k":-1,"c0":42,"c1":1.9,"c2":"abc","c3":["m0","m1"]}'
_CANARY_TESTS: tuple[list[Any], ...] = (
    [{"$gt": {"c0": 41}}],
    [{"$gt": {"c1": 1.2}}],
    [{"$gte": {"c2": "ab"}}, {"$lt": {"c2": "ac"}}],
    [{"$iany": {"c3": {"$i": "m1"}}}],
    [{"$lt": {"c1": 1.2}}],
    [{"$nex": {"c0": 1}}],
)
_OWN_CONDITIONS: list[Mapping[str, Any]] = [{"k": 0}, *({"$and": [{"k": -1}, *tests]} for tests in _CANARY_TESTS)]
_OWN_MEANING = range(0, -len(_OWN_CONDITIONS), -1)
_CANARY_ANSWER = {-1, -2, -3, -4}
_OWN_NAMES = ("id", "sid", "k", "$s", "$forward", "c0", "c1", "c2", "c3")
_MAX_CONDITIONS = 4000
_NAMES = "".join(map(chr, (*range(0x23, 0x5C), *range(0x5D, 0x7F), *range(0xA1, 0x1100))))
"""Names of conditions: characters that JSON writes as they are, the shortest first."""
_FIRST_NAME = len('{"r":[{"')
_BETWEEN_NAMES = len('A":},{"')
"""The steps from one name to the next, beside the fact."""
_AROUND_NAMES = len('{"r":[]}') - len(",")
"""The rest of a message when all steps from name to name are taken away."""

_assert_fact = engine.assert_fact
_start_action = engine.start_action_for_state
_next_action = engine.complete_and_start_action
_retract_fact = engine.retract_fact


class EngineFault(Exception):
    """The engine answered something that it must not answer; the rule set was made anew."""


def name_hash(name: str) -> int:
    """The 32-bit FNV-1a hash by which alone the engine tells names apart, over signed bytes."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ (byte - 256 if byte > 127 else byte)) * 0x01000193) & 0xFFFFFFFF
    return value


class RuleSet:
    """Rules that are matched against one fact at a time; may be used by several threads, one after the other."""

    def __init__(self, conditions: Sequence[tuple[Mapping[str, Any], int]], properties: Sequence[str]) -> None:
        """Open a rule set of conditions, each with what its match stands for, testing these properties."""
        _check(conditions, properties)
        self._source = _source([*_OWN_CONDITIONS, *(condition for condition, _ in conditions)])
        self._meaning = dict(zip(_NAMES, [*_OWN_MEANING, *(meaning for _, meaning in conditions)], strict=False))
        self._lock = Lock()
        self._handles: list[int] = []
        self._closed = False
        self._finalizer = weakref.finalize(self, _discard, self._handles)
        self._finalizer.atexit = False
        with self._lock:
            self._open()

    def match(self, fact: str) -> set[int]:
        """The rules that match a fact; after a fault of the engine it is asked once more, afresh."""
        with self._lock:
            try:
                if not self._handles:
                    self._open()
                return _matches(self._handles[0], self._meaning, fact)
            except BaseException as fault:
                self._reset()
                if not isinstance(fault, engine.error | EngineFault):
                    raise
            return self._last_try(fact)

    def check_health(self) -> None:
        """Raise EngineFault unless the engine still gives known answers and numbers are written with a point."""
        with self._lock:
            self._check()

    def close(self) -> None:
        """Give the engine's memory back; a closed rule set matches no more."""
        with self._lock:
            self._closed = True
            _discard(self._handles)

    def _last_try(self, fact: str) -> set[int]:
        try:
            return _matches(self._handles[0], self._meaning, fact)
        except engine.error as error:
            self._reset()
            raise EngineFault(str(error)) from error
        except BaseException:
            self._reset()
            raise

    def _reset(self) -> None:
        _discard(self._handles)
        self._open()

    def _open(self) -> None:
        if self._closed:
            raise EngineFault("The rule set is closed.")
        handle = engine.create_ruleset("s", self._source)
        try:
            _, state = _assert_fact(handle, _WARM_UP)
            _start_action(handle, state)
            _next_action(handle, state)
            _retract_fact(handle, _RETRACT)
        except BaseException:
            engine.delete_ruleset(handle)  # not its state: freeing one whose warm-up broke off is undefined
            raise
        self._handles.append(handle)
        self._check()

    def _check(self) -> None:
        """Ask what is known; a rule set that errs is given up, and opened anew by the next match."""
        try:
            if locale.localeconv()["decimal_point"] != ".":
                raise EngineFault("The process must run with LC_NUMERIC=C: the engine misreads numbers otherwise.")
            if not self._handles:
                self._open()
            found = _matches(self._handles[0], self._meaning, _CANARY)
            if found != _CANARY_ANSWER:
                raise EngineFault(f"The rules engine gave {sorted(found)} for a fact whose answer is known.")
        except BaseException:
            _discard(self._handles)
            raise


def _matches(handle: int, meaning: Mapping[str, int], fact: str) -> set[int]:
    code, state = _assert_fact(handle, fact)
    if code == 1:
        return set()
    if code != 0:
        raise EngineFault(f"The rules engine answered {code}.")
    message = _start_action(handle, state)[1]
    step = len(fact) + _BETWEEN_NAMES
    if (len(message) - _AROUND_NAMES) % step or _next_action(handle, state) is not None:
        raise EngineFault("The rules engine gave a message of another form.")
    _retract_fact(handle, _RETRACT)
    return set(map(meaning.__getitem__, message[_FIRST_NAME::step]))


def _discard(open_handle: list[int]) -> None:
    while open_handle:
        handle = open_handle.pop()
        engine.delete_state(handle, "1")
        engine.delete_ruleset(handle)


def _source(conditions: list[Mapping[str, Any]]) -> str:
    """One rule with an alternative for each condition, written by hand: each stands under a key `all` of its own."""
    named = zip(_NAMES, conditions, strict=False)
    alternatives = [f'"all":[{{"{name}":{_written(condition)}}}]' for name, condition in named]
    return f'{{"r":{{"cap":{len(conditions)},{",".join(alternatives)}}}}}'


def _written(condition: Mapping[str, Any]) -> str:
    return json.dumps(condition, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _check(conditions: Sequence[object], properties: Sequence[str]) -> None:
    """Refuse before the engine does, because a refusal of its own leaks memory."""
    if len(conditions) > _MAX_CONDITIONS:
        raise EngineFault("Too many conditions for one rule set.")
    names = [*_OWN_NAMES, *properties]
    if len({name_hash(name) for name in names}) < len(names):
        raise EngineFault("Two property names are one to the engine.")
