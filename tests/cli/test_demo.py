"""`baton demo` as a newcomer runs it, in a process of its own."""

from __future__ import annotations

import signal
import tempfile
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from application.demonstration.prospects import prospects
from application.demonstration.setting import demo_template, first_morning, working_hours
from application.incoming import read_fields
from application.templates import SlaTemplate
from domain.document.fields import FieldOf
from tests.cli.conftest import Start


def test_it_shows_what_happens_until_it_is_stopped(start: Start) -> None:
    """Prints keys, addresses, handovers and answers, and after Ctrl-C a summary; ends with 0, its folder is gone."""
    shown = start("demo", "--speed", "14400", BATON_DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    shown.wait_for("ACCEPTED")
    assert shown.end(signal.SIGINT) == 0, shown.errors
    for words in ("GraphiQL", "Management key", "baton watch --url ws://", "OFFERED", "What was seen"):
        assert words in shown.text
    folder = shown.wait_for(r"PostgreSQL in (\S+);")
    assert Path(folder).parent == Path(tempfile.gettempdir())
    assert not Path(folder).exists()
    assert shown.errors == []


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
