"""`baton start`: an agreement in force for a trial, with the keys to try it."""

from __future__ import annotations

import asyncio

from api.cli.documents import known_template
from api.cli.terminal.output import Text, err, plain
from application.agreements.start_agreement import Started, start_agreement
from application.documents.templates import SlaTemplate
from application.lifespan.housing import prepared_application, prepared_database
from application.runtime.settings import Settings

MANAGEMENT = "management"
"""The person who activates the agreement of a trial."""


def start(*, template_key: str, agreement: str) -> None:
    """Bring a template into force, tell each step, and print the keys that were made, one `NAME=KEY` a line."""
    started = asyncio.run(_start(known_template(template_key), agreement))
    _say("Keys, shown only this once:")
    held = {
        "MANAGEMENT": started.management,
        "MARKETING": started.marketing,
        "INTEGRATION": started.integration,
        **{_variable(team): key for team, key in started.sales.items()},
    }
    for name, key in held.items():
        plain(f"{name}={key.secret}")
    _say('Follow what happens with `baton watch --key "$MANAGEMENT"`; send leads with the key INTEGRATION.')


async def _start(shown: SlaTemplate, agreement: str) -> Started:
    async with prepared_database(Settings()) as url, prepared_application(url) as application:
        return await start_agreement(application, shown, agreement=agreement, management=MANAGEMENT, report=_say)


def _variable(team: str) -> str:
    """A team's key as a variable of the shell."""
    return "".join(letter if letter.isalnum() else "_" for letter in team.upper())


def _say(text: str) -> None:
    err().print(Text(text, style="dim"), soft_wrap=True)
