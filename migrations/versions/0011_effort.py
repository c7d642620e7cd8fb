"""Effort: when sales first tried to reach a lead and had tried often enough; when a handover opened again or lay
unattended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep them; the first contact was an attempt."""
    op.add_column("handover", sa.Column("first_attempt_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("attempted_enough_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("reopened_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("reopenings", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("handover", sa.Column("unattended_since", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("takeover_by", sa.Text()))
    op.add_column("handover", sa.Column("taken_over_at", sa.DateTime(timezone=True)))
    unattended = sa.text("closed_at is null and unattended_since is not null and taken_over_at is null")
    op.create_index("ix_handover_unattended", "handover", ["offered_at", "id"], postgresql_where=unattended)
    op.execute("update handover set first_attempt_at = contacted_at where contacted_at is not null")


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_handover_unattended", "handover")
    for name in ("taken_over_at", "takeover_by", "unattended_since"):
        op.drop_column("handover", name)
    op.drop_column("handover", "reopenings")
    op.drop_column("handover", "reopened_at")
    op.drop_column("handover", "attempted_enough_at")
    op.drop_column("handover", "first_attempt_at")
