"""An activity keeps the sender's word for its channel, where that is not the channel's key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the activities there are keep their channel as it was told."""
    op.add_column("activity", sa.Column("channel_told", sa.Text(), nullable=True))


def downgrade() -> None:
    """Leave the words out."""
    op.drop_column("activity", "channel_told")
