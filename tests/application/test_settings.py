"""The settings: what operators write, and what is said about what is none."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from application.runtime.settings import Settings, settings_in_words, strange_variables

CRM, SCREENS = "https://crm.example", "http://localhost:5173"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ()),
        (CRM, (CRM,)),
        (f"{CRM},{SCREENS}", (CRM, SCREENS)),
        (f" {CRM}/ , {SCREENS}, ", (CRM, SCREENS)),
        ("https://CRM.Example", (CRM,)),
        ("http://[::1]:3000", ("http://[::1]:3000",)),
        (f'["{CRM}", "{SCREENS}"]', (CRM, SCREENS)),
    ],
)
def test_origins_are_read_as_people_write_them(
    written: str, read: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takes commas, spaces, a closing slash and capitals, and the JSON list that was asked for before."""
    monkeypatch.setenv("BATON_ORIGINS", written)
    assert Settings().origins == read
    assert Settings.model_validate_json(Settings().model_dump_json()).origins == read


@pytest.mark.parametrize("written", ["crm.example", "*", f"{CRM}/app", f"{CRM} {SCREENS}", "null", "[", "ftp://crm"])
def test_what_is_no_origin_is_refused_with_the_form(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says what was written and how it is to be written, so that no origin is left out in silence."""
    monkeypatch.setenv("BATON_ORIGINS", written)
    with pytest.raises(ValidationError) as refused:
        Settings()
    (fault,) = refused.value.errors()
    assert "is no origin" in fault["msg"]
    assert f"{CRM},{SCREENS}" in fault["msg"]


def test_a_variable_that_is_no_setting_is_told_with_the_nearest() -> None:
    """Tells only what looks like ours and is none; what tests and workers set is passed over."""
    names = ["BATON_ORIGNS", "BATON_QQQ", "BATON_PORT", "BATON_KEY", "BATON_TEST_FOLDER", "PATH", "baton_port"]
    near, far = strange_variables(names)
    assert near.startswith("BATON_ORIGNS is no setting")
    assert "BATON_ORIGINS?" in near
    assert "?" not in far.replace("BATON_QQQ", "")


def test_every_setting_has_a_meaning() -> None:
    """Leaves no row of the list empty."""
    assert {f"BATON_{name.upper()}" for name in Settings.model_fields} == {each.name for each in settings_in_words()}
    assert all(each.meaning.endswith(".") for each in settings_in_words())
