"""The guide tells the truth: every example in it is read, and those about findings give them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from application.documents.check_document import check
from application.documents.document_yaml import read_yaml
from domain.document.findings import has_errors
from domain.document.reading.reading import section_names
from tests.domain.document_samples import SMALL, TODAY

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "document.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)

PLACED = r"# (answerWithin|scope|stage):"
"""How a block begins that is about one place."""


def data_of(block: str) -> dict[str, Any]:
    """What a block of the guide says."""
    read = read_yaml(block)
    assert read.findings == []
    assert isinstance(read.data, dict)
    return read.data


def sections() -> dict[str, Any]:
    """The document that the guide's sections make together."""
    whole: dict[str, Any] = {}
    for block in BLOCKS:
        data = data_of(block)
        if data.keys() <= section_names().keys() and "# checked" not in block:
            whole |= data
    return whole


def test_the_sections_of_the_guide_make_a_sound_document() -> None:
    """Whoever copies them all has an agreement that can be submitted."""
    document, findings = check(sections(), today=TODAY)
    assert document is not None, findings
    assert findings == ()


def test_a_block_about_one_place_is_right_there() -> None:
    """A comment names the place that a block is about."""
    limit, condition, stage = (data_of(b) for b in BLOCKS if re.match(PLACED, b))
    fields = {name: {"label": name, "type": "TEXT", "of": "ACCOUNT"} for name in ("country", "industry")}
    data = SMALL | {"scope": condition, "fields": SMALL["fields"] | fields}
    data["handover"] = SMALL["handover"] | {"answerWithin": limit}
    data["journey"] = {"stages": SMALL["journey"]["stages"] | {"offer": stage}}
    document, findings = check(data, today=TODAY)
    assert document is not None, findings
    assert not has_errors(findings)


@pytest.mark.parametrize("block", [block for block in BLOCKS if "# checked" in block])
def test_a_finding_of_the_guide_is_found(block: str) -> None:
    """What the guide says about a finding happens."""
    match = re.search(r"# checked: (\w+) at (\S+)", block)
    assert match is not None
    data = {name: SMALL[name] | content for name, content in data_of(block).items()}
    _, findings = check(SMALL | data, today=TODAY)
    assert match.groups() in {(f.code, f.path) for f in findings}


def test_every_block_is_covered() -> None:
    """No block of the guide is without a test."""
    assert len(BLOCKS) >= 9
    for block in BLOCKS:
        known = data_of(block).keys() <= section_names().keys()
        assert known or re.match(PLACED, block), block
