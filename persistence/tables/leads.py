"""Leads and what is known of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from persistence.tables.columns import BUSY, document, metadata, moment, own_id, word_list, words

account = Table(
    "account",
    metadata,
    own_id(),
    words("key", required=True, unique=True),
    words("name"),
    words("owner"),
    document("fields"),
    moment("created_at", required=True),
    moment("changed_at", required=True),
)

lead = Table(
    "lead",
    metadata,
    own_id(),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("agreement_id", Uuid),
    words("stage", required=True),
    words("stage_kind", required=True),
    moment("stage_since", required=True),
    words("contact_owner", required=True),
    word_list("seen_by"),
    document("fields"),
    moment("created_at", required=True),
    moment("changed_at", required=True),
    moment("news_at"),
    moment("returned_at"),
    moment("cool_off_until"),
    words("return_reason"),
    Column("rounds", Integer, nullable=False, server_default=text("0")),
    Column("historical", Boolean, nullable=False, server_default=text("false")),
    Column("decision_id", Uuid),
    words("decision_digest"),
    words("grade"),
    Column("priority", BigInteger, nullable=False, server_default=text("0")),
    moment("next_crossing"),
    moment("stage_clock_from"),
    Column("stage_version_id", Uuid),
    Column("data_awaited", JSONB, nullable=False, server_default=text("'{}'")),
    words("asked_by"),
    Column("behind", JSONB, nullable=False, server_default=text("'{}'")),
    word_list("signs"),
    Column("judged_epoch", BigInteger),
    moment("judged_account_at"),
    words("decision_meaning"),
    Index("ix_lead_account_id", "account_id"),
    Index("ix_lead_next_crossing", "next_crossing", postgresql_where=text("next_crossing is not null")),
    Index("ix_lead_stage", "stage", "id"),
    Index("ix_lead_changed_at", "changed_at", "id"),
    Index("ix_lead_priority", "priority", "id"),
    Index("ix_lead_stage_priority", "stage", "priority", "id"),
    Index("ix_lead_grade_priority", "grade", "priority", "id"),
    Index("ix_lead_seen_by", "seen_by", postgresql_using="gin"),
    postgresql_with={"fillfactor": "70", **BUSY},
)
"""`priority` orders leads for calling: interest within grade, as one number. `seen_by` names the teams whose members
may see it: those that have or had it, and while its handover is queued those of the route."""

priority_pass = Table(
    "priority_pass",
    metadata,
    Column("day", Date, primary_key=True),
    Column("after_lead", Uuid),
    moment("finished_at"),
)
"""The progress of bringing the order of calling up to date; leads are taken in id order."""

lead_key = Table(
    "lead_key",
    metadata,
    words("source", required=True),
    words("external_id", required=True),
    Column("lead_id", Uuid, ForeignKey("lead.id"), nullable=False),
    PrimaryKeyConstraint("source", "external_id"),
    Index("ix_lead_key_lead_id", "lead_id"),
)

field_value = Table(
    "field_value",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    words("field", required=True),
    document("value", required=False),
    moment("valid_from", required=True),
    moment("recorded_at", required=True),
    words("source", required=True),
    Index("ix_field_value_subject_id", "subject_id", "field", "valid_from"),
)
"""Every value a field of a lead or account ever had: since when it held and when it became known."""

told_again = Table(
    "told_again",
    metadata,
    Column("subject_id", Uuid, nullable=False),
    words("source", required=True),
    document("fields"),
    PrimaryKeyConstraint("subject_id", "source"),
    postgresql_with={"fillfactor": "70"},
)
"""When a source last told again what was known, by field: the instant in microseconds since 1970.

It becomes a value of the history as soon as an older word comes that it is to win against.
"""

field_conflict = Table(
    "field_conflict",
    metadata,
    own_id(),
    Column("subject_id", Uuid, nullable=False),
    words("field", required=True),
    words("source", required=True),
    words("owner", required=True),
    document("written", required=False),
    document("kept", required=False),
    moment("at", required=True),
    moment("since", required=True),
    Column("times", Integer, nullable=False),
    moment("resolved_at"),
    UniqueConstraint("subject_id", "field", "source"),
)
"""The values that a source wrote into a field that another system owns: the latest of each, and the value that was
kept."""

LAST_VALUE = text("coalesce(pg_sequence_last_value('field_value_seq_seq'::regclass), 0)")
"""The last number that the history of values gave away, or 0."""

activity = Table(
    "activity",
    metadata,
    own_id(),
    Column("lead_id", Uuid, nullable=False),
    words("source", required=True),
    words("key", required=True),
    words("type", required=True),
    moment("occurred_at", required=True),
    moment("recorded_at", required=True),
    words("party"),
    words("person"),
    words("channel"),
    words("campaign"),
    words("content"),
    document("fields"),
    words("channel_told"),
    Column("party_found", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("source", "key"),
    Index("ix_activity_lead_id", "lead_id", "occurred_at"),
)

consent = Table(
    "consent",
    metadata,
    own_id(),
    Column("lead_id", Uuid, nullable=False),
    words("purpose", required=True),
    words("channel", required=True),
    Column("granted", Boolean, nullable=False),
    moment("at", required=True),
    moment("recorded_at", required=True),
    words("person", required=True),
    words("evidence"),
    moment("expires_at"),
    Index("ix_consent_lead_id", "lead_id", "at"),
)
"""All that leads ever said about being contacted; the newest by `at` counts."""

contact_owner_change = Table(
    "contact_owner_change",
    metadata,
    own_id(),
    Column("lead_id", Uuid, nullable=False),
    words("was", required=True),
    words("party", required=True),
    moment("at", required=True),
    Index("ix_contact_owner_change_lead_id", "lead_id", "at"),
)
"""Which party owned contact with a lead when; before the first change it was that one's `was`."""

stage_change = Table(
    "stage_change",
    metadata,
    own_id(),
    Column("lead_id", Uuid, nullable=False),
    words("from_stage"),
    words("to_stage", required=True),
    words("to_kind", required=True),
    moment("at", required=True),
    moment("recorded_at", required=True),
    words("person"),
    words("reason"),
    Column("value", Numeric),
    words("currency"),
    Column("historical", Boolean, nullable=False, server_default=text("false")),
    Index("ix_stage_change_lead_id", "lead_id", "at"),
)

decision = Table(
    "decision",
    metadata,
    own_id(),
    Column("lead_id", Uuid, nullable=False),
    Column("version_id", Uuid, nullable=False),
    moment("at", required=True),
    moment("valid_until"),
    words("digest", required=True),
    document("result"),
    document("basis", required=False),
    Column("values_to", BigInteger, server_default=LAST_VALUE),
    Index("ix_decision_lead_id", "lead_id", "at", "id"),
)
"""`basis` is what of the facts has no history of its own, so that the decision can be judged again; none once they are
erased. `values_to` is the last number of the history of values when it was written: what comes to the same instant
later was not known; none of earlier days."""
decision.add_is_dependent_on(field_value)
