"""Effort: when sales first tried to reach a lead and had tried often enough; and when a handover opened again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep them; the first contact was an attempt."""
    op.add_column("handover", sa.Column("first_attempt_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("attempted_enough_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("reopened_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("reopenings", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute("update handover set first_attempt_at = contacted_at where contacted_at is not null")


def downgrade() -> None:
    """Forget them."""
    op.drop_column("handover", "reopenings")
    op.drop_column("handover", "reopened_at")
    op.drop_column("handover", "attempted_enough_at")
    op.drop_column("handover", "first_attempt_at")
