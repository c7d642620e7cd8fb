"""Who sees leads is computed anew: those that have or had them, and while a handover is queued those of its route."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ENDED_IN_THE_QUEUE = "update handover set visible_to = '{}' where closed_at is not null and team is null"
"""Handovers that left the queue leave the sight of those that might have taken them."""
SEEN_BY = """
update lead l set seen_by = coalesce(now.teams, '{}')
from lead before left join (
  select lead_id, array_agg(team order by first, team) as teams from (
    select lead_id, team, min(at) as first from (
      select lead_id, team, at from assignment
      union all
      select lead_id, unnest(visible_to), offered_at from handover
    ) as stood group by lead_id, team
  ) as once group by lead_id
) as now on now.lead_id = before.id
where l.id = before.id and l.seen_by <> coalesce(now.teams, '{}')
"""


def upgrade() -> None:
    """Take leads from the sight of teams that never had them."""
    op.execute(ENDED_IN_THE_QUEUE)
    op.execute(SEEN_BY)


def downgrade() -> None:
    """Leave it as it is: who saw what before is not known any longer, and too little is shown rather than too much."""
