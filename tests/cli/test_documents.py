"""`baton check`, `baton templates`, `baton schema`: what needs no database."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from application.documents.templates import FOLDER, templates
from application.intake.importing.mapping import Mapping
from tests.cli.conftest import HOUSE, run

STARTER = HOUSE / "sla-templates" / "starter.yaml"
EXAMPLES = HOUSE / "docs" / "examples"


def test_help_names_every_command() -> None:
    """Says what the command is for, and each of its words."""
    said = run("--help")
    assert said.status == 0
    for word in ("serve", "demo", "watch", "migrate", "keys", "templates", "check", "import", "schema"):
        assert word in said.out


def test_a_document_without_errors_is_fine(tmp_path: Path) -> None:
    """Ends with 0, of a file and of standard input."""
    assert run("check", STARTER).status == 0
    said = run("check", "-", given=STARTER.read_text(encoding="utf-8"))
    assert (said.status, "can be submitted" in said.out) == (0, True)


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_the_documents_shown_as_examples_are_fine(example: Path) -> None:
    """What docs/examples/ ships can be submitted; mappings are read by the import's own tests."""
    if not example.name.endswith(".map.yaml"):
        assert run("check", example).status == 0


@pytest.mark.parametrize("template", ["starter", "mittelstand", "saas-inbound"])
def test_a_templates_file_is_held_against_its_own_teams(template: str, tmp_path: Path) -> None:
    """Nothing but consents is told as it is shipped; a team and a person who are not among them are told."""
    shipped = (STARTER.parent / f"{template}.yaml").read_text(encoding="utf-8")
    told = json.loads(run("check", "-", "--json", given=shipped).out)
    assert {found["code"] for found in told} <= {"CONSENT_NOT_ASKED"}
    strange = re.sub("accountable: .*", "accountable: nobody", shipped, count=1).replace(
        "team: inside", "team: outside"
    )
    told = json.loads(run("check", "-", "--json", given=strange).out)
    codes = {found["code"] for found in told} - {"CONSENT_NOT_ASKED"}
    assert codes == {"UNKNOWN_TEAM", "UNKNOWN_PERSON"}
    assert {found["severity"] for found in told} == {"WARNING"}


def test_errors_are_told_with_their_path(tmp_path: Path) -> None:
    """Ends with 1; as JSON each finding has severity, code, path and message."""
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(STARTER.read_text(encoding="utf-8").replace("activity: contact-form", "activity: dance", 1))
    said = run("check", faulty)
    assert (said.status, "ERROR" in said.out, "has errors" in said.out) == (1, True, True)
    findings = json.loads(run("check", faulty, "--json").out)
    assert {"severity", "code", "path", "message"} == findings[0].keys()
    assert any(found["path"].startswith("scoring.interest") for found in findings)


def test_what_cannot_be_read_ends_with_two(tmp_path: Path) -> None:
    """A file that is not there, a folder, and bytes that are no text: one line each."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nowhere.yaml", tmp_path, tmp_path / "bytes"):
        said = run("check", path)
        assert (said.status, len(said.err.strip().splitlines())) == (2, 1)
        assert "cannot be read" in said.err


def test_templates_are_listed_and_printed() -> None:
    """Prints a template's YAML as it is shipped; an unknown one is one line that names the known."""
    listed = run("templates")
    assert all(found.key in listed.out for found in templates())
    assert run("templates", "starter").out.rstrip() == STARTER.read_text(encoding="utf-8").rstrip()
    unknown = run("templates", "nonsense")
    assert (unknown.status, "starter" in unknown.err) == (1, True)


def test_schemas_are_printed() -> None:
    """The SDL of the API, and the JSON Schema of the document."""
    assert "type Mutation {" in run("schema").out
    assert json.loads(run("schema", "--json").out)["title"] == "SLA document"
    mapping = json.loads(run("schema", "--map").out)
    assert mapping["required"] == ["source", "externalId"]
    assert mapping["properties"].keys() == {info.alias for info in Mapping.model_fields.values()}
    assert {"type": "string"} in mapping["properties"]["createdAt"]["anyOf"]


def test_the_examples_of_a_file_are_tried_on_request(tmp_path: Path) -> None:
    """Each that comes out otherwise is a warning; without the option, and in a sound file, there is none."""
    text = (FOLDER / "starter.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("due: true", "due: false"), encoding="utf-8")
    assert "EXAMPLE_FAILS" not in run("check", wrong).out
    failed = run("check", wrong, "--examples")
    assert (failed.status, "EXAMPLE_FAILS" in failed.out, "due is True, not False" in failed.out) == (0, True, True)
    assert "EXAMPLE_FAILS" not in run("check", FOLDER / "starter.yaml", "--examples").out
