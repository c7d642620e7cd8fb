"""Publishing classes and enums: their docstrings, and those below their members, become the API's descriptions."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

C = TypeVar("C", bound=type)
E = TypeVar("E", bound=type[Enum])
F = TypeVar("F", bound=Callable[..., Any])

WORDS = {
    "Clock.BUSINESS": "Opening hours count: a day is a working day.",
    "Clock.ELAPSED": "All hours count: a day has 24 of them.",
}
"""Descriptions of members whose module says nothing below them."""


def plain_text(docstring: str | None, of: str) -> str:
    """A docstring as one line; a TypeError when there is none, since everything published is described."""
    if not docstring:
        raise TypeError(f"{of} has no docstring; what the API publishes is described.")
    return " ".join(docstring.split())


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def published(cls: C) -> C:
    """Publish a class as a GraphQL type; each attribute needs a docstring below it, names with _ are not published."""
    return _publish(cls, strawberry.type)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def published_input(cls: C) -> C:
    """Publish a class as a GraphQL input."""
    return _publish(cls, strawberry.input)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def published_choice(cls: C) -> C:
    """Publish a class as a GraphQL input of which exactly one field is given (@oneOf)."""
    return _publish(cls, strawberry.input, one_of=True)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def published_interface(cls: C) -> C:
    """Publish a class as a GraphQL interface."""
    return _publish(cls, strawberry.interface)


def field(resolver: F) -> F:
    """Publish a method as a field; its docstring is the description."""
    return _resolver(resolver, strawberry.field)


def mutation(resolver: F) -> F:
    """Publish a method as a mutation; its docstring is the description."""
    return _resolver(resolver, strawberry.mutation)


def subscription(resolver: F) -> F:
    """Publish a method as a subscription; its docstring is the description."""
    return _resolver(resolver, strawberry.subscription)


def argument(description: str, name: str | None = None) -> Any:
    """The description of an argument, for `Annotated`; and its GraphQL name where Python uses that word itself."""
    return strawberry.argument(description=description, name=name)


def _resolver(resolver: F, publish: Any) -> F:
    published: F = publish(resolver=resolver, description=plain_text(resolver.__doc__, resolver.__qualname__))
    return published


def _publish(cls: C, publish: Any, **options: Any) -> C:
    texts = texts_below(cls)
    for name in inspect.get_annotations(cls):
        given = vars(cls).get(name)
        if name.startswith("_") or isinstance(given, StrawberryField):
            continue
        text = plain_text(texts.get(name), f"{cls.__name__}.{name}")
        default: Any = given if name in vars(cls) else dataclasses.MISSING
        setattr(cls, name, strawberry.field(description=text, name=_outside(name), default=default))
    result: C = publish(cls, description=plain_text(vars(cls).get("__doc__"), cls.__name__), **options)
    return result


def _outside(name: str) -> str | None:
    """The GraphQL name where it is not the camelCase of the Python one: `from_` is `from`."""
    return name.rstrip("_") if name.endswith("_") else None


def derive(model: type, *, is_input: bool = False) -> StrawberryObjectDefinition:
    """Publish a class of another room as it is; the caller adds its fields, as models may contain themselves."""
    definition = StrawberryObjectDefinition(
        name=model.__name__,
        is_input=is_input,
        is_interface=False,
        origin=model,
        description=plain_text(vars(model).get("__doc__"), model.__name__),
        interfaces=[],
        extend=False,
        directives=(),
        is_type_of=None,
        resolve_type=None,
        fields=[],
    )
    type.__setattr__(model, "__strawberry_definition__", definition)
    return definition


def texts_below(cls: type) -> dict[str, str]:
    """Return the text that stands below each member of a class."""
    return _docstrings(sys.modules[cls.__module__].__file__ or "").get(cls.__qualname__, {})


def publish_enum(enum: E, outside: str | None = None) -> E:
    """Make an enum a GraphQL enum, once, under a name of its own where one is given; member names are the values."""
    if "__strawberry_definition__" in vars(enum):
        return enum
    texts = texts_below(enum)
    values = []
    for name, member in enum.__members__.items():
        words = texts.get(name) or WORDS.get(f"{enum.__name__}.{name}")
        values.append(EnumValue(name, member.value, description=plain_text(words, f"{enum.__name__}.{name}")))
    definition = StrawberryEnumDefinition(
        wrapped_cls=enum,
        name=outside or enum.__name__,
        values=values,
        description=plain_text(vars(enum).get("__doc__"), enum.__name__),
    )
    type.__setattr__(enum, "__strawberry_definition__", definition)
    return enum


@cache
def _docstrings(file: str) -> dict[str, dict[str, str]]:
    """By class and member, the text that stands below a member in a source file."""
    with open(file, encoding="utf-8") as source:
        tree = ast.parse(source.read())
    found: dict[str, dict[str, str]] = {}
    _collect(tree.body, "", found)
    return found


def _collect(body: list[ast.stmt], outer: str, found: dict[str, dict[str, str]]) -> None:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _collect(node.body, f"{outer}{node.name}.<locals>.", found)
        if not isinstance(node, ast.ClassDef):
            continue
        texts = found.setdefault(f"{outer}{node.name}", {})
        for member, below in zip(node.body, node.body[1:], strict=False):
            text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else None
            if isinstance(text, str):
                texts.update(dict.fromkeys(_names(member), text))
        _collect(node.body, f"{outer}{node.name}.", found)


def _names(member: ast.stmt) -> list[str]:
    if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
        return [member.target.id]
    targets = member.targets if isinstance(member, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
