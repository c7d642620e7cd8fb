"""Nodes: what can be read again by its global id, and what events, obligations and breaches are about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from api.graphql.parts.context import Context
from api.graphql.parts.global_ids import Node, NodeReader
from domain.people import rights

Loader = Callable[[Context, list[UUID]], Awaitable[Sequence[Any]]]
L = TypeVar("L", bound=Loader)

_LOADERS: dict[str, Loader] = {}


def loads(type_name: str) -> Callable[[L], L]:
    """Register how the nodes of a type are read by their ids, as far as the asker sees them.

    Types that show each other ask for one another here by name, so that their modules need not import each other.
    """

    def register(loader: L) -> L:
        _LOADERS[type_name] = loader
        return loader

    return register


def loaders() -> dict[str, Loader]:
    """Return the loaders by the name of their type."""
    return dict(_LOADERS)


def readers() -> dict[str, NodeReader]:
    """Return by type how one node is read by its id."""
    return {name: _reader(name, loader) for name, loader in _LOADERS.items()}


def _reader(name: str, loader: Loader) -> NodeReader:
    async def read(context: Context, key: UUID) -> Any:
        rights.need(context.principal, f"Node.{name}")
        return await context.load(loader, key)

    return read


async def node(context: Context, type_name: str, key: UUID) -> Any:
    """Return a node of a type by its id; None where the asker does not see it."""
    return await context.load(_LOADERS[type_name], key)


async def subject(context: Context, type_name: str, key: UUID) -> Node | None:
    """Return what something is about, if the asker sees it."""
    if type_name not in _LOADERS or not rights.may(context.principal, f"Node.{type_name}"):
        return None
    found: Node | None = await node(context, type_name, key)
    return found
