"""`baton demo`: how it ends, and what it makes up; as a newcomer runs it, it is tested with the wheel."""

from __future__ import annotations

import gc
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from itertools import islice

import pytest

from application.demo.prospects import prospects
from application.demo.setting import demo_template, first_morning, working_hours
from application.documents.templates import SlaTemplate
from application.lifespan.housing import prepared_database
from application.runtime.item_faults import read_fields
from application.runtime.settings import Settings
from domain.document.sections.fields import FieldOf
from tests.cli.conftest import run


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_it_ends_by_itself(address: str, monkeypatch: pytest.MonkeyPatch, logs_as_before: None) -> None:
    """After as many seconds as were asked for, with the summary."""

    def here(settings: Settings) -> AbstractAsyncContextManager[str]:
        return prepared_database(settings.model_copy(update={"database_url": address}))

    monkeypatch.setattr("api.cli.demo.prepared_database", here)
    said = run("demo", "--seconds", "1")
    assert (said.status, "In force: “" in said.out, "What was seen" in said.out) == (0, True, True)
    gc.collect()  # what was asked as it ended is given up here, not while another test runs


def test_the_same_seed_makes_the_same_prospects() -> None:
    """Tells the same story again, and another with another seed."""
    assert list(islice(prospects(3), 40)) == list(islice(prospects(3), 40))
    assert list(islice(prospects(3), 40)) != list(islice(prospects(4), 40))


def test_all_that_prospects_say_fits_the_agreement() -> None:
    """Sends no field, value or activity that the template does not know."""
    document = demo_template().document
    of_lead = {f.key: f for f in document.fields if f.of is FieldOf.LEAD}
    of_account = {f.key: f for f in document.fields if f.of is FieldOf.ACCOUNT}
    kinds = {kind.key: {f.key: f for f in kind.fields} for kind in document.activity_types}
    for prospect in islice(prospects(1), 300):
        assert read_fields(prospect.fields, of_lead, ())[1] == []
        assert read_fields(prospect.account, of_account, ())[1] == []
        for step in prospect.steps:
            known = kinds[step.activity] if step.activity else of_lead
            assert read_fields(step.fields, known, ())[1] == []


def test_it_begins_on_a_working_monday_that_is_past() -> None:
    """Not in the middle of holidays: the Monday of Easter is passed over."""
    shown: SlaTemplate = demo_template()
    begins = first_morning(working_hours(shown), before=datetime(2026, 4, 8, 12, tzinfo=UTC))
    assert begins.isoformat() == "2026-03-30T07:45:00+02:00"
