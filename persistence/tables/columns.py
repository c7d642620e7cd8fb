"""The parts of tables: the names of constraints, kinds of columns, storage parameters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BUSY = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "5000",
    "autovacuum_vacuum_cost_delay": "0",
}
"""Storage parameters of tables whose rows change all the time: vacuum early and at full speed."""


def own_id() -> Column[Any]:
    """The id of a row."""
    return Column("id", Uuid, primary_key=True)


def moment(name: str, *, required: bool = False, **more: Any) -> Column[Any]:
    """A point in time."""
    return Column(name, DateTime(timezone=True), nullable=not required, **more)


def words(name: str, *, required: bool = False, **more: Any) -> Column[Any]:
    """A text."""
    return Column(name, Text, nullable=not required, **more)


def word_list(name: str) -> Column[Any]:
    """A list of texts, empty unless told."""
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def document(name: str, *, required: bool = True) -> Column[Any]:
    """A JSON document."""
    return Column(name, JSONB, nullable=not required)


def document_list(name: str) -> Column[Any]:
    """A list of JSON values, empty unless told."""
    return Column(name, JSONB, nullable=False, server_default=text("'[]'"))
