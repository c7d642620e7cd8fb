"""The trial before signing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Numeric, PrimaryKeyConstraint, Table, Uuid, text

from persistence.tables.columns import document, metadata, moment, own_id, words

simulation = Table(
    "simulation",
    metadata,
    own_id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("against_id", Uuid, ForeignKey("version.id"), nullable=False),
    moment("start_at", required=True),
    moment("end_at", required=True),
    Column("acceptance_rate", Numeric),
    words("state", required=True),
    Column("progress", Numeric, nullable=False, server_default=text("0")),
    words("person", required=True),
    moment("created_at", required=True),
    moment("alive_at", required=True),
    moment("finished_at"),
    words("fault"),
    document("result", required=False),
)
"""`alive_at` is when whoever runs it last told how far it is; one that is silent for long has died."""

simulation_difference = Table(
    "simulation_difference",
    metadata,
    Column("simulation_id", Uuid, ForeignKey("simulation.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    words("kind", required=True),
    Column("lead_id", Uuid, nullable=False),
    moment("at", required=True),
    document("detail"),
    PrimaryKeyConstraint("simulation_id", "number"),
    Index("ix_simulation_difference_kind", "simulation_id", "kind", "number"),
)
