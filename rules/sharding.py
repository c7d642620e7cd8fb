"""How many rules go into one rule set of the engine: a model of its alpha network, and the bounds that hold there.

The engine keeps at most 64 matching siblings on a stack and answers with error 303, depending on the data, when there
are more; other lists of it overrun or loop. So terms are added to a model of the network until a bound is reached, and
then the next rule set begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rules.durable_form import Probe, Term

MAX_STACK = 60
MAX_CHILDREN = 500
MAX_LISTED = 120
MAX_SAME_END = 250
MAX_PROPERTIES = 240
MAX_RULES = 4000

_LISTS = frozenset({"$iany", "$iall"})


@dataclass(slots=True)
class _Property:
    """The tests of one property under a node."""

    equal: int = 0
    absent: int = 0
    other: int = 0

    @property
    def together(self) -> int:
        """How many of them can match the same fact."""
        return max(self.absent, self.other + min(self.equal, 1))


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
        """How many nodes can be on the engine's stack from here down."""
        return max(self.together, self.together - 1 + self.deepest)

    @property
    def within(self) -> bool:
        """Whether its own lists are within the bounds."""
        return self.hashed <= MAX_CHILDREN and self.absent + self.forwards <= MAX_LISTED and self.ends <= MAX_SAME_END

    def child(self, probe: Probe) -> _Node:
        """The node of a test under this one: shared where the engine shares it."""
        name, column, _ = probe
        if name not in _LISTS and probe in self.children:
            return self.children[probe]
        of = self.properties.setdefault(column, _Property())
        before = of.together
        if name == "$nex":
            of.absent += 1
            self.absent += 1
        else:
            self.hashed += 1
            of.equal += name == "$eq"
            of.other += name != "$eq"
        self.together += of.together - before
        node = self.children[probe] = _Node()
        return node

    def lead_on(self) -> None:
        """Hang a choice's common end under this node."""
        self.forwards += 1
        self.together += 1


@dataclass(slots=True)
class _Network:
    """The model of one rule set."""

    root: _Node = field(default_factory=_Node)
    properties: set[str] = field(default_factory=set)
    rules: int = 0

    def takes(self, term: Term) -> bool:
        """Add a term; say whether the rule set is still within the bounds."""
        edges = list(self._add(term))
        for parent, child in reversed(edges):
            parent.deepest = max(parent.deepest, child.bound)
        self.rules += 1
        self.properties.update(properties_of(term))
        nodes = {id(node): node for edge in edges for node in edge} | {id(self.root): self.root}
        return (
            self.root.bound <= MAX_STACK
            and len(self.properties) <= MAX_PROPERTIES
            and self.rules <= MAX_RULES
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


def properties_of(term: Term) -> set[str]:
    """The properties that a term tests."""
    branches = (term.probes, *(branch for choice in term.choices for branch in choice))
    return {column for branch in branches for _, column, _ in branch}


def shards(terms: Iterable[tuple[Term, int]]) -> list[list[tuple[Term, int]]]:
    """The terms with their rules in order, cut where the engine's bounds would be passed."""
    cut: list[list[tuple[Term, int]]] = []
    network: _Network | None = None
    for term, rule in terms:
        if network is None or not network.takes(term):
            network = _Network()
            network.takes(term)
            cut.append([])
        cut[-1].append((term, rule))
    return cut
