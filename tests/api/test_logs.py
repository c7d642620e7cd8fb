"""The log as it is written."""

from __future__ import annotations

import orjson
import pytest
import structlog

from api.logs import SparingTracebacks, configure_logs

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


def test_a_fault_that_comes_again_and_again_is_one_traceback_a_second() -> None:
    """Each fault has its line; of each kind one a second has its traceback, whatever else goes wrong meanwhile."""
    now = [0.0]
    sparing = SparingTracebacks(lambda: now[0])

    def logged(event: str, error: Exception) -> bool:
        try:
            raise error
        except Exception as raised:  # noqa: BLE001
            entry = sparing(None, "error", {"event": event, "exc_info": raised})
        assert (entry["event"], entry["error"]) == (event, type(error).__name__)
        return "exc_info" in entry

    assert [logged("a", ValueError("1")) for _ in range(50)] == [True] + [False] * 49
    assert [logged("a", KeyError("2")), logged("b", ValueError("3"))] == [True, True]
    now[0] = 1.0
    assert [logged("a", ValueError("4")), logged("a", ValueError("5"))] == [True, False]
    assert sparing(None, "info", {"event": "a", "exc_info": False}) == {"event": "a", "exc_info": False}
