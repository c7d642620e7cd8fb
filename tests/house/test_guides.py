"""The guides: every GraphQL document in them is valid, every file they link is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

HOUSE = Path(__file__).parents[2]
GUIDES = [HOUSE / "README.md", *sorted((HOUSE / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```graphql\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_document_of_a_guide_is_valid(guide: Path) -> None:
    """Holds what is shown to readers against the published schema."""
    schema = build_schema((HOUSE / "schema.graphql").read_text(encoding="utf-8"))
    for block in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        assert not validate(schema, parse(block)), block


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_link_of_a_guide_leads_somewhere(guide: Path) -> None:
    """Finds links to files that were moved."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / target).exists(), target
