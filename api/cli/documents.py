"""`baton templates`, `baton check` and `baton schema`: what needs no database."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import orjson
from pydantic import ValidationError
from rich.table import Table

from api.cli.terminal.output import Text, fail, out, plain
from application.documents.check_document import check as findings_of
from application.documents.document_schema import document_schema
from application.documents.example_checks import failing_examples
from application.documents.surroundings import Surroundings
from application.documents.templates import FOLDER, SlaTemplate, examples_in, teams_in, template
from application.documents.templates import templates as all_templates
from application.intake.importing.mapping import mapping_schema
from application.runtime.time_source import TimeSource
from domain.document.findings import Finding, Severity, has_errors
from domain.events.schema import events_schema
from domain.people.rights_page import rights_page, rights_rows

ERRORS, UNREADABLE = 1, 2
COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


def templates(*, key: str | None) -> None:
    """List the templates, or print the YAML of one."""
    if key is None:
        _list_templates()
    else:
        plain((FOLDER / f"{known_template(key).key}.yaml").read_text(encoding="utf-8").rstrip("\n"))


def known_template(key: str) -> SlaTemplate:
    """The template of that key; ends with one line that names all where there is none."""
    found = template(key)
    if found is None:
        known = ", ".join(each.key for each in all_templates())
        fail(f"There is no template {key!r}; there are: {known}.")
    return found


def _list_templates() -> None:
    table = Table("Key", "Title", "For", box=None, header_style="dim", pad_edge=False)
    for found in all_templates():
        table.add_row(Text(found.key, style="bold"), found.title(), " ".join(found.description().split()))
    out().print(table)


def check(*, file: Path, json: bool, examples: bool) -> None:
    """Tell the findings of a document, with the teams beside it; the exit status says whether there are errors."""
    text = _read(file)
    document, findings = findings_of(text, today=TimeSource().now().date(), surroundings=Surroundings(teams_in(text)))
    if examples and document is not None and not has_errors(findings):
        try:
            findings += tuple(failing_examples(document, examples_in(text)))
        except ValidationError as invalid:
            first = invalid.errors()[0]
            fail(f"An example cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}", UNREADABLE)
    if json:
        plain(orjson.dumps([_as_json(f) for f in findings], option=orjson.OPT_INDENT_2).decode())
    else:
        _show(file, findings)
    if has_errors(findings):
        raise SystemExit(ERRORS)


def _read(file: Path) -> str:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        fail(f"{file} cannot be read: {why}.", UNREADABLE)


def _show(file: Path, findings: tuple[Finding, ...]) -> None:
    console = out()
    errors = sum(f.severity is Severity.ERROR for f in findings)
    warnings = len(findings) - errors
    if findings:
        table = Table("Severity", "Code", "Path", "Message", box=None, header_style="dim", pad_edge=False)
        table.columns[2].overflow = table.columns[3].overflow = "fold"
        for found in sorted(findings, key=lambda f: f.severity is not Severity.ERROR):
            severity = Text(found.severity.value, style=COLOURS[found.severity])
            table.add_row(severity, found.code, Text(found.path), Text(found.message))
        console.print(table)
    verdict = ("has errors", "red") if errors else ("can be submitted", "green")
    counts = f" – {_count(errors, 'error')}, {_count(warnings, 'warning')}"
    console.print(Text.assemble((str(file), "bold"), " ", verdict, counts), soft_wrap=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _as_json(found: Finding) -> dict[str, str]:
    return {"severity": found.severity.value, "code": found.code, "path": found.path, "message": found.message}


def schema(*, json: bool, rights: bool, events: bool, map: bool) -> None:  # noqa: A002
    """Print the SDL of the API, the JSON Schema of the document, of events or of a mapping, or who may do what."""
    if rights and not json:
        plain(rights_page())
    elif json or events or map:
        others = rights_rows() if rights else events_schema() if events else None
        data = others or (mapping_schema() if map else document_schema())
        plain(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        plain(import_module("api.build").build_schema().as_str().rstrip("\n"))
