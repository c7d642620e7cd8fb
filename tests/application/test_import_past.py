"""The past is imported: written down as it was, never judged, opened or streamed, and only once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from application.intake.importing.import_past import PastResult, count_outcomes, import_past
from application.intake.importing.rows import ImportedRow, PastStage
from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingAccount, IncomingActivity, IncomingLead, ItemStatus
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from tests.application.scene import Scene

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
LATER = datetime(2025, 4, 1, tzinfo=UTC)
WON = datetime(2025, 5, 1, tzinfo=UTC)


def _row(key: str = "a", fields: dict[str, Any] | None = None, **more: Any) -> ImportedRow:
    about = {name: more.pop(name) for name in ("account", "observed_at") if name in more}
    lead = IncomingLead(key, {"country": "DE"} if fields is None else fields, created_at=FIRST, **about)
    return ImportedRow(number=2, lead=lead, **more)


def _request(key: str = "a", *, form: str = "contact-form", at: datetime = FIRST) -> IncomingActivity:
    return IncomingActivity(key=f"form-{key}", lead=key, type=form, occurred_at=at)


async def _import(scene: Scene, *rows: ImportedRow, **more: Any) -> list[PastResult]:
    return await import_past(scene.application, scene.integration, source=scene.source, rows=rows, **more)


async def _codes(scene: Scene, *rows: ImportedRow, **more: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    results = await _import(scene, *rows, **more)
    return [(r.status.value, [(f.code, ".".join(f.path or ())) for f in r.faults]) for r in results]


async def _count(scene: Scene, table: str) -> int:
    async with scene.application.database.reading() as connection:
        return int((await connection.execute(text(f"select count(*) from {table}"))).scalar_one())


async def _lead(scene: Scene, key: str = "a") -> Any:
    statement = text(
        "select l.*, k.external_id from lead l join lead_key k on k.lead_id = l.id where k.external_id = :key"
    )
    async with scene.application.database.reading() as connection:
        return (await connection.execute(statement, {"key": key})).one()


async def test_the_past_is_written_down_and_nothing_follows(scene: Scene) -> None:
    """Keeps lead, activity and stage with their times; judges nothing, hands nothing over, though a live one would."""
    known = {"email": "a@b.example", "country": "DE", "role": "Owner"}
    stages = [PastStage("mql", FIRST), PastStage("customer", WON, Decimal("12500.50"), "EUR")]
    [result] = await _import(scene, _row(fields=known, activities=[_request()], stages=stages))
    assert (result.status, result.faults, result.activities, result.stages) == (ItemStatus.CREATED, [], 1, 2)
    lead = await _lead(scene)
    assert (lead.stage, lead.stage_kind, lead.stage_since, lead.contact_owner) == ("customer", "WON", WON, "SALES")
    assert (lead.historical, lead.created_at, lead.decision_id, lead.next_crossing) == (True, FIRST, None, None)
    assert [await _count(scene, table) for table in ("handover", "decision", "obligation")] == [0, 0, 0]


async def test_events_of_the_past_are_marked_and_not_streamed(scene: Scene) -> None:
    """Writes historical events with the time at which things happened; who follows is told nothing."""
    await scene.application.tail.start()
    following = scene.application.tail.follow(None, idle_seconds=0.3)
    page = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0.05)
    await _import(scene, _row(activities=[_request()], stages=[PastStage("mql", LATER)]))
    assert (await page).events == []
    await following.aclose()
    with suppress(asyncio.CancelledError):
        await scene.application.tail.stop()
    told = {event.type: event for event in await scene.events() if event.historical}
    assert told.keys() == {"lead.created", "activity.recorded", "lead.stage"}
    assert (told["lead.created"].at, told["lead.stage"].at) == (FIRST, LATER)


async def test_the_same_file_again_changes_nothing(scene: Scene) -> None:
    """Finds every row known: no event, value, activity or stage is added."""
    account = IncomingAccount("acme", "Acme", fields={"employees": 60})
    rows = [_row(key, account=account, activities=[_request(key)], stages=[PastStage("mql", FIRST)]) for key in "abc"]
    await _import(scene, *rows)
    tables = ("event", "field_value", "activity", "stage_change", "lead", "account")
    before = [await _count(scene, table) for table in tables]
    results = await _import(scene, *rows)
    assert [r.status for r in results] == [ItemStatus.UNCHANGED] * 3
    assert [await _count(scene, table) for table in tables] == before


async def test_a_second_file_adds_what_was_learnt_later(scene: Scene) -> None:
    """Keeps since when each value holds, and the newest as the present one, whatever the order of the files."""
    await _import(scene, _row(fields={"role": "Owner"}, observed_at=LATER))
    await _import(scene, _row(fields={"role": "Buyer", "country": "AT"}, observed_at=FIRST))
    assert (await _lead(scene)).fields == {"role": "Owner", "country": "AT"}
    async with scene.application.database.reading() as connection:
        found = await connection.execute(text("select value, valid_from from field_value where field = 'role'"))
        assert {(row.value, row.valid_from) for row in found} == {("Owner", LATER), ("Buyer", FIRST)}


async def test_contradictions_are_told_and_kept(scene: Scene) -> None:
    """A lead won before its first contact stays won, and the contradiction is told each time."""
    early = datetime(2025, 2, 27, tzinfo=UTC)
    row = _row(stages=[PastStage("mql", FIRST), PastStage("customer", early)])
    for _ in range(2):
        [result] = await _import(scene, row)
        said = ["customer at 2025-02-27 00:00, before the first contact at 2025-03-01 00:00"]
        assert (result.faults, result.contradictions) == ([], said)
    lead = await _lead(scene)
    assert (lead.stage, lead.stage_since) == ("customer", early)


async def test_a_lost_lead_may_be_reopened(scene: Scene) -> None:
    """An end stays the end, unless the lead came back."""
    ended = [PastStage("mql", FIRST), PastStage("lost", LATER), PastStage("recycled", WON)]
    [result] = await _import(scene, _row(stages=ended))
    assert (result.contradictions, (await _lead(scene)).stage) == ([], "recycled")


async def test_bad_rows_are_refused_whole(scene: Scene) -> None:
    """Tells all faults of a row with their places, writes nothing of it, and keeps its neighbours."""
    bad = _row(
        "bad",
        {"country": 5, "shoe": 43},
        activities=[_request("bad", form="dance"), _request("good")],
        stages=[
            PastStage("nirvana", FIRST),
            PastStage("mql", datetime(2031, 1, 1, tzinfo=UTC)),
            PastStage("mql", datetime.min.replace(tzinfo=UTC)),
        ],
    )
    good = _row("good", activities=[_request("good")])
    told = await _codes(scene, good, bad)
    assert told[0] == ("CREATED", [])
    assert told[1][0] == "REFUSED"
    assert set(told[1][1]) == {
        ("WRONG_TYPE", "fields.country"),
        ("UNKNOWN_FIELD", "fields.shoe"),
        ("UNKNOWN_STAGE", "stages.0.stage"),
        ("IN_FUTURE", "stages.1.at"),
        ("VALUE_NOT_ALLOWED", "stages.2.at"),
        ("UNKNOWN_ACTIVITY_TYPE", "activities.0.type"),
        ("KEY_REUSED", "activities.1.key"),
    }
    assert await _count(scene, "lead") == 1


async def test_a_row_about_an_unknown_lead_is_refused_where_leads_must_be_known(scene: Scene) -> None:
    """Makes no lead out of an outcome whose lead nobody sent."""
    assert await _codes(scene, _row(), only_known=True) == [("REFUSED", [("UNKNOWN_LEAD", "externalId")])]
    assert await _count(scene, "lead") == 0


async def test_the_past_of_a_live_lead_is_left_alone(scene: Scene) -> None:
    """Refuses what would change a lead that is judged already; a row that says nothing new is UNCHANGED."""
    await scene.lead("a")
    assert await _codes(scene, _row(fields={"role": "Buyer"})) == [("REFUSED", [("WRONG_STATE", "externalId")])]
    assert (await _lead(scene)).fields["role"] == "Owner"
    assert await _codes(scene, _row(fields={})) == [("UNCHANGED", [])]


async def test_the_first_live_write_judges_an_imported_lead(scene: Scene) -> None:
    """After that it is a lead like any other."""
    known = {"email": "a@b.example", "country": "DE", "role": "Owner"}
    await _import(scene, _row(fields=known, stages=[PastStage("mql", FIRST)]))
    await upsert_leads(scene.application, scene.integration, source=scene.source, items=[IncomingLead("a", known)])
    lead = await _lead(scene)
    assert (lead.historical, lead.stage) == (False, "mql")
    assert lead.decision_id is not None


async def test_two_imports_of_the_same_leads_at_once_make_each_lead_once(scene: Scene) -> None:
    """The second finds what the first wrote."""
    rows = [_row(f"lead-{n}", activities=[_request(f"lead-{n}")]) for n in range(50)]
    both = await asyncio.gather(_import(scene, *rows), _import(scene, *reversed(rows)))
    assert not [result.faults for results in both for result in results if result.faults]
    assert [await _count(scene, table) for table in ("lead", "activity")] == [50, 50]


async def test_outcomes_are_counted_by_a_field(scene: Scene) -> None:
    """Counts leads, won and lost, in all and by the value of a field."""
    for key, country, stage in (("a", "DE", "customer"), ("b", "DE", "mql"), ("c", "AT", "lost")):
        await _import(scene, _row(key, {"country": country}, stages=[PastStage(stage, LATER)]))
    [whole] = await count_outcomes(scene.application, scene.source)
    assert (whole.leads, whole.won, whole.lost) == (3, 1, 1)
    groups = await count_outcomes(scene.application, scene.source, "country")
    assert [(g.group, g.leads, g.won, g.lost) for g in groups] == [("DE", 2, 1, 0), ("AT", 1, 0, 1)]


async def test_only_who_may_send_leads_imports_them(scene: Scene) -> None:
    """Sales has no say in it."""
    with pytest.raises(Forbidden):
        await import_past(scene.application, scene.sales, source="crm", rows=[_row()])


async def test_the_agreement_must_be_in_force(scene: Scene, bare_scene: Scene) -> None:
    """Says which agreements there are, or that there is none."""
    with pytest.raises(Refusal, match="in force: main"):
        await _import(scene, _row(), agreement="other")
    with pytest.raises(Refusal, match="activate one first"):
        await _import(bare_scene, _row())
