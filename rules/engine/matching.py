"""Finding the rules that hold for a row: through the engine, or by the plain form, with the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from rules.conditions.columns import Encoder, encoder
from rules.conditions.conditions import Holds, Row, predicate
from rules.conditions.syntax import Expression
from rules.engine.durable_form import durable_form
from rules.engine.engine import RuleSet
from rules.engine.sharding import MAX_PROPERTIES, shards


class Matcher(Protocol):
    """Finds the rules that hold."""

    def match(self, row: Row) -> set[int]:
        """The numbers of the rules that hold for a row."""

    def close(self) -> None:
        """Give back what it holds."""


class PlainMatcher:
    """Asks each rule's predicate: the reference."""

    def __init__(self, expressions: Mapping[int, Expression]) -> None:
        self._rules: list[tuple[int, Holds]] = [(rule, predicate(e)) for rule, e in expressions.items()]

    def match(self, row: Row) -> set[int]:
        """The numbers of the rules that hold for a row."""
        return {rule for rule, holds in self._rules if holds(row)}

    def close(self) -> None:
        """Nothing to give back."""


class DurableMatcher:
    """Asks the rules engine."""

    def __init__(self, expressions: Mapping[int, Expression]) -> None:
        form = durable_form(expressions)
        self._always = form.always
        self._shards: list[tuple[Encoder, RuleSet]] = []
        common = encoder(form.columns) if len(form.columns.names()) <= MAX_PROPERTIES else None
        try:
            for shard in shards(form.terms):
                rules = RuleSet(shard.conditions, sorted(shard.properties))
                self._shards.append((common or encoder(form.columns.only(shard.properties)), rules))
        except BaseException:
            self.close()
            raise
        self._only = None
        if len(self._shards) == 1 and not form.always:
            encode, rules = self._shards[0]
            self._only = encode, rules.match

    def match(self, row: Row) -> set[int]:
        """The numbers of the rules that hold for a row."""
        if self._only is not None:
            encode, match = self._only
            return match(encode(row))
        matched = set(self._always)
        written, fact = None, ""
        for encode, rules in self._shards:
            if encode is not written:
                written, fact = encode, encode(row)
            matched |= rules.match(fact)
        return matched

    def check_health(self) -> None:
        """Raise EngineFault unless the engine still gives known answers."""
        for _, rules in self._shards:
            rules.check_health()

    def close(self) -> None:
        """Give the engine's memory back."""
        for _, rules in self._shards:
            rules.close()
