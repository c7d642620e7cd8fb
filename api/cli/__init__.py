"""The command line: `baton`.

May import every other part of api and the application.
Start with commands.py.
"""

from __future__ import annotations

from api.cli.commands import app


def main() -> None:
    """Run the command."""
    app(prog_name="baton")
