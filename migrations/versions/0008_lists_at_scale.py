"""Lists read what they answer: events by type and audience, leads in the order of calling."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = """
update event set visible_to = array['*'] where type like 'version.%' or type like 'team.%'
  or (lead_id is null and (type like 'obligation.%' or type like 'breach.%'))
"""
_TYPES = "update event_position p set type = e.type from event e where e.seq = p.seq and not e.historical"
_AUDIENCE = """
insert into event_audience (audience, type, position)
select distinct a.audience, p.type, p.position from event_position p join event e using (seq)
cross join lateral unnest(e.visible_to) a(audience) where p.type is not null
"""


def upgrade() -> None:
    """Say of each position what stands there, and for whom."""
    op.execute(_OPEN)
    op.add_column("event_position", sa.Column("type", sa.Text()))
    op.execute(_TYPES)
    op.create_table(
        "event_audience",
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
    )
    op.execute(_AUDIENCE)
    op.create_primary_key(op.f("pk_event_audience"), "event_audience", ["audience", "type", "position"])
    told = sa.text("type is not null")
    op.create_index("ix_event_position_type", "event_position", ["type", "position"], postgresql_where=told)
    op.drop_index("ix_lead_priority", "lead")
    op.create_index("ix_lead_priority", "lead", ["priority", "id"])


def downgrade() -> None:
    """Forget it; events that everybody may read are told by their type again."""
    op.drop_index("ix_lead_priority", "lead")
    op.create_index("ix_lead_priority", "lead", [sa.text("priority desc"), "id"])
    op.drop_index("ix_event_position_type", "event_position")
    op.drop_table("event_audience")
    op.drop_column("event_position", "type")
