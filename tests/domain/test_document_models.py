"""The models of the document keep the house rules, so that every form derived from them is right."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest

import domain.document as package
from domain.document.base import Part
from domain.document.document import SlaDocument
from domain.document.shapes import Kind, Shape, properties


def parts(base: type[Part] = Part) -> Iterator[type[Part]]:
    """Every model of the document."""
    for model in base.__subclasses__():
        if model.__module__.startswith("domain.document."):
            yield from (model, *parts(model))


PARTS = sorted(set(parts()), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_every_model_and_property_is_described(model: type[Part]) -> None:
    """Schema and API show these descriptions."""
    if model.__name__.startswith("Section_"):
        return
    assert model.__dict__.get("__doc__")
    assert [name for name, info in model.model_fields.items() if not info.description] == []


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_no_property_has_a_bare_type(model: type[Part]) -> None:
    """Dates, decimals and enums have readings of their own; nothing is a dict or anything."""
    for name, info in model.model_fields.items():
        for bare in _bare(info.annotation, bool(info.metadata)):
            pytest.fail(f"{model.__name__}.{name} is a bare {bare}")


def _bare(annotation: Any, read: bool) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _bare(get_args(annotation)[0], read=True)
    elif get_args(annotation):
        for argument in get_args(annotation):
            yield from _bare(argument, read=read and argument is not type(None))
    elif annotation in (date, datetime, time, timedelta, Decimal, dict, Any):
        if not read:
            yield annotation
    elif inspect.isclass(annotation) and issubclass(annotation, Enum) and not read:
        yield annotation


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_what_may_be_absent_has_a_default(model: type[Part]) -> None:
    """Clients may leave out whatever may be null."""
    for name, info in model.model_fields.items():
        if type(None) in get_args(info.annotation):
            assert not info.is_required(), f"{model.__name__}.{name}"


def test_names_are_unique_and_free() -> None:
    """One name, one model; none looks like an input of the API."""
    names = [model.__name__ for model in PARTS]
    assert len(set(names)) == len(names)
    assert not [name for name in names if name.endswith("Input")]


def test_every_choice_is_described() -> None:
    """Each member of an enum has a docstring below it."""
    for path in Path(inspect.getfile(package)).parent.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and any(getattr(b, "id", "") == "StrEnum" for b in node.bases):
                told = [
                    isinstance(below, ast.Expr)
                    for above, below in zip(node.body[1:], [*node.body[2:], None], strict=True)
                    if isinstance(above, ast.Assign)
                ]
                assert all(told), f"{path.name}: {node.name}"


def test_shapes_are_known_for_the_whole_tree() -> None:
    """Every keyed list, label and condition is seen as what it is."""
    shapes = properties(SlaDocument)
    assert shapes["title"].kind is Kind.LABEL
    assert shapes["scope"].kind is Kind.CONDITION
    assert shapes["calendars"].kind is Kind.KEYED
    assert shapes["priority"] == Shape(Kind.VALUE)
    handover = shapes["handover"].model
    assert handover is not None
    assert properties(handover)["routing"].kind is Kind.LIST
