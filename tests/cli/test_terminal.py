"""What others wrote reaches the operator's terminal as something to read: it acts on nothing and forges no line."""

from __future__ import annotations

import ast
import logging
import re
import unicodedata
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import orjson
import pytest
import structlog
import typer
from rich.text import Text as RichText

from api.cli import documents, simulating
from api.cli.commands import app, keys
from api.cli.importing import tally
from api.cli.terminal.lines import BREACH_WORDS, HANDOVER_STYLES, REMINDED, line
from api.cli.terminal.output import Text, fail, out, plain
from api.logs import configure_logs
from api.readable import shown
from application.documents.templates import template
from application.intake.importing.import_past import Outcome
from tests.cli.conftest import HOUSE, run

BIDI = "\u061c\u200e\u200f" + "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
ACTING = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029])) + BIDI
HOSTILE = f"x{ACTING}[bold]\x1b]0;title\x07\nTue 01 Dec 00:00:00  ACCEPTED  forged"
AT = "2026-12-01T08:00:00+00:00"
LEAD = {"id": HOSTILE, "keys": [{"externalId": HOSTILE}], "fields": {"email": HOSTILE, HOSTILE: HOSTILE}}


def harmless(printed: str, lines: int | None = None) -> None:
    """Nothing acts, no line is forged, markup is text; and there are so many lines."""
    for printed_line in printed.split("\n"):
        assert not [c for c in printed_line if unicodedata.category(c) in {"Cc", "Zl", "Zp"} or c in BIDI], printed_line
        assert not printed_line.startswith("Tue 01 Dec 00:00")
    assert "\\u" in printed or "\ufffd" in printed
    if lines is not None:
        assert printed.count("\n") == lines


def _watch(_folder: Path) -> int:
    abouts: list[dict[str, Any]] = [
        {"account": {"key": HOSTILE, "name": None}},
        {"account": {"key": "k", "name": HOSTILE}},
        {"account": None, "fields": {}},
    ]
    leads: list[dict[str, Any]] = [{"lead": LEAD | about} for about in abouts]
    names = ("state", "team", "assignee", "trigger", "grade", "reason", "comment", "obligation", "step", "action")
    then: dict[str, Any] = dict.fromkeys((*names, "audience", "party", "kind", "explanation"), HOSTILE)
    then |= {"answerDueAt": AT, "dueAt": AT, "recipients": [{"person": HOSTILE, "party": HOSTILE}]}
    reminder = then | {"action": "NOTIFY", "audience": "PERSON"}
    told = [(f"handover.{k.lower()}", s, then) for k in HANDOVER_STYLES if k != REMINDED for s in [*leads, None]]
    told += [("handover.escalated", leads[0], reminder)]
    told += [(f"breach.{k.lower()}", {"subject": s}, then) for k in BREACH_WORDS for s in (leads[0], LEAD | abouts[0])]
    for kind, subject, payload in told:
        out().print(line({"type": kind, "at": AT, "payload": payload, "subject": subject}), soft_wrap=True)
    return len(told)


def _import(folder: Path) -> None:
    fault = tally.RowFault(2, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    told = tally.Tally(faults=[fault], contradictions=[HOSTILE], notes=[HOSTILE], groups=[Outcome(HOSTILE, 1, 1, 0)])
    told.outcomes = [Outcome(None, 1, 1, 0)]
    told.unused, told.unmapped = [HOSTILE], {HOSTILE: [HOSTILE]}
    told.count(HOSTILE)
    for told.dry_run in (False, True):
        tally.show_faults(told, None)
        tally.show_summary(told, 1.0)
    export, mapping = folder / "export.csv", folder / "map.yaml"
    export.write_text("\x1b]0;title\x07,x\n", encoding="utf-8")
    mapping.write_text("source: x\nexternalId: '\\e[31m'\nencoding: \"\\e[31m\"\n")
    out().print(run("import", export, "--map", mapping).err.rstrip("\n"))


def _check(folder: Path) -> None:
    file = folder / "document.json"
    starter = template("starter")
    assert starter is not None
    name = "x\x1b[31m\nTue 01 Dec 00:00 forged\u202e"
    scope = {"all": [{"field": name, "op": name, "value": name}]}
    file.write_bytes(orjson.dumps(starter.document.to_json() | {"scope": scope, name: name}))
    for words in ((), ("--json",)):
        said = run("check", file, *words)
        assert said.status == 1
        plain(said.out.rstrip("\n"))


def _simulate(_folder: Path) -> None:
    side = {"precision": "0.5", "recall": "0.5", "known": 1, "good": 1, "missed": 1}
    simulating.show(
        {
            "counts": dict.fromkeys(
                (
                    "leads",
                    "handovers",
                    "handoversBefore",
                    "newlyDue",
                    "noLongerDue",
                    "changedGrade",
                    "dueAtStart",
                    "dueAtStartBefore",
                ),
                1,
            ),
            "quality": {HOSTILE: {"after": side, "before": side}},
            "curve": [{"threshold": HOSTILE, "handovers": 1, "precision": None, "recall": None}],
            "load": [
                {
                    "week": HOSTILE,
                    "team": HOSTILE,
                    "person": HOSTILE,
                    "handovers": "1",
                    "capacity": "1",
                    "over": True,
                }
            ],
            "answers": {"share": None, "expected": 0},
            "meeting": HOSTILE,
        }
    )


def _templates(_folder: Path) -> None:
    said = SimpleNamespace(key=HOSTILE, title=lambda: HOSTILE, description=lambda: HOSTILE)
    with patch.object(documents, "all_templates", lambda: [said]):
        documents.templates(key=None)


DATA: dict[str, Callable[[Path], int | None]] = {
    "watch": _watch,
    "import": _import,
    "check": _check,
    "simulate": _simulate,
    "templates": _templates,
}
OWN = {"settings", "start", "serve", "demo", "migrate", "schema", "create"}
"""Commands that print what the house itself says, and for the demonstration what `watch` prints."""


def test_every_command_is_known_here() -> None:
    """A new command needs a row that has it print hostile data, or a place among those that print none."""
    named = {
        c.name or getattr(c.callback, "__name__", "") for c in (*app.registered_commands, *keys.registered_commands)
    }
    assert named == DATA.keys() | OWN


@pytest.mark.parametrize("command", DATA)
def test_hostile_data_is_shown(command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Every place of what a command prints may hold what acts on a terminal; an event is one line."""
    lines = DATA[command](tmp_path)
    printed = capsys.readouterr()
    harmless(printed.out + printed.err, lines)


def test_each_acting_character_is_named() -> None:
    """By its number in hexadecimal; all others are shown as they are."""
    assert [shown(character) for character in ACTING] == [f"\\u{{{ord(character):X}}}" for character in ACTING]
    assert shown("Jörg 漢字 👩\u200d🔬 [bold] \\n") == "Jörg 漢字 👩\u200d🔬 [bold] \\n"


def test_styles_stay_with_what_they_style(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where a character before them is written in more characters."""
    with patch.dict("os.environ", {"FORCE_COLOR": "1", "TERM": "xterm"}):
        out().print(RichText.assemble("a\x1b", ("red", "red"), "b\n"), soft_wrap=True)
        out().print(Text.assemble("a\x07", ("red", "red"), "b\r"), soft_wrap=True)
    printed = capsys.readouterr().out
    assert printed == "a\\u{1B}\x1b[31mred\x1b[0mb\\u{A}\na\\u{7}\x1b[31mred\x1b[0mb\\u{D}\n"


def test_a_refusal_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the message holds."""
    with pytest.raises(typer.Exit):
        fail(HOSTILE)
    harmless(capsys.readouterr().err, 1)


def test_what_is_logged_for_people_is_shown(logs_as_before: None) -> None:
    """Values and tracebacks too."""
    configure_logs(as_json=False, level=logging.INFO)
    stream = StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(stream))
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        structlog.get_logger().exception("failed", about=HOSTILE)
    harmless(re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()))  # the colours are the log's own


def test_nothing_is_printed_another_way() -> None:
    """One module makes consoles and writes to them, so that nothing that is printed can pass it by."""
    for file in sorted((HOUSE / "api" / "cli").rglob("*.py")):
        if file.name == "output.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in {"print", "Console", "rich.print", "typer.echo", "typer.secho", "click.echo"}, file
            assert not called.endswith((".print_json", ".log_locals", "stdout.write", "stderr.write", ".out")), file
            assert getattr(node, "module", None) not in {"rich.console", "rich.text"}, file
