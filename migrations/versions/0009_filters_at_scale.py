"""Filters of lists have indexes in the order of the list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_DUE = sa.text("coalesce(due_at, 'infinity')")
_PERSON = sa.text("lower(normalize(assignee))")
_INDEXES: dict[str, tuple[str, list[str | sa.TextClause]]] = {
    "ix_lead_stage_priority": ("lead", ["stage", "priority", "id"]),
    "ix_lead_grade_priority": ("lead", ["grade", "priority", "id"]),
    "ix_handover_state": ("handover", ["state", "offered_at", "id"]),
    "ix_handover_assignee": ("handover", [_PERSON, "offered_at", "id"]),
    "ix_obligation_state": ("obligation", ["state", _DUE, "id"]),
    "ix_obligation_party": ("obligation", ["party", _DUE, "id"]),
    "ix_obligation_assignee": ("obligation", [_PERSON, _DUE, "id"]),
    "ix_breach_state": ("breach", ["state", "opened_at", "id"]),
    "ix_breach_party": ("breach", ["party", "opened_at", "id"]),
}


def upgrade() -> None:
    """Make them; leads by stage are in the order of the list, whatever their agreement."""
    op.drop_index("ix_lead_stage", "lead")
    op.create_index("ix_lead_stage", "lead", ["stage", "id"])
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_lead_stage", "lead")
    op.create_index("ix_lead_stage", "lead", ["agreement_id", "stage", "id"])
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
