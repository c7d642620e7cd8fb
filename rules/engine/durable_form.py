"""Expressions as terms for the engine: negation at the leaves, alternatives mutually exclusive, overlaps expanded.

An overlapping `any` becomes several terms, each one engine rule. What the engine has no exact or no cheap form for is
answered by Python and reaches the engine as a flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from rules.conditions.columns import Columns, fits
from rules.conditions.conditions import predicate
from rules.conditions.operators import EX, NEX, Coding
from rules.conditions.syntax import Check, Every, Expression, Not, Some

MAX_TERMS = 24
MAX_GROUPS = 15
MAX_LITERALS = 40
MAX_PARTS = 4
"""Up to so many alternatives are worth an engine rule each."""

Probe = tuple[str, str, Any]
"""A primitive test of the engine: its name, the property, the operand."""
Branch = tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A conjunction of probes and of choices between exclusive branches."""

    probes: tuple[Probe, ...]
    choices: tuple[tuple[Branch, ...], ...] = ()

    @property
    def groups(self) -> int:
        """Return how many `$and` and `$or` the engine counts in it."""
        return 1 + sum(1 + sum(len(branch) > 1 for branch in choice) for choice in self.choices)

    @property
    def parts(self) -> list[Term]:
        """The term taken apart at its only choice, if that is small: the engine walks fewer nodes then."""
        if len(self.choices) != 1 or len(self.choices[0]) > MAX_PARTS:
            return [self]
        return [Term(tuple(sorted({*self.probes, *branch}, key=_rank))) for branch in self.choices[0]]

    def condition(self, stem: int) -> dict[str, Any]:
        """The term as the engine reads it, behind the first test of a stem, numbered from 1."""
        choices = [{"$or": [_joined(branch) for branch in choice]} for choice in self.choices]
        return {"$and": [{"$gte": {"k": stem}}, *map(_written, self.probes), *choices]}


@dataclass(frozen=True, slots=True)
class DurableForm:
    """Rules for the engine: those that always hold, the terms of the others, and the properties they test."""

    always: frozenset[int]
    terms: tuple[tuple[Term, int], ...]
    """The terms with the rule that holds when one matches; a rule has as many as it needs."""
    columns: Columns


class _TooWide(Exception):
    """An expression of more terms than the engine should see."""


_Leaf = tuple[Check, bool]


def durable_form(expressions: Mapping[int, Expression]) -> DurableForm:
    """The engine's form of rules by their number; rules that never hold have no term."""
    columns = Columns()
    always: set[int] = set()
    terms: list[tuple[Term, int]] = []
    for rule, expression in expressions.items():
        found = dict.fromkeys(_terms(expression, columns))
        if any(not term.probes and not term.choices for term in found):
            always.add(rule)
        else:
            terms += [(term, rule) for term in found]
    return DurableForm(frozenset(always), tuple(terms), columns)


def _terms(expression: Expression, columns: Columns) -> list[Term]:
    try:
        leaves = _alternatives(expression, holds=True)
        found = [term for group in leaves if (term := _term(group, columns)) is not None]
    except _TooWide:
        return [_flagged(expression, columns)]
    if any(term.groups > MAX_GROUPS for term in found):
        return [_flagged(expression, columns)]
    return [part for term in found for part in term.parts]


def _flagged(expression: Expression, columns: Columns) -> Term:
    return Term((("$ex", columns.flag(expression, predicate(expression)), 1),))


def _alternatives(expression: Expression, *, holds: bool) -> list[tuple[_Leaf, ...]]:
    """The expression, or its negation, as alternatives of leaves that must all hold."""
    match expression:
        case Check():
            return [((expression, holds),)]
        case Not(part):
            return _alternatives(part, holds=not holds)
        case Every(parts) | Some(parts):
            inner = [_alternatives(part, holds=holds) for part in parts]
            together = isinstance(expression, Every) is holds
            joined = _product(inner) if together else [one for each in inner for one in each]
            found = list(dict.fromkeys(joined))
            if len(found) > MAX_TERMS:
                raise _TooWide
            return found


def _product(inner: list[list[tuple[_Leaf, ...]]]) -> list[tuple[_Leaf, ...]]:
    size = 1
    for each in inner:
        size *= len(each)
        if size > MAX_TERMS:
            raise _TooWide
    return [tuple(dict.fromkeys(leaf for group in groups for leaf in group)) for groups in product(*inner)]


def _term(leaves: tuple[_Leaf, ...], columns: Columns) -> Term | None:
    """The leaves as one term; None when they cannot hold together."""
    probes: set[Probe] = set()
    choices: set[tuple[Branch, ...]] = set()
    for check, holds in leaves:
        branches = _branches(check, columns, holds=holds)
        if not branches:
            return None
        if len(branches) == 1:
            probes.update(branches[0])
        elif () not in branches:
            choices.add(branches)
    return Term(tuple(sorted(probes, key=_rank)), tuple(sorted(choices, key=_choice_rank)))


def _branches(check: Check, columns: Columns, *, holds: bool) -> tuple[Branch, ...]:
    durable, coding = check.operator.durable, check.operator.coding_for(check.subject.type)
    many = isinstance(check.literal, tuple) and len(check.literal) > MAX_LITERALS
    if durable is None or coding is None or many or not fits(check, coding):
        name = columns.flag(check, predicate(check))
        return ((((EX if holds else NEX)[0], name, 1),),)
    form = durable.holds if holds else durable.fails
    return tuple(_bound(alternative, check, coding, columns) for alternative in form(check.literal))


def _bound(alternative: tuple[tuple[str, Any], ...], check: Check, coding: Coding, columns: Columns) -> Branch:
    column = columns.column(check.subject.name, coding)
    return tuple(
        (name, column.name, operand if name in _PRESENCE else column.operand(operand)) for name, operand in alternative
    )


_PRESENCE = frozenset({"$ex", "$nex"})
_RANKS = {"$eq": 0, "$gt": 1, "$gte": 1, "$lt": 1, "$lte": 1, "$ex": 2, "$nex": 2, "$neq": 3, "$iany": 4, "$iall": 4}


def _rank(probe: Probe) -> tuple[int, str, str, str]:
    name, column, operand = probe
    return _RANKS[name], column, name, str(operand)


def _choice_rank(choice: tuple[Branch, ...]) -> list[list[tuple[int, str, str, str]]]:
    return [[_rank(probe) for probe in branch] for branch in choice]


def _written(probe: Probe) -> dict[str, Any]:
    name, column, operand = probe
    if name == "$eq":
        return {column: operand}
    if name == "$iany":
        return {name: {column: {"$i": operand}}}
    if name == "$iall":
        return {name: {column: {"$neq": {"$i": operand}}}}
    return {name: {column: operand}}


def _joined(branch: Branch) -> dict[str, Any]:
    return _written(branch[0]) if len(branch) == 1 else {"$and": [_written(probe) for probe in branch]}
