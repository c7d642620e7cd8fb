"""A document is tried in a child process before it comes into force [X.4]."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.checking.trial import Failed, Passed, try_here, try_in_child
from rules.engine.matching import DurableMatcher
from tests.rules.samples import document, when


def test_a_sound_document_passes() -> None:
    """In a process of its own."""
    assert try_in_child(document().to_json()) == Passed()


def test_a_document_with_faults_fails_with_its_reason() -> None:
    """The child's last words are the reason."""
    outcome = try_in_child(document(scope=when("nothing", "exists")).to_json())
    assert isinstance(outcome, Failed)
    assert "scope.field" in outcome.reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [("import time; time.sleep(60)", "within"), ("import os; os.kill(os.getpid(), 11)", "signal 11")],
)
def test_a_hang_and_a_crash_stay_in_the_child(
    code: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The parent learns what happened and lives on."""
    interpreter = tmp_path / "python"
    interpreter.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}'\n", encoding="utf-8")
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    outcome = try_in_child({}, timeout=timedelta(seconds=0.3))
    assert isinstance(outcome, Failed)
    assert reason in outcome.reason


def test_a_difference_between_the_forms_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that errs about the document is not used for it."""

    def wrong(_self: DurableMatcher, _row: Any) -> set[int]:
        return {-1}

    try_here(document())
    monkeypatch.setattr(DurableMatcher, "match", wrong)
    with pytest.raises(RuntimeError, match="differs"):
        try_here(document())
