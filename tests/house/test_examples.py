"""The example script says to the API what a template's file says."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from graphql import GraphQLError, GraphQLInputObjectType
from graphql.utilities import validate_input_value

from tests.house.test_guides import published

HOUSE = Path(__file__).parents[2]
TEMPLATES = sorted((HOUSE / "sla-templates").glob("*.yaml"))


class Answers:
    """An API that takes all that fits its schema, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def post(self, _url: str, *, json: Any, **_: Any) -> httpx.Response:
        """The payload that the script goes on with."""
        name = json["query"].split(") { ", 1)[1].split("(", 1)[0]
        given, kind = json["variables"]["input"], published().type_map[name[0].upper() + name[1:] + "Input"]
        assert isinstance(kind, GraphQLInputObjectType)
        validate_input_value(given, kind, _refuse)
        self.asked.append((name, given))
        payload = {"secret": "baton_x", "version": {"id": "V", "revision": 1}, "errors": []}
        return httpx.Response(200, json={"data": {name: payload}})


def _refuse(error: GraphQLError, path: list[str | int]) -> None:
    raise AssertionError(f"{path}: {error}")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_bringing_a_template_into_force_drops_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sends the teams with all that the file says of their members, before the keys that name them."""
    answers = Answers()
    monkeypatch.setattr(httpx, "post", answers.post)
    monkeypatch.setattr(sys, "argv", ["bring_into_force.py", str(file), "main", "--key", "baton_admin"])
    runpy.run_path(str(HOUSE / "docs" / "examples" / "bring_into_force.py"), run_name="__main__")
    sent = [given for name, given in answers.asked if name == "upsertTeam"]
    assert sent == yaml.safe_load(file.read_text(encoding="utf-8"))["teams"]
    names = [name for name, _ in answers.asked]
    of_teams = [at for at, (name, given) in enumerate(answers.asked) if name == "createApiKey" and given["teams"]]
    assert max(at for at, name in enumerate(names) if name == "upsertTeam") < min(of_teams)
    assert names[-1] == "activateVersion"
    assert "SALES=baton_x" in capsys.readouterr().out
