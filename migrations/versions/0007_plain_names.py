"""Plain names: fulfilments, schedules and instance keys."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


_NAMES_OF_NOT_NULL = """
do $$ declare named record; begin
  for named in
    select c.conrelid::regclass as relation, c.conname as old, r.relname || '_' || a.attname || '_not_null' as new
    from pg_constraint c join pg_class r on r.oid = c.conrelid
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'n' and c.coninhcount = 0 and r.relname in ('obligation', 'fulfilment', 'deed')
  loop
    if named.old <> named.new then
      execute format('alter table %s rename constraint %I to %I', named.relation, named.old, named.new);
    end if;
  end loop;
end $$
"""
"""From PostgreSQL 18 on, NOT NULL has a name made of the table's and the column's; a rename leaves it behind."""


def upgrade() -> None:
    """Rename; nothing is rewritten."""
    op.rename_table("deed", "fulfilment")
    op.execute("alter table fulfilment rename constraint pk_deed to pk_fulfilment")
    op.execute("alter index ix_deed_subject_id rename to ix_fulfilment_subject_id")
    op.alter_column("fulfilment", "occasion", new_column_name="instance_key")
    op.alter_column("obligation", "occasion", new_column_name="instance_key")
    op.alter_column("obligation", "agenda", new_column_name="schedule")
    op.execute(_NAMES_OF_NOT_NULL)


def downgrade() -> None:
    """Give the old names back."""
    op.alter_column("obligation", "schedule", new_column_name="agenda")
    op.alter_column("obligation", "instance_key", new_column_name="occasion")
    op.alter_column("fulfilment", "instance_key", new_column_name="occasion")
    op.execute("alter index ix_fulfilment_subject_id rename to ix_deed_subject_id")
    op.execute("alter table fulfilment rename constraint pk_fulfilment to pk_deed")
    op.rename_table("fulfilment", "deed")
    op.execute(_NAMES_OF_NOT_NULL)
