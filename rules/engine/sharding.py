"""The number of rules in one rule set of the engine: a model of its alpha network, and the bounds that hold there.

The engine keeps at most 64 matching siblings on a stack and answers with error 303, depending on the data, when there
are more; other lists of it overrun or loop. So terms are added to a model of the network until a bound is reached, and
then the next stem begins: all terms of a stem hang under a first test of its own that every fact passes. While one stem
is walked only the other stems wait on the stack, so that a rule set takes several, and a fact is read once for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rules.conditions.columns import STEMS
from rules.engine.durable_form import Probe, Term

MAX_STACK = 60
_MAX_STEM = MAX_STACK - (STEMS - 1)
MAX_CHILDREN = 500
MAX_LISTED = 120
MAX_SAME_END = 250
MAX_PROPERTIES = 240
MAX_RULES = 4000

_LISTS = frozenset({"$iany", "$iall"})

_Point = tuple[Any, int]
"""A value that a property may have: an operand, or what lies just below or above it."""
_HOLDS: dict[str, Callable[[_Point, Any], bool]] = {
    "$eq": lambda point, operand: point == (operand, 0),
    "$neq": lambda point, operand: point != (operand, 0),
    "$gt": lambda point, operand: point > (operand, 0),
    "$gte": lambda point, operand: point >= (operand, 0),
    "$lt": lambda point, operand: point < (operand, 0),
    "$lte": lambda point, operand: point <= (operand, 0),
}


@dataclass(slots=True)
class _Property:
    """The tests of one property under a node, and how many of them can match the same fact."""

    absent: int = 0
    always: int = 0
    tests: list[tuple[str, Any]] = field(default_factory=list)
    matching: dict[_Point, int] = field(default_factory=dict)
    """For each value that makes a difference, how many tests hold."""

    @property
    def together(self) -> int:
        """Return how many of them can match the same fact."""
        return max(self.absent, self.always + max(self.matching.values(), default=0))

    def add(self, name: str, operand: Any) -> None:
        """Count one more test."""
        if name == "$nex":
            self.absent += 1
        elif name not in _HOLDS:
            self.always += 1
        else:
            self.tests.append((name, operand))
            for point in self.matching:
                self.matching[point] += _HOLDS[name](point, operand)
            for point in ((operand, -1), (operand, 0), (operand, 1)):
                if point not in self.matching:
                    self.matching[point] = sum(_HOLDS[test](point, value) for test, value in self.tests)


@dataclass(slots=True, eq=False)
class _Node:
    """A node of the alpha network, with what lies under it."""

    children: dict[Probe, _Node] = field(default_factory=dict)
    properties: dict[str, _Property] = field(default_factory=dict)
    hashed: int = 0
    absent: int = 0
    forwards: int = 0
    ends: int = 0
    together: int = 0
    deepest: int = 0

    @property
    def bound(self) -> int:
        """Return how many nodes can be on the engine's stack from here down."""
        return max(self.together, self.together - 1 + self.deepest)

    @property
    def within(self) -> bool:
        """Return whether its own lists are within the bounds."""
        return self.hashed <= MAX_CHILDREN and self.absent + self.forwards <= MAX_LISTED and self.ends <= MAX_SAME_END

    def child(self, probe: Probe) -> _Node:
        """The node of a test under this one: shared where the engine shares it."""
        name, column, operand = probe
        if name not in _LISTS and probe in self.children:
            return self.children[probe]
        of = self.properties.setdefault(column, _Property())
        before = of.together
        of.add(name, operand)
        if name == "$nex":
            self.absent += 1
        else:
            self.hashed += 1
        self.together += of.together - before
        node = self.children[probe] = _Node()
        return node

    def lead_on(self) -> None:
        """Hang a choice's common end under this node."""
        self.forwards += 1
        self.together += 1


@dataclass(slots=True)
class _Stem:
    """The model of the network from a stem's first test down."""

    root: _Node = field(default_factory=_Node)
    properties: set[str] = field(default_factory=set)

    def takes(self, term: Term, *, stack: int) -> bool:
        """Add a term; say whether the stem is still within the bounds."""
        edges = list(self._add(term))
        for parent, child in reversed(edges):
            parent.deepest = max(parent.deepest, child.bound)
        self.properties.update(_properties_of(term))
        nodes = {id(node): node for edge in edges for node in edge} | {id(self.root): self.root}
        return (
            self.root.bound <= stack
            and len(self.properties) <= MAX_PROPERTIES
            and all(node.within for node in nodes.values())
        )

    def _add(self, term: Term) -> Iterator[tuple[_Node, _Node]]:
        node = self.root
        for probe in term.probes:
            parent, node = node, node.child(probe)
            yield parent, node
        for choice in term.choices:
            forward = _Node()
            for branch in choice:
                end = node
                for probe in branch:
                    parent, end = end, end.child(probe)
                    yield parent, end
                end.lead_on()
                yield end, forward
            node = forward
        node.ends += 1


def _properties_of(term: Term) -> set[str]:
    branches = (term.probes, *(branch for choice in term.choices for branch in choice))
    return {column for branch in branches for _, column, _ in branch}


def stems(terms: Iterable[tuple[Term, int]], *, stack: int = _MAX_STEM) -> list[list[tuple[Term, int]]]:
    """The terms with their rules in order, cut where the bounds of a stem would be passed."""
    cut: list[list[tuple[Term, int]]] = []
    stem: _Stem | None = None
    for term, rule in terms:
        if stem is None or not stem.takes(term, stack=stack) or len(cut[-1]) == MAX_RULES:
            stem = _Stem()
            stem.takes(term, stack=stack)
            cut.append([])
        cut[-1].append((term, rule))
    return cut


@dataclass(slots=True)
class Shard:
    """The content of one rule set: its conditions with their rules, and the properties they test."""

    conditions: list[tuple[dict[str, Any], int]] = field(default_factory=list)
    properties: set[str] = field(default_factory=set)
    stems: int = 0

    def takes(self, stem: list[tuple[Term, int]]) -> bool:
        """Add a stem, unless the rule set would grow beyond the bounds; say whether it did."""
        properties = self.properties.union(*(_properties_of(term) for term, _ in stem))
        fits = (
            self.stems < STEMS and len(properties) <= MAX_PROPERTIES and len(self.conditions) + len(stem) <= MAX_RULES
        )
        if fits:
            self.stems += 1
            self.properties = properties
            self.conditions += [(term.condition(self.stems), rule) for term, rule in stem]
        return fits


def shards(terms: Iterable[tuple[Term, int]]) -> list[Shard]:
    """The terms in order, as few rule sets as the engine's bounds allow."""
    found: list[Shard] = []
    for stem in stems(terms):
        if not found or not found[-1].takes(stem):
            found.append(Shard())
            found[-1].takes(stem)
    return found
