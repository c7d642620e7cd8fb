"""The guides: every GraphQL document in them is valid, every file they link is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, is_scalar_type, parse, validate

HOUSE = Path(__file__).parents[2]
GUIDES = [HOUSE / "README.md", HOUSE / "CHANGELOG.md", *sorted((HOUSE / "docs").rglob("*.md"))]
_FILE = re.compile(r"`((?:api|application|docs|domain|migrations|persistence|rules|sla-templates|tests)/[\w./-]+)`")
_FIELD = re.compile(r"`([A-Z][A-Za-z]+)\.([a-z]\w*)[^`]*`")
_BLOCK = re.compile(r"^```graphql\n(.*?)^```", re.DOTALL | re.MULTILINE)


@cache
def published() -> GraphQLSchema:
    """The published schema."""
    return build_schema((HOUSE / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_document_of_a_guide_is_valid(guide: Path) -> None:
    """Holds what is shown to readers against the published schema."""
    for block in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        assert not validate(published(), parse(block)), block


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_link_of_a_guide_leads_somewhere(guide: Path) -> None:
    """Finds links to files that were moved."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / target).exists(), target


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_file_that_a_page_names_is_there(guide: Path) -> None:
    """Finds names of files that were moved or taken apart."""
    for name in _FILE.findall(guide.read_text(encoding="utf-8")):
        assert (HOUSE / name).exists(), name


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_field_that_a_page_names_is_published(guide: Path) -> None:
    """Finds fields of the API that were renamed: `Type.field` in a guide or in the changelog."""
    kinds = published().type_map
    if guide.parent.name == "decisions":
        return  # they speak of classes too
    for kind, name in _FIELD.findall(guide.read_text(encoding="utf-8")):
        assert kind in kinds, kind
        assert name in {**getattr(kinds[kind], "fields", {}), **getattr(kinds[kind], "values", {})}, f"{kind}.{name}"


def test_the_types_for_typescript_name_every_scalar() -> None:
    """With `strictScalars`, a scalar that is left out stops the generator."""
    text = (HOUSE / "docs" / "guides" / "frontends.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"scalars: \{(.*?)\}", text, re.DOTALL)
    own = {name for name, kind in published().type_map.items() if is_scalar_type(kind) and kind.ast_node is not None}
    assert set(re.findall(r"(\w+):", block)) == own
