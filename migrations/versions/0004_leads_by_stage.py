"""Leads are counted by their stage, when a version takes it away.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of the leads of an agreement by stage."""
    op.create_index("ix_lead_stage", "lead", ["agreement_id", "stage", "id"])


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_lead_stage", table_name="lead")
