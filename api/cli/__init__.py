"""The command line: `baton`."""

from __future__ import annotations

from api.cli.commands import app


def main() -> None:
    """Run the command."""
    app(prog_name="baton")
