"""Trying a document in a child process before it comes into force: a crash or a hang of the engine stays there."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.document.document import SlaDocument
from domain.document.sections.fields import FieldType
from rules.conditions.operators import ORDERED
from rules.conditions.syntax import Check, Expression, checks_in
from rules.engine.matching import DurableMatcher, PlainMatcher
from rules.judging.compiled_rules import CompiledRules, rule_sets

TIMEOUT = timedelta(seconds=30)
ROWS = 40
"""The number of made-up rows with which each rule set is tried, beside the empty one."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The document can be judged by."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The document must not come into force."""

    reason: str


def try_in_child(document: Mapping[str, Any], *, timeout: timedelta = TIMEOUT) -> Passed | Failed:
    """Compile a document, as JSON, in a child process, and judge made-up rows there by both forms."""
    command = [sys.executable, "-m", "rules.checking.trial"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=json.dumps(document),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Failed(f"The trial did not end within {timeout.total_seconds():g} seconds.")
    if done.returncode == 0:
        return Passed()
    if done.returncode < 0:
        return Failed(f"The trial was ended by signal {-done.returncode}.")
    return Failed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "The trial failed.")


def try_here(document: SlaDocument) -> None:
    """The work of the child process; raises where the two forms differ or the engine errs."""
    CompiledRules.of(document, version="trial").close()
    for name, rules in rule_sets(document).items():
        _try(name, rules)


def _try(name: str, rules: Mapping[int, Expression]) -> None:
    plain, durable = PlainMatcher(rules), DurableMatcher(rules)
    try:
        durable.check_health()
        for row in _rows(rules):
            if plain.match(row) != durable.match(row):
                raise RuntimeError(f"The rules engine differs from the plain form in the rule set '{name}'.")
    finally:
        durable.close()


def _rows(rules: Mapping[int, Expression]) -> Iterator[dict[str, Any]]:
    """Rows in which comparisons pass and fail, made of the literals they compare with; always the same ones."""
    values: dict[str, list[Any]] = {}
    for rule in rules.values():
        for check in checks_in(rule):
            values.setdefault(check.subject.name, [None]).extend(_around(check))
    chance = random.Random(0)  # noqa: S311 - reproducible, not secret
    yield {}
    for _ in range(ROWS):
        yield {name: chance.choice(around) for name, around in values.items()}


def _around(check: Check) -> Iterator[Any]:
    for literal in check.literal if isinstance(check.literal, tuple) else (check.literal,):
        if check.subject.type is FieldType.LIST:
            yield from ((), (literal or "",), ("other", literal or ""))
        elif check.subject.type is FieldType.BOOLEAN:
            yield from (True, False)
        elif check.subject.type in ORDERED:
            yield from ((literal or 0) + step for step in (-1, 0, 1))
        else:
            yield from (literal or "", f"{literal}x", "")


def main() -> None:
    """Try the document on standard input; ends with status 1 and a sentence when it fails."""
    try:
        try_here(SlaDocument.model_validate(json.load(sys.stdin)))
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent is told
        print(f"{type(error).__name__}: {error}".replace("\n", " "), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
