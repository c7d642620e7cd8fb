"""Agreements and their versions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from persistence.tables.columns import document, metadata, moment, own_id, word_list, words

agreement = Table(
    "agreement",
    metadata,
    own_id(),
    words("key", required=True, unique=True),
    words("title", required=True),
    moment("created_at", required=True),
)

version = Table(
    "version",
    metadata,
    own_id(),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("number", Integer, nullable=False),
    words("state", required=True),
    Column("revision", Integer, nullable=False),
    Column("format", Integer, nullable=False),
    document("document"),
    words("digest", required=True),
    words("note"),
    Column("based_on", Uuid, ForeignKey("version.id")),
    words("author", required=True),
    words("author_party"),
    moment("created_at", required=True),
    moment("submitted_at"),
    moment("effective_from"),
    moment("activated_at"),
    moment("superseded_at"),
    words("closing_reason"),
    Column("expects_active", Uuid),
    Column("moves_open_work", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("agreement_id", "number"),
    Index("uq_version_active", "agreement_id", unique=True, postgresql_where=text("state = 'ACTIVE'")),
    Index("ix_version_scheduled", "effective_from", postgresql_where=text("state = 'APPROVED'")),
)
"""`expects_active` names the version that was active when a later activation was agreed; NULL UUID means none."""

version_change = Table(
    "version_change",
    metadata,
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    word_list("sections"),
    words("person", required=True),
    moment("at", required=True),
    PrimaryKeyConstraint("version_id", "revision"),
)

signature = Table(
    "signature",
    metadata,
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    words("party", required=True),
    words("person", required=True),
    Column("approved", Boolean, nullable=False),
    words("comment"),
    moment("at", required=True),
    PrimaryKeyConstraint("version_id", "party"),
    UniqueConstraint("version_id", "person"),
)

section_comment = Table(
    "section_comment",
    metadata,
    own_id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    words("section", required=True),
    words("person", required=True),
    words("party"),
    words("body", required=True),
    moment("at", required=True),
    Index("ix_section_comment_version_id", "version_id", "at", "id"),
)
"""The talk of both sides about a section while a version is a draft or in review."""

activation = Table(
    "activation",
    metadata,
    Column("only", Boolean, primary_key=True, server_default=text("true")),
    Column("epoch", BigInteger, nullable=False),
)
"""One row: a number that rises with every change of what is active, so that processes know when to read it again."""

rejudgement = Table(
    "rejudgement",
    metadata,
    own_id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("after_lead", Uuid),
    Column("judged", Integer, nullable=False, server_default=text("0")),
    moment("started_at", required=True),
    moment("finished_at"),
    Index("ix_rejudgement_open", "started_at", postgresql_where=text("finished_at is null")),
)
"""The progress of judging the leads again after a version was activated."""

movement = Table(
    "movement",
    metadata,
    own_id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("agreement_id", Uuid, nullable=False),
    Column("after_lead", Uuid),
    moment("started_at", required=True),
    moment("finished_at"),
    Column("stopped", Boolean, nullable=False, server_default=text("false")),
    document("counts"),
    Index("ix_movement_open", "started_at", postgresql_where=text("finished_at is null")),
    Index("ix_movement_version_id", "version_id"),
)
"""The progress of moving open work to a version that came into force."""
