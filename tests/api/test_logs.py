"""The log as it is written."""

from __future__ import annotations

import orjson
import pytest
import structlog

from api.logs import configure_logs

pytestmark = pytest.mark.usefixtures("logs_as_before")


def fail(value: str) -> None:
    """Fail with a value at hand."""
    raise RuntimeError(f"it failed after {len(value)} letters")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_fault_is_logged_with_its_traceback_but_without_values(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault is logged with type, text and traceback, but without the values of variables."""
    configure_logs(as_json=as_json)
    try:
        fail("@".join(["anna", "example.org"]))
    except RuntimeError as error:
        structlog.get_logger("test").error("internal_error", request_id="r1", exc_info=error)
    text = capsys.readouterr().err
    assert "it failed after 16 letters" in text
    assert "in fail" in text
    assert "anna@example.org" not in text
    if as_json:
        entry = orjson.loads(text)
        assert (entry["event"], entry["request_id"], entry["level"]) == ("internal_error", "r1", "error")
