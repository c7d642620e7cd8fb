"""Documents: parsed, measured and validated once each; takes the place of strawberry's caches and limiters."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

from api.errors import Code, told
from api.graphql.limits.document_weight import Scale, TooDeep, Weight, operations_of, surface_faults, texts_not_allowed
from api.graphql.limits.variable_weight import uses_of, variable_faults, written_faults
from api.graphql.parts.context import Context
from api.settings import DocumentLimits, VariableLimits
from api.unreadable import NOT_ALLOWED

MAX_COSTS = 32
"""The number of remembered page sizes of one document."""


@dataclass(slots=True)
class Prepared:
    """A parsed document with all that is wrong with it whatever its variables are."""

    document: DocumentNode
    operations: list[OperationDefinitionNode]
    faults: tuple[GraphQLError, ...] = ()
    page_variables: frozenset[str] = frozenset()
    uses: Counter[str] = field(default_factory=Counter)
    costs: dict[object, int] = field(default_factory=dict)


def _complex(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": str(Code.QUERY_TOO_COMPLEX)})


class DocumentCache:
    """Prepares the documents of one schema and keeps those used last."""

    def __init__(self, limits: DocumentLimits, variables: VariableLimits | None = None) -> None:
        self.limits = limits
        self.variables = variables or VariableLimits()
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0
        hidden = () if limits.introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, MaybeNullValidationRule, *hidden)

    @property
    def parse_options(self) -> dict[str, int]:
        """The limits that the parser itself keeps."""
        return {
            "max_lexical_tokens": self.limits.tokens,
            "max_comments": self.limits.comments,
            "max_source_length": self.limits.characters,
        }

    def prepared(self, query: str, schema: GraphQLSchema) -> Prepared:
        """The prepared document; a GraphQLSyntaxError when it cannot be parsed, which is not kept."""
        kept = self._kept.get(query)
        if kept is not None:
            self._kept.move_to_end(query)
            return kept
        document = parse(query, **self.parse_options)  # type: ignore[arg-type]
        prepared = self._measured(document, schema)
        self._keep(query, prepared)
        return prepared

    def _keep(self, query: str, prepared: Prepared) -> None:
        self._kept[query] = prepared
        self._characters += len(query)
        while len(self._kept) > self.limits.cached_documents or self._characters > self.limits.cached_characters:
            oldest, _ = self._kept.popitem(last=False)
            self._characters -= len(oldest)

    def _measured(self, document: DocumentNode, schema: GraphQLSchema) -> Prepared:
        operations = operations_of(document)
        scale = Scale(schema, document, self.limits, {})
        faults = [_complex(message) for message in surface_faults(document, self.limits)]
        try:
            for operation in operations:
                faults.extend(map(_complex, self._static_faults(operation, scale)))
        except TooDeep:
            faults.append(_complex("The document nests too deeply."))
        faults = faults or written_faults(document, self.variables)
        if not faults:
            if bad := texts_not_allowed(document):
                code = {"code": str(Code.BAD_USER_INPUT)}
                faults += [GraphQLError(f"{NOT_ALLOWED}.", text, extensions=code) for text in bad]
            else:
                faults.extend(self._validation_faults(document, schema))
        return Prepared(document, operations, tuple(faults), frozenset(scale.page_variables), uses_of(document))

    def _validation_faults(self, document: DocumentNode, schema: GraphQLSchema) -> Iterator[GraphQLError]:
        for error in validate(
            schema, document, self._rules, max_errors=self.limits.validation_errors, hide_suggestions=True
        ):
            known = told(error)
            code = known.code if known else str(Code.GRAPHQL_VALIDATION_FAILED)
            error.message = known.message if known else error.message
            error.extensions = {"code": code, **(error.extensions or {})}
            yield error

    def _static_faults(self, operation: OperationDefinitionNode, scale: Scale) -> Iterator[str]:
        limits = self.limits
        weight: Weight = scale.weigh(operation)
        if weight.depth > limits.depth:
            yield f"The operation is {weight.depth} fields deep; at most {limits.depth} are allowed."
        if weight.introspection > limits.introspection_depth:
            yield f"Introspection goes at most {limits.introspection_depth} fields deep."
        if weight.fields > limits.fields:
            yield f"The operation selects more than {limits.fields} fields."
        mutation = operation.operation is OperationType.MUTATION
        widest = limits.root_mutations if mutation else limits.root_fields
        if scale.width(operation) > widest:
            yield f"The operation has more than {widest} fields at its root."

    def faults(
        self, prepared: Prepared, schema: GraphQLSchema, name: str | None, variables: Mapping[str, Any]
    ) -> list[GraphQLError]:
        """All that forbids running the named operation with these variables, as errors of their own."""
        if prepared.faults:
            return [_copy(fault) for fault in prepared.faults]
        if name is None and len(prepared.operations) > 1:
            code = str(Code.OPERATION_RESOLUTION_FAILURE)
            return [
                GraphQLError("The document has several operations; name the one to run.", extensions={"code": code})
            ]
        operation = next(
            (o for o in prepared.operations if name is None or (o.name is not None and o.name.value == name)), None
        )
        if operation is None:
            return []
        if heavy := variable_faults(schema, operation, prepared.uses, variables, self.variables):
            return heavy
        cost = self._cost(prepared, schema, operation, variables)
        if cost <= self.limits.cost:
            return []
        return [_complex(f"The operation may resolve {cost:,} fields; at most {self.limits.cost:,} are allowed.")]

    def _cost(
        self,
        prepared: Prepared,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> int:
        sizes = self._sizes(prepared, operation, variables)
        key = (operation.name.value if operation.name else None, tuple(sorted(sizes.items())))
        cost = prepared.costs.get(key)
        if cost is None:
            cost = Scale(schema, prepared.document, self.limits, sizes).weigh(operation).cost
            if len(prepared.costs) < MAX_COSTS:
                prepared.costs[key] = cost
        return cost

    def _sizes(
        self, prepared: Prepared, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> dict[str, int]:
        """The page sizes that variables give, defaults included."""
        sizes: dict[str, int] = {}
        for definition in operation.variable_definitions or ():
            name = definition.variable.name.value
            if name not in prepared.page_variables:
                continue
            default = definition.default_value
            value = variables.get(name, int(default.value) if isinstance(default, IntValueNode) else None)
            if value is not None:  # what is no number is refused when variables are read
                sizes[name] = max(0, min(value, self.limits.largest_page)) if isinstance(value, int) else 0
        return sizes


def _copy(fault: GraphQLError) -> GraphQLError:
    """A fresh error, since each answer adds its own to it."""
    return GraphQLError(
        fault.message, fault.nodes, fault.source, fault.positions, extensions=dict(fault.extensions or {})
    )


class DocumentExtension(SchemaExtension):
    """Puts a cache between strawberry and its documents.

    Nothing is raised here: what is raised in a hook reaches a client of a stream as a bare `complete`. A syntax error
    is left to strawberry, which parses again, within the same limits, and reports it properly everywhere.
    """

    def __init__(self, cache: DocumentCache) -> None:
        self._cache = cache
        self._prepared: Prepared | None = None

    def on_parse(self) -> Iterator[None]:
        """Take the document from the cache."""
        context = self.execution_context
        context.parse_options = self._cache.parse_options  # type: ignore[assignment]
        if context.query:
            try:
                self._prepared = self._cache.prepared(context.query, context.schema._schema)
                context.graphql_document = self._prepared.document
            except GraphQLError:
                pass
        yield

    def get_results(self) -> dict[str, Any]:
        """Return how many errors were left out, beside the answer."""
        context = self.execution_context.context
        return {"more": context.more} if isinstance(context, Context) and context.more else {}

    def on_validate(self) -> Iterator[None]:
        """Report what the cache found instead of validating again."""
        context = self.execution_context
        if self._prepared is not None:
            context.pre_execution_errors = self._cache.faults(
                self._prepared, context.schema._schema, context._provided_operation_name, context.variables or {}
            )
        yield


def document_extension(limits: DocumentLimits, variables: VariableLimits) -> Callable[[], SchemaExtension]:
    """The factory that strawberry makes an extension from for each operation; they share one cache."""
    cache = DocumentCache(limits, variables)
    return lambda: DocumentExtension(cache)
