"""Effort: when sales first tried to reach a lead, and when it had tried as often as the document asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep both; the first contact was an attempt."""
    op.add_column("handover", sa.Column("first_attempt_at", sa.DateTime(timezone=True)))
    op.add_column("handover", sa.Column("attempted_enough_at", sa.DateTime(timezone=True)))
    op.execute("update handover set first_attempt_at = contacted_at where contacted_at is not null")


def downgrade() -> None:
    """Forget both."""
    op.drop_column("handover", "attempted_enough_at")
    op.drop_column("handover", "first_attempt_at")
