"""The executor: strawberry's, with a short way for plain leaf fields and a fresh context for each event.

Most fields of a list are attributes that are read and written out as they are. For those the stock executor builds a
path, a resolve info and four calls each; here they take one loop. Whatever is not plain in every respect (a resolver,
arguments, an unexpected null, an awaitable, an error) goes the stock way, which also words all errors.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import Executor
from graphql.pyutils import Path, gather_with_cancel
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.graphql.lists.list_pages import impossible_pages
from api.graphql.parts.context import Context
from api.graphql.subscription_execution import Stream, SubscriptionExecution, question_of
from api.unreadable import as_one, forbidden_faults, unreadable

_MISSING = object()
_AS_IT_IS: dict[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
_plain_classes: dict[type, bool] = {}


class Step(NamedTuple):
    """One field of a selection: how it is read and written when it is plain, and all that the stock way needs."""

    response_name: str
    details: FieldDetailsList
    read: Callable[[Any], Any] | None
    """Reads the attribute; None when the field goes the stock way."""
    as_it_is: type | None
    """The class whose values are written out unchanged."""
    write: Callable[[Any], Any]
    nullable: bool
    constant: str | None
    """The value of `__typename`."""


def _is_plain_class(cls: type) -> bool:
    plain = _plain_classes.get(cls)
    if plain is None:
        plain = not (issubclass(cls, BaseException) or hasattr(cls, "__await__") or inspect.isgenerator(cls))
        _plain_classes[cls] = plain
    return plain


def _nothing(_value: Any) -> Any:
    return None


class FastExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes as strawberry's own executor does, plain leaf fields faster."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._root: dict[str, GroupedFieldSet] = {}
        self._steps: dict[tuple[str, int], tuple[GroupedFieldSet, list[Step]]] = {}

    @classmethod
    def build(cls, *args: Any, **kwargs: Any) -> Any:
        """Build an executor whose errors hint at no names; what of the variables cannot be read is told all at once."""
        kwargs["hide_suggestions"] = True
        given = cls._given(*args, **kwargs)
        refused = forbidden_faults(*given)
        if refused:
            return refused
        built = super().build(*args, **kwargs)
        if isinstance(built, list):
            return unreadable(*given) or built
        pages = impossible_pages(built.schema, given[1], built.operation, built.variable_values.coerced)
        return as_one(list(pages)) or built

    @staticmethod
    def _given(
        schema: GraphQLSchema,
        document: DocumentNode,
        _root: Any = None,
        _context: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *_args: Any,
        **_more: Any,
    ) -> tuple[GraphQLSchema, DocumentNode, str | None, dict[str, Any]]:
        """Of what an executor is built with, what says how variables are read."""
        return schema, document, operation_name, raw_variable_values or {}

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """Deliver each event of a subscription with nothing loaded before."""
        executor = super().build_per_event_executor(payload)
        if isinstance(self.context_value, Context) and not isinstance(payload, Stream):
            executor.context_value = self.context_value.for_event(payload)
            self.context_value.event = payload
        return executor

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Execute the operation; for a stream, hand it the means to have each of its events executed."""
        if not isinstance(self.root_value, Stream):
            return super().execute_operation(serially)
        fragments = [fragment.definition for fragment in self.fragments.values()]
        question = question_of(self.operation, fragments, self.variable_values.coerced)
        context = cast(Context, self.context_value)
        execution = SubscriptionExecution(question, context, context.principal.sight, self._execute_event)
        return ExecutionResult(cast(Any, self.root_value.told(execution)), None)

    async def _execute_event(self, context: Context, event: Any) -> ExecutionResult:
        executor = super().build_per_event_executor(event)
        executor.context_value = context.for_event(event)
        result = executor.execute_operation(False)
        return cast(ExecutionResult, await result if self.is_awaitable(result) else result)

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[Any],
    ) -> Any:
        """Execute the fields at the root; the same objects for all events of a subscription.

        What is worked out of a selection is kept by its identity, here and in the stock executor: new objects for each
        event would be worked out anew, and pile up for as long as the subscription runs.
        """
        fields = self._root.setdefault(root_type.name, grouped_field_set)
        return super().execute_collected_root_fields(root_type, root_value, fields, serially, new_defer_usages)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """Execute the fields of one object, the plain ones right here."""
        results: dict[str, Any] = {}
        waiting: list[str] = []
        try:
            for step in self._plan(parent_type, grouped_field_set):
                value = _short_way(step, source_value)
                if value is _MISSING:
                    name = step.response_name
                    value = self.execute_field(
                        parent_type, source_value, step.details, Path(path, name, parent_type.name), position_context
                    )
                    if value is Undefined:
                        continue
                    if self.is_awaitable(value):
                        waiting.append(name)
                results[step.response_name] = value
        except Exception:
            if waiting:
                self.settle_in_background([results[name] for name in waiting])
            raise
        return _gathered(results, waiting) if waiting else results

    def _plan(self, parent_type: GraphQLObjectType, fields: GroupedFieldSet) -> list[Step]:
        """The steps of a selection; kept with the selection itself, so that its id stays its own."""
        key = (parent_type.name, id(fields))
        kept = self._steps.get(key)
        if kept is None:
            steps = [self._step(parent_type, name, details) for name, details in fields.items()]
            kept = self._steps[key] = (fields, steps)
        return kept[1]

    def _step(self, parent_type: GraphQLObjectType, response_name: str, details: FieldDetailsList) -> Step:
        node = details[0].node
        if node.name.value == "__typename":
            return Step(response_name, details, None, None, _nothing, False, parent_type.name)
        definition = self.schema.get_field(parent_type, node.name.value)
        attribute = None if definition is None or node.arguments else _attribute(definition)
        manager = self.middleware_manager
        if definition is None or attribute is None or (manager is not None and manager.middlewares):
            return Step(response_name, details, None, None, _nothing, False, None)
        nullable = not is_non_null_type(definition.type)
        leaf = cast(Any, definition.type if nullable else definition.type.of_type)  # type: ignore[union-attr]
        read, write = attrgetter(attribute), leaf.coerce_output_value
        return Step(response_name, details, read, _AS_IT_IS.get(leaf), write, nullable, None)


def _attribute(definition: GraphQLField) -> str | None:
    """The attribute a field reads, when the field is a plain leaf: no resolver, no arguments, no list."""
    kind = definition.type.of_type if is_non_null_type(definition.type) else definition.type
    own = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    plain = getattr(own, "is_basic_field", False) and getattr(own, "default_resolver", None) is getattr
    if not plain or definition.args or not is_leaf_type(kind):
        return None
    if not getattr(definition.resolve, "_is_default", False):
        return None
    return cast(Any, own).python_name  # type: ignore[no-any-return]


def _short_way(step: Step, source: Any) -> Any:
    """The written value of a plain field; _MISSING when it has to go the stock way."""
    if step.read is None:
        return _MISSING if step.constant is None else step.constant
    try:
        value = step.read(source)
    except Exception:  # noqa: BLE001 - the stock way raises it again and words the error
        return _MISSING
    cls = value.__class__
    if cls is step.as_it_is:
        return value
    if value is None:
        return None if step.nullable else _MISSING
    if not _is_plain_class(cls):
        return _MISSING
    try:
        written = step.write(value)
    except Exception:  # noqa: BLE001 - the stock way raises it again and words the error
        return _MISSING
    return _MISSING if written is None or written is Undefined else written


async def _gathered(results: dict[str, Any], waiting: list[str]) -> dict[str, Any]:
    awaitables: list[Awaitable[Any]] = [results[name] for name in waiting]
    if len(waiting) == 1:
        results[waiting[0]] = await awaitables[0]
    else:
        results.update(zip(waiting, await gather_with_cancel(*awaitables), strict=True))
    return results
