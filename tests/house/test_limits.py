"""The page of limits says what the settings say; `python -m tests.house.test_limits` writes its tables anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from api.cli.serving.server import api_settings
from api.errors import MAX_ERRORS
from api.graphql.parts.published import _docstrings
from api.settings import ApiSettings, ConnectionLimits, DocumentLimits, VariableLimits
from api.short_texts import MAX_MESSAGE, MAX_NAME
from api.transport.app import uvicorn_options
from application.directory.edit_team import MAX_MEMBERS, MAX_SKILLS
from application.runtime.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
BEGIN, END = "<!-- made from the settings -->", "<!-- the end of what is made -->"
DOOR = api_settings(Settings())
"""The limits as a server has them that is started without settings."""
SECTIONS: dict[str, Any] = {
    "A connection, before anybody has signed in": DOOR.connections,
    "A request, a principal, a stream": DOOR,
    "Variables, before GraphQL reads them": DOOR.variables,
    "A GraphQL document": DOOR.limits,
}
FURTHER = {
    "Errors in an answer": (
        MAX_ERRORS,
        "Further ones are counted in `extensions.more`; each item of a batch keeps one.",
    ),
    "Message, name in a path": (f"{MAX_MESSAGE}, {MAX_NAME}", "Characters; longer ones are cut."),
    "Message over a WebSocket": (uvicorn_options()["ws_max_size"], "Bytes; a longer one closes the socket with 1009."),
    "Members of a team, skills of a member": (f"{MAX_MEMBERS}, {MAX_SKILLS}", "`TOO_MANY_ITEMS`."),
}
BESIDE = {"checkpoint_seconds", "heartbeat_seconds", "cached_documents", "cached_characters", "page_size", "list_size"}
"""What is no limit for those who ask."""


def _rows(limits: Any) -> Iterator[str]:
    kind = type(limits)
    words = _docstrings(sys.modules[kind.__module__].__file__ or "")[kind.__name__]
    for one in fields(kind):
        value = getattr(limits, one.name)
        if isinstance(value, bool) or not isinstance(value, int | float) or one.name in BESIDE:
            continue
        setting = f"`BATON_{one.name.upper()}`" if one.name in Settings.model_fields else ""
        number = f"{value:,}".removesuffix(".0")
        yield f"| {one.name.replace('_', ' ')} | {number} | {' '.join(words[one.name].split())} | {setting} |"


def made() -> str:
    """The tables."""
    parts = []
    for title, limits in SECTIONS.items():
        parts += [f"## {title}", "", "| | | | setting |", "|---|---|---|---|", *_rows(limits), ""]
    parts += ["## Further", "", "| | | |", "|---|---|---|"]
    for name, (most, words) in FURTHER.items():
        parts.append(f"| {name} | {f'{most:,}' if isinstance(most, int) else most} | {words} |")
    return "\n".join([BEGIN, "", *parts, "", END])


def _parts() -> tuple[str, str, str]:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before, f"{BEGIN}{inside}{END}", after


def test_the_page_of_limits_says_what_the_settings_say() -> None:
    """A limit that is changed or added is changed or added on its page."""
    _, inside, _ = _parts()
    assert inside == made(), "python -m tests.house.test_limits writes it anew"


def test_a_server_without_settings_has_the_limits_of_the_front_door() -> None:
    """What an operator reads as the default is what the front door takes for one."""
    assert (DOOR.connections, DOOR.variables, DOOR.limits) == (ConnectionLimits(), VariableLimits(), DocumentLimits())
    assert DOOR.body_bytes == ApiSettings().body_bytes


if __name__ == "__main__":
    first, _, last = _parts()
    PAGE.write_text(first + made() + last, encoding="utf-8")
