"""Who works, and who asks."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Uuid, text

from persistence.tables.columns import document, metadata, moment, own_id, word_list, words

team = Table(
    "team",
    metadata,
    words("key", required=True, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    words("title", required=True),
    words("party", required=True),
    words("lead_person"),
    words("calendar"),
    moment("changed_at", required=True),
)

team_member = Table(
    "team_member",
    metadata,
    words("team", required=True),
    words("person", required=True),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("weight", Integer, nullable=False, server_default=text("1")),
    Column("max_open", Integer),
    Column("max_per_month", Integer),
    word_list("skills"),
    Column("credit", Double, nullable=False, server_default=text("0")),
    Column("place", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("team", "person"),
    Index("ix_team_member_person", "person"),
)

absence = Table(
    "absence",
    metadata,
    own_id(),
    words("person", required=True),
    moment("from_at", required=True),
    moment("until_at", required=True),
    Index("ix_absence_person", "person", "until_at"),
)

api_key = Table(
    "api_key",
    metadata,
    own_id(),
    words("name", required=True),
    words("role", required=True),
    words("party"),
    words("person"),
    word_list("teams"),
    word_list("scopes"),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    moment("created_at", required=True),
    moment("expires_at"),
    moment("last_used_at"),
    moment("revoked_at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_id", Uuid, nullable=False),
    words("mutation", required=True),
    words("key", required=True),
    Column("input_hash", LargeBinary, nullable=False),
    document("answer", required=False),
    moment("at", required=True),
    PrimaryKeyConstraint("key_id", "mutation", "key"),
)
