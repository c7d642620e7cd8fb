"""The weight of a GraphQL document: depth, fields, aliases, directives and list cost, in one linear walk each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from api.settings import DocumentLimits
from domain.document.base import FORBIDDEN

PAGE_ARGUMENTS = frozenset({"first", "last"})
PAGE_FIELDS = frozenset({"nodes", "edges"})
INTROSPECTION = frozenset({"__schema", "__type"})
MAX_NESTING = 100
"""Levels, spreads included, beyond which a document is not measured but refused."""


class TooDeep(Exception):
    """The document nests deeper than is worth measuring."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of a selection: levels of fields, levels of introspection, fields, and fields times list sizes."""

    depth: int = 0
    introspection: int = 0
    fields: int = 0
    cost: int = 0

    def beside(self, other: Weight) -> Weight:
        """The weight of both selected side by side."""
        return Weight(
            max(self.depth, other.depth),
            max(self.introspection, other.introspection),
            self.fields + other.fields,
            self.cost + other.cost,
        )


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    """The operations of a document, in order."""
    return [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]


def nodes_of(document: DocumentNode) -> Iterator[Node]:
    """Every node of the document, each once."""
    rest: list[Node] = list(document.definitions)
    while rest:
        node = rest.pop()
        yield node
        for key in node.keys:
            child = getattr(node, key, None)
            if isinstance(child, Node):
                rest.append(child)
            elif isinstance(child, list | tuple):
                rest.extend(item for item in child if isinstance(item, Node))


def surface_faults(document: DocumentNode, limits: DocumentLimits) -> list[str]:
    """Return what is too much in the document as it is written: aliases and directives."""
    aliases = directives = 0
    crowded = False
    for node in nodes_of(document):
        here = len(getattr(node, "directives", None) or ())
        directives += here
        crowded = crowded or here > limits.directives_here
        aliases += isinstance(node, FieldNode) and node.alias is not None
    faults = []
    if aliases > limits.aliases:
        faults.append(f"The document has {aliases} aliases; at most {limits.aliases} are allowed.")
    if crowded or directives > limits.directives:
        faults.append(
            f"A place takes at most {limits.directives_here} directives, the document at most {limits.directives}."
        )
    return faults


def texts_not_allowed(document: DocumentNode) -> list[StringValueNode]:
    """The texts written in the document that hold a character which no text may hold."""
    texts = [node for node in nodes_of(document) if isinstance(node, StringValueNode)]
    return [node for node in texts if FORBIDDEN.search(node.value)]


class Scale:
    """Weighs the operations of one document; fragments are weighed once each, so a chain of them costs nothing."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, limits: DocumentLimits, sizes: Mapping[str, int]
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._sizes = sizes
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._weights: dict[tuple[str, int | None], Weight] = {}
        self._widths: dict[str, int] = {}
        self.page_variables: set[str] = set()
        """The variables that size pages, as met while weighing."""

    def weigh(self, operation: OperationDefinitionNode) -> Weight:
        """The weight of an operation; TooDeep when it nests without measure."""
        return self._selection(operation.selection_set, self._root(operation.operation), None, 0)

    def width(self, operation: OperationDefinitionNode) -> int:
        """Return how many fields stand at the root of an operation, those of fragments included."""
        return self._width(operation.selection_set, 0)

    def _root(self, kind: OperationType) -> GraphQLNamedType | None:
        return self._schema.get_root_type(kind)

    def _width(self, selections: SelectionSetNode, level: int) -> int:
        if level > MAX_NESTING:
            raise TooDeep
        total = 0
        for node in selections.selections:
            if isinstance(node, InlineFragmentNode):
                total += self._width(node.selection_set, level + 1)
            elif isinstance(node, FragmentSpreadNode):
                total += self._spread_width(node.name.value, level)
            else:
                total += 1
        return total

    def _spread_width(self, name: str, level: int) -> int:
        if name not in self._widths:
            self._widths[name] = 0  # stands for a cycle, which validation refuses
            if fragment := self._fragments.get(name):
                self._widths[name] = self._width(fragment.selection_set, level + 1)
        return self._widths[name]

    def _selection(
        self, selections: SelectionSetNode, parent: GraphQLNamedType | None, page: int | None, level: int
    ) -> Weight:
        if level > MAX_NESTING:
            raise TooDeep
        total = Weight()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                weight = self._field(node, parent, page, level)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                weight = self._selection(node.selection_set, inner, page, level + 1)
            elif isinstance(node, FragmentSpreadNode):
                weight = self._spread(node.name.value, page, level)
            else:  # pragma: no cover - there is no other selection
                continue
            total = total.beside(weight)
        return total

    def _spread(self, name: str, page: int | None, level: int) -> Weight:
        key = (name, page)
        if key not in self._weights:
            self._weights[key] = Weight()  # stands for a cycle, which validation refuses
            if fragment := self._fragments.get(name):
                parent = self._schema.get_type(fragment.type_condition.name.value)
                self._weights[key] = self._selection(fragment.selection_set, parent, page, level + 1)
        return self._weights[key]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, page: int | None, level: int) -> Weight:
        name = node.name.value
        definition = self._definition(parent, name)
        if node.selection_set is None:
            return Weight(depth=1, fields=1, cost=1)
        inner_page = self._page(node) if definition and not PAGE_ARGUMENTS.isdisjoint(definition.args) else None
        inner_type = get_named_type(definition.type) if definition else None
        inner = self._selection(node.selection_set, inner_type, inner_page, level + 1)
        if name in INTROSPECTION:
            return Weight(1, 1 + inner.depth, 1 + inner.fields, 1 + inner.fields)
        times = self._times(name, definition, page, inner_page)
        return Weight(1 + inner.depth, inner.introspection, 1 + inner.fields, 1 + times * inner.cost)

    def _definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if parent is None or not is_composite_type(parent):
            return None
        return self._schema.get_field(parent, name)

    def _times(self, name: str, definition: GraphQLField | None, page: int | None, own_page: int | None) -> int:
        if definition is None or not is_list_type(get_nullable_type(definition.type)):
            return 1
        if own_page is not None:
            return own_page
        if "ids" in definition.args:  # as many as are named, which a variable tells only later
            return self._limits.largest_page
        return page if page is not None and name in PAGE_FIELDS else self._limits.list_size

    def _page(self, node: FieldNode) -> int:
        """The size of the page a field asks for, within what may be asked for."""
        size = self._limits.page_size
        for argument in node.arguments or ():
            if argument.name.value not in PAGE_ARGUMENTS:
                continue
            value = argument.value
            if isinstance(value, IntValueNode):
                size = int(value.value)
            elif isinstance(value, VariableNode):
                self.page_variables.add(value.name.value)
                size = self._sizes.get(value.name.value, self._limits.page_size)
        return max(0, min(size, self._limits.largest_page))
