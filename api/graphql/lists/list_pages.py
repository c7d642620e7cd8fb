"""Which cursors each list takes: a page that cannot be is told before anything runs, with the place of its field.

Below other things an error of one list would take the whole answer with it, since lists are never null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)

from api.errors import ApiError
from api.graphql.lists.connections import page_request
from api.graphql.lists.cursors import Cursors

CursorsOf = Callable[[Any], Cursors]
"""The cursors of a list in an order, given by the value of `orderBy`."""
NAME = "list cursors"
"""Under this name the schema keeps which cursors its lists take, by `Type.field`."""
Place = tuple[str, ...]
_ARGUMENT = re.compile(r"'(\w+)'")


def impossible_pages(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Iterator[tuple[Place, str]]:
    """All lists of an operation that are asked for pages that cannot be: place of the argument, and what is wrong."""
    known: Mapping[str, CursorsOf] = schema.extensions.get(NAME, {})
    root = schema.get_root_type(operation.operation)
    if not known or root is None:
        return
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    for place, parent, node in _fields(schema, fragments, root, operation.selection_set, variables):
        cursors = known.get(f"{parent}.{node.name.value}")
        if cursors is not None and node.arguments:
            given = {argument.name.value: _value(argument.value, variables) for argument in node.arguments}
            page = {name: given.get(name) for name in ("first", "after", "last", "before")}
            try:
                page_request(cursors(given.get("orderBy")), **page)
            except ApiError as error:
                named = _ARGUMENT.search(error.message)
                yield (*place, named[1] if named else "after"), error.message


def _fields(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    root: GraphQLNamedType,
    selections: SelectionSetNode,
    variables: Mapping[str, Any],
) -> Iterator[tuple[Place, str, FieldNode]]:
    """All fields below a type: the names on the way, the type that has it, and the field; each fragment once."""
    rest: list[tuple[Place, GraphQLNamedType, SelectionSetNode]] = [((), root, selections)]
    spread: set[str] = set()
    while rest:
        place, parent, chosen = rest.pop()
        for node in chosen.selections:
            if _left_out(node, variables):
                continue
            if isinstance(node, FieldNode):
                here = (*place, node.alias.value if node.alias else node.name.value)
                yield here, parent.name, node
                field = getattr(parent, "fields", {}).get(node.name.value)
                if field is not None and node.selection_set:
                    rest.append((here, get_named_type(field.type), node.selection_set))
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in spread:
                    continue
                spread.add(node.name.value)
                fragment = fragments[node.name.value]
            condition = fragment.type_condition
            within = schema.get_type(condition.name.value) if condition else parent
            rest.append((place, within or parent, fragment.selection_set))


def _left_out(node: FieldNode | FragmentSpreadNode | InlineFragmentNode | Any, variables: Mapping[str, Any]) -> bool:
    for directive, wanted in ((GraphQLSkipDirective, True), (GraphQLIncludeDirective, False)):
        for given in node.directives or ():
            if given.name.value == directive.name:
                return any(_value(argument.value, variables) is wanted for argument in given.arguments or ())
    return False


def _value(node: Any, variables: Mapping[str, Any]) -> Any:
    """The value of an argument, of a variable as it was read."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    return value_from_ast_untyped(node)
