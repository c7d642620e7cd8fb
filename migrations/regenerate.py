"""Writes the first migration anew from the tables, as long as no release has it: `python -m migrations.regenerate`.

Then `make format`. After the first release, changes go into further migrations (`alembic revision --autogenerate`).
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateIndexOp, CreateTableOp, MigrateOperation, UpgradeOps
from sqlalchemy import Table

from persistence.tables import BUSY, OBLIGATION_PARTITIONS, metadata

TARGET = Path(__file__).parent / "versions" / "0001_initial.py"
HEADER = '''"""Everything there was at first. Written by `python -m migrations.regenerate` from the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

'''
FIRST_ROWS = (
    "insert into activation (epoch) values (0)",
    "insert into event_head (position) values (0)",
)


def main() -> None:
    """Write the file."""
    names = [table.name for table in metadata.sorted_tables]
    parts = [HEADER, f"TABLES = {tuple(names)!r}\n\n"]
    parts += ["def upgrade() -> None:\n"]
    parts += [f"    _create_{name}()\n" for name in names]
    parts += ["    _create_partitions()\n    _insert_first_rows()\n\n"]
    parts += ["def downgrade() -> None:\n    for table in reversed(TABLES):\n        op.drop_table(table)\n\n"]
    parts += [_function(f"_create_{table.name}", _created(table)) for table in metadata.sorted_tables]
    parts += [_function("_create_partitions", [_executed(statement) for statement in partition_statements()])]
    parts += [_function("_insert_first_rows", [_executed(statement) for statement in FIRST_ROWS])]
    TARGET.write_text("".join(parts))


def partition_statements() -> list[str]:
    """The statements that make the partitions, each with storage parameters of its own."""
    storage = {"obligation_open": {"fillfactor": "80", **BUSY}}
    statements = []
    for name, states in OBLIGATION_PARTITIONS.items():
        listed = ", ".join(f"'{state}'" for state in states)
        options = ", ".join(f"{key} = {value}" for key, value in storage.get(name, {}).items())
        statement = f"create table {name} partition of obligation for values in ({listed})"
        statements.append(f"{statement} with ({options})" if options else statement)
    return statements


def _created(table: Table) -> list[str]:
    context = MigrationContext.configure(dialect_name="postgresql", opts={"sqlalchemy_module_prefix": "sa."})
    operations: list[MigrateOperation] = [CreateTableOp.from_table(table)]
    operations += [
        CreateIndexOp.from_index(index) for index in sorted(table.indexes, key=lambda index: str(index.name))
    ]
    code = render_python_code(UpgradeOps(operations), migration_context=context)
    return [line.removeprefix("    ") for line in code.splitlines() if not line.lstrip().startswith("#")]


def _executed(statement: str) -> str:
    """The call, cut before `with` and `for` so that lines stay short."""
    pieces = re.split(r" (?=for values|with \(|autovacuum_vacuum_cost)", statement)
    literals = [repr(piece + " ") for piece in pieces[:-1]] + [repr(pieces[-1])]
    return f"op.execute({' '.join(literals)})"


def _function(name: str, body: list[str]) -> str:
    return f"def {name}() -> None:\n" + "".join(f"    {line}\n" for line in body) + "\n"


if __name__ == "__main__":
    main()
