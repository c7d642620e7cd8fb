"""The event log."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, PrimaryKeyConstraint, Table, Uuid, text

from persistence.tables.columns import BUSY, document, metadata, moment, word_list, words

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("id", Uuid, nullable=False),
    words("type", required=True),
    moment("at", required=True),
    moment("recorded_at", required=True),
    words("subject_type", required=True),
    Column("subject_id", Uuid, nullable=False),
    Column("lead_id", Uuid),
    word_list("visible_to"),
    words("person"),
    Column("historical", Boolean, nullable=False, server_default=text("false")),
    document("payload"),
    Index("ix_event_id", "id"),
    Index("ix_event_lead_id", "lead_id", "seq", postgresql_where=text("lead_id is not null")),
)

event_pending = Table("event_pending", metadata, Column("seq", BigInteger, primary_key=True), postgresql_with=BUSY)
"""Events that have no position yet."""

event_position = Table(
    "event_position",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    words("type"),
    Index("ix_event_position_seq", "seq"),
    Index("ix_event_position_type", "type", "position", postgresql_where=text("type is not null")),
)
"""The order in which events became visible; the position is the public cursor. What is told in no list has no type."""

event_audience = Table(
    "event_audience",
    metadata,
    words("audience", required=True),
    words("type", required=True),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("audience", "type", "position"),
)
"""Where in the order stand the events that a team may read, or that everybody may."""

event_head = Table(
    "event_head",
    metadata,
    Column("only", Boolean, primary_key=True, server_default=text("true")),
    Column("position", BigInteger, nullable=False),
)

consumer = Table(
    "consumer",
    metadata,
    Column("key_id", Uuid, nullable=False),
    words("name", required=True),
    Column("position", BigInteger, nullable=False),
    moment("acknowledged_at", required=True),
    PrimaryKeyConstraint("key_id", "name"),
)
