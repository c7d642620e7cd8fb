"""Activities remember whether their party was told or found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what is there already the party was told, or nobody knew it."""
    op.add_column("activity", sa.Column("party_found", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("activity", "party_found")
