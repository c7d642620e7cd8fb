"""What Baton needs may be used and passed on under its own licence, MIT."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

HOUSE = Path(__file__).parents[2]
_UNWELCOME = re.compile(r"\b(A|L)?GPL|General Public|SSPL|Commons Clause|Business Source", re.IGNORECASE)


def _licence(name: str) -> str:
    about = metadata.metadata(name)
    classified = [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
    named = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
    return " ".join([*(each[:200] for each in named), *classified])


def test_no_requirement_has_a_licence_that_binds_us() -> None:
    """Finds a requirement under a licence that asks more of us than to name it."""
    lists = (HOUSE / "requirements" / name for name in ("all.txt", "engine.txt"))
    pinned = [name for path in lists for name in re.findall(r"^([\w.-]+)==", path.read_text(), re.MULTILINE)]
    installed = {found.name.lower().replace("_", "-").replace(".", "-") for found in metadata.distributions()}
    looked_at = [name for name in pinned if name.replace(".", "-") in installed]
    assert len(looked_at) > 60
    assert {name: _licence(name) for name in looked_at if _UNWELCOME.search(_licence(name))} == {}


def test_the_licence_stands_in_the_house() -> None:
    """The file says what the metadata says."""
    assert (HOUSE / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
