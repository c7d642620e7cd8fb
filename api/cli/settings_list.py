"""`baton settings`: what may be set, as a table for people or as the page of the documentation."""

from __future__ import annotations

from rich.table import Table

from api.cli.terminal.output import Text, out, plain
from application.runtime.settings import COMMANDS, SettingInWords, settings_in_words

_PAGE = """# Settings

Settings come from the environment; the server reads them when it starts. This page is the output of
`baton settings --markdown`, and a test holds it against the code.

## Of the server

{server}

A variable that begins with `BATON_` and is no setting changes nothing; each command says so and names the nearest one.
Options of a command, such as `baton serve --port`, win over the environment.

## Of commands

{commands}
"""


def settings(*, markdown: bool) -> None:
    """Print name, default and meaning of all settings; never their values, which may be secret."""
    if markdown:
        plain(_PAGE.format(server=_rows(settings_in_words()), commands=_rows(COMMANDS)).rstrip("\n"))
        return
    table = Table("Variable", "Default", "Meaning", box=None, header_style="dim", pad_edge=False)
    table.columns[0].no_wrap = True
    table.columns[2].overflow = "fold"
    for each in (*settings_in_words(), *COMMANDS):
        table.add_row(Text(each.name, style="bold"), Text(each.default), Text(each.meaning))
    out().print(table)


def _rows(told: tuple[SettingInWords, ...]) -> str:
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for each in told:
        default = f"`{each.default}`" if each.default else ""
        lines.append(f"| `{each.name}` | {default} | {each.meaning} |".replace("|  |", "| |"))
    return "\n".join(lines)
