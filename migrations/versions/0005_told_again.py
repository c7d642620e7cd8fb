"""The memory of values told again; decisions know up to which value they were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column; decisions of earlier days have none."""
    op.create_table(
        "told_again",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "source", name=op.f("pk_told_again")),
        postgresql_with={"fillfactor": "70"},
    )
    op.add_column("decision", sa.Column("values_to", sa.BigInteger(), nullable=True))
    op.execute(
        "alter table decision alter column values_to"
        " set default coalesce(pg_sequence_last_value('field_value_seq_seq'::regclass), 0)"
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_column("decision", "values_to")
    op.drop_table("told_again")
