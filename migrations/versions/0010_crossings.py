"""Leads are judged by the clock when more than points may change; the order of calling is renewed once a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the moment for what it is: the end of a decision as it was kept is never later than its next crossing."""
    op.alter_column("lead", "valid_until", new_column_name="next_crossing")
    op.execute("alter index ix_lead_valid_until rename to ix_lead_next_crossing")
    op.add_column("lead", sa.Column("decision_meaning", sa.Text(), nullable=True))
    op.create_table(
        "priority_pass",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("after_lead", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("day"),
    )


def downgrade() -> None:
    """Name it as before: leads are judged at the next crossing, and from then on when points fade."""
    op.drop_table("priority_pass")
    op.drop_column("lead", "decision_meaning")
    op.execute("alter index ix_lead_next_crossing rename to ix_lead_valid_until")
    op.alter_column("lead", "next_crossing", new_column_name="valid_until")
