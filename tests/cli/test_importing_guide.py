"""The guide of `baton import`: its commands print what it says, and it describes each property of a mapping."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from api.cli.commands import app
from application.agreements import submitting
from application.intake.importing.mapping import Mapping
from application.intake.importing.mapping_parts import (
    AccountMap,
    ActivityMap,
    ConsentMap,
    FileMap,
    StageMap,
    TimeColumn,
    ValueColumn,
)
from application.intake.importing.numbers import WrittenNumbers
from application.intake.importing.words import Condition, Word
from persistence.database.database import Database
from rules.checking.trial import Passed
from tests.application.scene import set_scene
from tests.cli.conftest import HOUSE, run

GUIDE = (HOUSE / "docs" / "guides" / "importing.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_TABLE = re.compile(r"^\| (.+) \| \|\n\|---\|---\|\n((?:\|.*\n)+)", re.MULTILINE)
TABLES: dict[str, type[BaseModel]] = {
    "property": Mapping,
    "`createdAt`, `observedAt`, `at`": TimeColumn,
    "values of `fields`": ValueColumn,
    "`account`": AccountMap,
    "each of `activities`": ActivityMap,
    "each of `stages`": StageMap,
    "each of `consents`": ConsentMap,
    "a word": Word,
    "a condition": Condition,
    "`numbers`": WrittenNumbers,
    "`file`": FileMap,
}


def _tables() -> dict[str, dict[str, str]]:
    found = {}
    for head, rows in _TABLE.findall(GUIDE):
        pairs = [row.strip("|").split("|", 1) for row in rows.strip().splitlines()]
        found[head] = {name.strip(" `"): words.strip() for name, words in pairs}
    return found


def test_the_guide_describes_each_property_of_a_mapping() -> None:
    """No property is missing, none is told that does not exist, and each word of a choice is named."""
    tables = _tables()
    assert tables.keys() == TABLES.keys()
    for head, model in TABLES.items():
        fields = {info.alias: info for info in model.model_fields.values()}
        assert tables[head].keys() == fields.keys(), head
        for name, info in fields.items():
            words = tables[head][str(name)]
            assert len(words) > 8, f"{head} {name}"
            chosen = [kind for kind in (info.annotation, *get_args(info.annotation)) if isinstance(kind, type)]
            for kind in chosen:
                own_words = issubclass(kind, StrEnum) and not words.startswith("as for the whole mapping")
                assert not own_words or all(f"`{word.value}`" in words for word in kind), f"{head} {name}"  # type: ignore[attr-defined]


def test_the_guide_names_each_option_of_the_command() -> None:
    """As it is typed."""
    (command,) = [one for one in app.registered_commands if one.name == "import"]
    assert command.callback is not None
    names = [name for name in command.callback.__annotations__ if name not in {"return", "file"}]
    assert not [name for name in names if f"--{name.replace('_', '-')}" not in GUIDE]


@pytest.fixture
async def folder(
    new_database_url: Callable[..., Awaitable[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the files that the guide shows, and a database with the starter agreement in force."""
    monkeypatch.setattr(submitting, "try_in_child", lambda _document: Passed())
    url = await new_database_url()
    database = Database(url)
    scene = await set_scene(database)
    await scene.application.sequencer.stop()
    await database.dispose()
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    for name, _, content in re.findall(r"`([\w.]+)`[^`\n]*:\n\n```(\w+)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE):
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


async def test_the_commands_of_the_guide_print_what_it_says(folder: Path) -> None:
    """Each line that the guide shows is printed, in that order."""
    blocks = [(kind, content) for kind, content in _BLOCK.findall(GUIDE) if kind in {"sh", "text"}]
    assert len(blocks) >= 6
    for (kind, command), (also, wanted) in zip(blocks[::2], blocks[1::2], strict=True):
        assert (kind, also) == ("sh", "text")
        said = await asyncio.to_thread(run, *command.split()[1:])
        printed = iter([" ".join(line.split()) for line in (said.err + said.out).splitlines()])
        missing = [line for line in wanted.splitlines() if line not in printed]
        assert not missing, said.err + said.out
