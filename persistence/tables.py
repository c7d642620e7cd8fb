"""The tables. Ids are UUIDv7, times are UTC, what a lead's writer changes often is not indexed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
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


def _id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def _moment(name: str, *, required: bool = False, **more: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=not required, **more)


def _text(name: str, *, required: bool = False, **more: Any) -> Column[Any]:
    return Column(name, Text, nullable=not required, **more)


def _texts(name: str) -> Column[Any]:
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def _json(name: str, *, required: bool = True) -> Column[Any]:
    return Column(name, JSONB, nullable=not required)


def _json_list(name: str) -> Column[Any]:
    return Column(name, JSONB, nullable=False, server_default=text("'[]'"))


# Agreements and their versions ------------------------------------------------------------------------------------

agreement = Table(
    "agreement",
    metadata,
    _id(),
    _text("key", required=True, unique=True),
    _text("title", required=True),
    _moment("created_at", required=True),
)

version = Table(
    "version",
    metadata,
    _id(),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("number", Integer, nullable=False),
    _text("state", required=True),
    Column("revision", Integer, nullable=False),
    Column("format", Integer, nullable=False),
    _json("document"),
    _text("digest", required=True),
    _text("note"),
    Column("based_on", Uuid, ForeignKey("version.id")),
    _text("author", required=True),
    _text("author_party"),
    _moment("created_at", required=True),
    _moment("submitted_at"),
    _moment("effective_from"),
    _moment("activated_at"),
    _moment("superseded_at"),
    _text("closing_reason"),
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
    _texts("sections"),
    _text("person", required=True),
    _moment("at", required=True),
    PrimaryKeyConstraint("version_id", "revision"),
)

signature = Table(
    "signature",
    metadata,
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    _text("party", required=True),
    _text("person", required=True),
    Column("approved", Boolean, nullable=False),
    _text("comment"),
    _moment("at", required=True),
    PrimaryKeyConstraint("version_id", "party"),
    UniqueConstraint("version_id", "person"),
)

section_comment = Table(
    "section_comment",
    metadata,
    _id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    _text("section", required=True),
    _text("person", required=True),
    _text("party"),
    _text("body", required=True),
    _moment("at", required=True),
    Index("ix_section_comment_version_id", "version_id", "at", "id"),
)
"""What both sides say about a section while a version is a draft or in review."""

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
    _id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("after_lead", Uuid),
    Column("judged", Integer, nullable=False, server_default=text("0")),
    _moment("started_at", required=True),
    _moment("finished_at"),
    Index("ix_rejudgement_open", "started_at", postgresql_where=text("finished_at is null")),
)
"""The progress of judging the leads again after a version was activated."""

movement = Table(
    "movement",
    metadata,
    _id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("agreement_id", Uuid, nullable=False),
    Column("after_lead", Uuid),
    _moment("started_at", required=True),
    _moment("finished_at"),
    Column("stopped", Boolean, nullable=False, server_default=text("false")),
    *(
        Column(name, Integer, nullable=False, server_default=text("0"))
        for name in (
            *("handovers", "leads", "clocks_shorter", "clocks_longer", "clocks_unchanged"),
            *("due_at_once", "opened", "cancelled"),
        )
    ),
    Index("ix_movement_open", "started_at", postgresql_where=text("finished_at is null")),
    Index("ix_movement_version_id", "version_id"),
)
"""The progress of moving open work to a version that came into force."""

# Who works and who asks -------------------------------------------------------------------------------------------

team = Table(
    "team",
    metadata,
    _text("key", required=True, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    _text("title", required=True),
    _text("party", required=True),
    _text("lead_person"),
    _text("calendar"),
    _moment("changed_at", required=True),
)

team_member = Table(
    "team_member",
    metadata,
    _text("team", required=True),
    _text("person", required=True),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("weight", Integer, nullable=False, server_default=text("1")),
    Column("max_open", Integer),
    Column("max_per_month", Integer),
    _texts("skills"),
    Column("credit", Double, nullable=False, server_default=text("0")),
    Column("place", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("team", "person"),
    Index("ix_team_member_person", "person"),
)

absence = Table(
    "absence",
    metadata,
    _id(),
    _text("person", required=True),
    _moment("from_at", required=True),
    _moment("until_at", required=True),
    Index("ix_absence_person", "person", "until_at"),
)

api_key = Table(
    "api_key",
    metadata,
    _id(),
    _text("name", required=True),
    _text("role", required=True),
    _text("party"),
    _text("person"),
    _texts("teams"),
    _texts("scopes"),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    _moment("created_at", required=True),
    _moment("expires_at"),
    _moment("last_used_at"),
    _moment("revoked_at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_id", Uuid, nullable=False),
    _text("mutation", required=True),
    _text("key", required=True),
    Column("input_hash", LargeBinary, nullable=False),
    _json("answer", required=False),
    _moment("at", required=True),
    PrimaryKeyConstraint("key_id", "mutation", "key"),
)

# Leads and what is known of them ----------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    _id(),
    _text("key", required=True, unique=True),
    _text("name"),
    _text("owner"),
    _json("fields"),
    _moment("created_at", required=True),
    _moment("changed_at", required=True),
)

lead = Table(
    "lead",
    metadata,
    _id(),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("agreement_id", Uuid),
    _text("stage", required=True),
    _text("stage_kind", required=True),
    _moment("stage_since", required=True),
    _text("contact_owner", required=True),
    _texts("seen_by"),
    _json("fields"),
    _moment("created_at", required=True),
    _moment("changed_at", required=True),
    _moment("news_at"),
    _moment("returned_at"),
    _moment("cool_off_until"),
    _text("return_reason"),
    Column("rounds", Integer, nullable=False, server_default=text("0")),
    Column("historical", Boolean, nullable=False, server_default=text("false")),
    Column("decision_id", Uuid),
    _text("decision_digest"),
    _text("grade"),
    Column("priority", BigInteger, nullable=False, server_default=text("0")),
    _moment("valid_until"),
    _moment("stage_clock_from"),
    Column("stage_version_id", Uuid),
    Column("data_awaited", JSONB, nullable=False, server_default=text("'{}'")),
    _text("asked_by"),
    Column("behind", JSONB, nullable=False, server_default=text("'{}'")),
    _texts("signs"),
    Index("ix_lead_account_id", "account_id"),
    Index("ix_lead_valid_until", "valid_until", postgresql_where=text("valid_until is not null")),
    Index("ix_lead_changed_at", "changed_at", "id"),
    Index("ix_lead_priority", text("priority desc"), "id"),
    Index("ix_lead_seen_by", "seen_by", postgresql_using="gin"),
    postgresql_with={"fillfactor": "70", **BUSY},
)
"""`priority` orders leads for calling: interest within grade, as one number. `seen_by` names the teams that have or had
it, whose members may see it."""

lead_key = Table(
    "lead_key",
    metadata,
    _text("source", required=True),
    _text("external_id", required=True),
    Column("lead_id", Uuid, ForeignKey("lead.id"), nullable=False),
    PrimaryKeyConstraint("source", "external_id"),
    Index("ix_lead_key_lead_id", "lead_id"),
)

field_value = Table(
    "field_value",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    _text("field", required=True),
    _json("value", required=False),
    _moment("valid_from", required=True),
    _moment("recorded_at", required=True),
    _text("source", required=True),
    Index("ix_field_value_subject_id", "subject_id", "field", "valid_from"),
)
"""Every value a field of a lead or account ever had: since when it held and when it became known."""

field_conflict = Table(
    "field_conflict",
    metadata,
    _id(),
    Column("subject_id", Uuid, nullable=False),
    _text("field", required=True),
    _text("source", required=True),
    _text("owner", required=True),
    _json("written", required=False),
    _json("kept", required=False),
    _moment("at", required=True),
    _moment("since", required=True),
    Column("times", Integer, nullable=False),
    _moment("resolved_at"),
    UniqueConstraint("subject_id", "field", "source"),
)
"""What a source wrote into a field that another system owns: the latest of each, and the value that was kept."""

activity = Table(
    "activity",
    metadata,
    _id(),
    Column("lead_id", Uuid, nullable=False),
    _text("source", required=True),
    _text("key", required=True),
    _text("type", required=True),
    _moment("occurred_at", required=True),
    _moment("recorded_at", required=True),
    _text("party"),
    _text("person"),
    _text("channel"),
    _text("campaign"),
    _text("content"),
    _json("fields"),
    UniqueConstraint("source", "key"),
    Index("ix_activity_lead_id", "lead_id", "occurred_at"),
)

consent = Table(
    "consent",
    metadata,
    _id(),
    Column("lead_id", Uuid, nullable=False),
    _text("purpose", required=True),
    _text("channel", required=True),
    Column("granted", Boolean, nullable=False),
    _moment("at", required=True),
    _moment("recorded_at", required=True),
    _text("person", required=True),
    _text("evidence"),
    _moment("expires_at"),
    Index("ix_consent_lead_id", "lead_id", "at"),
)
"""All that leads ever said about being contacted; the newest by `at` counts."""

contact_owner_change = Table(
    "contact_owner_change",
    metadata,
    _id(),
    Column("lead_id", Uuid, nullable=False),
    _text("was", required=True),
    _text("party", required=True),
    _moment("at", required=True),
    Index("ix_contact_owner_change_lead_id", "lead_id", "at"),
)
"""Which party owned contact with a lead when; before the first change it was that one's `was`."""

stage_change = Table(
    "stage_change",
    metadata,
    _id(),
    Column("lead_id", Uuid, nullable=False),
    _text("from_stage"),
    _text("to_stage", required=True),
    _text("to_kind", required=True),
    _moment("at", required=True),
    _moment("recorded_at", required=True),
    _text("person"),
    _text("reason"),
    Column("value", Numeric),
    _text("currency"),
    Column("historical", Boolean, nullable=False, server_default=text("false")),
    Index("ix_stage_change_lead_id", "lead_id", "at"),
)

decision = Table(
    "decision",
    metadata,
    _id(),
    Column("lead_id", Uuid, nullable=False),
    Column("version_id", Uuid, nullable=False),
    _moment("at", required=True),
    _moment("valid_until"),
    _text("digest", required=True),
    _json("result"),
    _json("basis", required=False),
    Index("ix_decision_lead_id", "lead_id", "at", "id"),
)
"""`basis` is what of the facts has no history of its own, so that the decision can be judged again; none once they are
erased."""

# Handovers, obligations, breaches ---------------------------------------------------------------------------------

handover = Table(
    "handover",
    metadata,
    _id(),
    Column("lead_id", Uuid, nullable=False),
    Column("agreement_id", Uuid, nullable=False),
    Column("version_id", Uuid, nullable=False),
    Column("decision_id", Uuid, nullable=False),
    _text("state", required=True),
    Column("round", Integer, nullable=False),
    _text("trigger", required=True),
    Column("priority", Integer, nullable=False),
    Column("hand_raiser", Boolean, nullable=False),
    _text("grade", required=True),
    _text("team"),
    _text("assignee"),
    _texts("visible_to"),
    _moment("offered_at", required=True),
    _moment("assigned_at"),
    _moment("answer_due_at"),
    _moment("answered_at"),
    _moment("accepted_at"),
    _moment("contacted_at"),
    _moment("closed_at"),
    _text("return_reason"),
    _text("comment"),
    Column("escalation_level", Integer, nullable=False, server_default=text("0")),
    Column("turns", Integer, nullable=False, server_default=text("0")),
    _text("outcome"),
    _moment("return_answered_at"),
    _text("return_answer"),
    Column("pauses", JSONB, nullable=False, server_default=text("'[]'")),
    Column("route", Integer),
    _texts("skills"),
    _text("queue_reason"),
    _json_list("queued_at_teams"),
    _moment("qualified_at", required=True),
    _moment("first_assigned_at"),
    _texts("data_awaited"),
    Index("uq_handover_open", "lead_id", unique=True, postgresql_where=text("closed_at is null")),
    Index("ix_handover_lead_id", "lead_id", "offered_at"),
    Index("ix_handover_offered_at", "offered_at", "id"),
    Index("ix_handover_visible_to", "visible_to", postgresql_using="gin"),
    Index("ix_handover_assignee_open", "assignee", postgresql_where=text("closed_at is null")),
    Index("ix_handover_queue", "offered_at", postgresql_where=text("closed_at is null and assignee is null")),
    postgresql_with={"fillfactor": "80", **BUSY},
)
"""`visible_to` names the teams that see it: the team it is with, or while it is queued those that may take it."""

assignment = Table(
    "assignment",
    metadata,
    _id(),
    Column("handover_id", Uuid, nullable=False),
    Column("lead_id", Uuid, nullable=False),
    _text("team", required=True),
    _text("assignee"),
    _moment("at", required=True),
    _moment("until"),
    _text("because", required=True),
    _json_list("passed_over"),
    _text("owner_passed_over"),
    Index("ix_assignment_handover_id", "handover_id", "at"),
    Index("ix_assignment_lead_id", "lead_id", "team"),
    Index("ix_assignment_assignee", "assignee", "at"),
)

obligation = Table(
    "obligation",
    metadata,
    Column("id", Uuid, nullable=False),
    _text("state", required=True),
    _text("kind", required=True),
    _text("party", required=True),
    _text("team"),
    _text("assignee"),
    _text("subject_type", required=True),
    Column("subject_id", Uuid, nullable=False),
    Column("lead_id", Uuid),
    Column("agreement_id", Uuid, nullable=False),
    Column("version_id", Uuid, nullable=False),
    _text("calendar", required=True),
    _text("clock", required=True),
    _text("severity", required=True),
    _moment("opened_at", required=True),
    _moment("warn_at"),
    _moment("due_at"),
    _moment("met_at"),
    _moment("closed_at"),
    _text("closing_reason"),
    _json("agenda"),
    Column("step", Integer, nullable=False, server_default=text("0")),
    _moment("next_at"),
    _text("occasion", required=True, server_default=text("''")),
    _moment("breached_at"),
    _moment("paused_until"),
    _text("closed_by"),
    _text("evidence"),
    PrimaryKeyConstraint("state", "id"),
    Index("ix_obligation_next_at", "next_at", "lead_id", postgresql_where=text("next_at is not null")),
    Index("ix_obligation_id", "id"),
    Index("ix_obligation_lead_id", "lead_id"),
    Index("ix_obligation_subject_id", "subject_id"),
    Index(
        "ix_obligation_agreement_next_at",
        "next_at",
        "agreement_id",
        postgresql_where=text("lead_id is null and next_at is not null"),
    ),
    Index("ix_obligation_agreement_id", "agreement_id", postgresql_where=text("lead_id is null")),
    Index("ix_obligation_due", text("coalesce(due_at, 'infinity')"), "id"),
    postgresql_partition_by="LIST (state)",
)
"""Partitioned: `obligation_open` holds what is OPEN or BREACHED, `obligation_closed` the rest, so that the clock's
table stays small. `agenda` is the list of what the clock must do and when; `step` the next of it,
`next_at` its time. `breached_at` stays when a missed one is met, waived or cancelled: with `state` it says what became
of every promise."""

deed = Table(
    "deed",
    metadata,
    _id(),
    Column("subject_id", Uuid, nullable=False),
    _text("kind", required=True),
    _text("occasion", required=True),
    _moment("at", required=True),
    _moment("recorded_at", required=True),
    Index("ix_deed_subject_id", "subject_id", "kind", "at"),
)
"""What was done that counts for a kind of obligation about a subject: facts from which follows what is still owed."""

OBLIGATION_PARTITIONS = {
    "obligation_open": ("OPEN", "BREACHED"),
    "obligation_closed": ("MET", "MET_LATE", "WAIVED", "CANCELLED"),
}

breach = Table(
    "breach",
    metadata,
    _id(),
    _text("state", required=True),
    _text("severity", required=True),
    _text("kind", required=True),
    _text("party", required=True),
    _text("team"),
    _text("assignee"),
    _texts("visible_to"),
    Column("obligation_id", Uuid),
    _text("subject_type", required=True),
    Column("subject_id", Uuid, nullable=False),
    Column("lead_id", Uuid),
    Column("agreement_id", Uuid),
    _moment("due_at"),
    _moment("opened_at", required=True),
    _moment("detected_at", required=True),
    _text("acknowledged_by"),
    _moment("acknowledged_at"),
    _text("explanation"),
    _moment("resolved_at"),
    Column("met_in_time", Boolean, nullable=False, server_default=text("false")),
    _texts("reasons"),
    Index("ix_breach_opened_at", "opened_at", "id"),
    Index("ix_breach_obligation_id", "obligation_id"),
    Index("ix_breach_subject_id", "subject_id"),
    Index("ix_breach_unresolved", "kind", "opened_at", postgresql_where=text("resolved_at is null")),
)
"""`met_in_time` marks a breach whose obligation turned out to be kept when the late report of it came in."""

notice = Table(
    "notice",
    metadata,
    _id(),
    _text("recipient", required=True),
    Column("agreement_id", Uuid, nullable=False),
    Column("lead_id", Uuid),
    Column("obligation_id", Uuid, nullable=False),
    _texts("visible_to"),
    _moment("at", required=True),
    _moment("send_at", required=True),
    _json("about"),
    Index("ix_notice_send_at", "send_at"),
    Index("ix_notice_recipient", "recipient", "agreement_id"),
)
"""Warnings and escalation steps that wait to be told to a recipient together; once told they are an event."""

# The event log ----------------------------------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("id", Uuid, nullable=False),
    _text("type", required=True),
    _moment("at", required=True),
    _moment("recorded_at", required=True),
    _text("subject_type", required=True),
    Column("subject_id", Uuid, nullable=False),
    Column("lead_id", Uuid),
    _texts("visible_to"),
    _text("person"),
    Column("historical", Boolean, nullable=False, server_default=text("false")),
    _json("payload"),
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
    Index("ix_event_position_seq", "seq"),
)
"""The order in which events became visible; the position is the public cursor."""

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
    _text("name", required=True),
    Column("position", BigInteger, nullable=False),
    _moment("acknowledged_at", required=True),
    PrimaryKeyConstraint("key_id", "name"),
)

# Before signing ---------------------------------------------------------------------------------------------------

simulation = Table(
    "simulation",
    metadata,
    _id(),
    Column("version_id", Uuid, ForeignKey("version.id"), nullable=False),
    Column("against_id", Uuid, ForeignKey("version.id"), nullable=False),
    _moment("start_at", required=True),
    _moment("end_at", required=True),
    Column("acceptance_rate", Numeric),
    _text("state", required=True),
    Column("progress", Numeric, nullable=False, server_default=text("0")),
    _text("person", required=True),
    _moment("created_at", required=True),
    _moment("alive_at", required=True),
    _moment("finished_at"),
    _text("fault"),
    _json("result", required=False),
)
"""`alive_at` is when whoever runs it last told how far it is; one that is silent for long has died."""

simulation_difference = Table(
    "simulation_difference",
    metadata,
    Column("simulation_id", Uuid, ForeignKey("simulation.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    _text("kind", required=True),
    Column("lead_id", Uuid, nullable=False),
    _moment("at", required=True),
    _json("detail"),
    PrimaryKeyConstraint("simulation_id", "number"),
    Index("ix_simulation_difference_kind", "simulation_id", "kind", "number"),
)
