"""Whatever a batch, the clock or the contact guard reads of tables that grow is found by an index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event, text

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover, return_handover
from application.handovers.move_lead import move_lead
from application.handovers.pause_clock import pause_clock
from application.intake.contact_permission import contact_permission
from application.intake.record_consent import SaidConsent, record_consent
from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingAccount, IncomingLead
from domain.party import Party
from persistence import tables
from tests.application.scene import Scene

SMALL = {
    *("absence", "activation", "agreement", "api_key", "consumer", "event_head", "event_pending", "event_position"),
    *("idempotency", "movement", "rejudgement", "section_comment", "signature", "simulation", "simulation_difference"),
    *("team", "team_member", "version", "version_change"),
}
"""Tables that hold what people write, or only what is on its way; the others grow with every lead."""
GROWING = {table.name for table in tables.metadata.tables.values()} - SMALL | set(tables.OBLIGATION_PARTITIONS)
WHOLE = "select relname from pg_class c join pg_index i on i.indexrelid = c.oid where i.indpred is null"

UNKNOWN = ("delete from pg_statistic", "update pg_class set reltuples = -1, relpages = 0 where relkind in ('r', 'i')")
"""Has the planner forget how small the tables of a test are, which it finds out in the background at any time."""


@contextmanager
def listening(scene: Scene) -> Iterator[dict[str, Any]]:
    """The statements that are sent meanwhile, each with the values of one time."""
    sent: dict[str, Any] = {}

    def hear(_c: Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if not many and statement.lstrip().lower().startswith(("select", "with", "update", "delete")):
            sent.setdefault(statement, given)

    engine = scene.application.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _scans(node: dict[str, Any], above: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """The parts of a plan, each with the kind of the one above it."""
    yield node, above
    for part in node.get("Plans", ()):
        yield from _scans(part, node["Node Type"])


def _reads_all(node: dict[str, Any], above: str, whole: set[str]) -> bool:
    """Whether a part of a plan reads a growing table whole; the first rows by an index are not that."""
    if node.get("Relation Name") not in GROWING:
        return False
    if node["Node Type"] == "Seq Scan":
        return True
    if not node["Node Type"].startswith("Index") or "Index Cond" in node or node["Index Name"] not in whole:
        return False
    return above != "Limit" or "Filter" in node


async def without_index(scene: Scene, sent: dict[str, Any]) -> list[str]:
    """The statements that cannot do without reading a whole table, however large it is."""
    found = []
    async with scene.application.database.transaction() as connection:
        whole = set((await connection.execute(text(WHOLE))).scalars())
        for forgotten in UNKNOWN:
            await connection.execute(text(forgotten))
        await connection.execute(text("set local enable_seqscan = off"))
        for statement, given in sent.items():
            answer = await connection.exec_driver_sql(f"explain (format json) {statement}", given)
            told = answer.scalar_one()
            plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
            read = [node["Relation Name"] for node, above in _scans(plan) if _reads_all(node, above, whole)]
            found += [f"{name}: {statement}" for name in read]
    return found


async def _a_day(scene: Scene) -> None:
    """What happens to leads in a day: they come, are offered, contacted, answered, moved, returned, paused."""
    company = IncomingAccount("werk", fields={"employees": 60})
    people = [IncomingLead(key, {"email": f"{key}@werk.example", "phone": "1"}, company) for key in ("ada", "ben")]
    await upsert_leads(scene.application, scene.integration, source=scene.source, items=people)
    for key in ("ada", "ben"):
        await scene.activity(key, "newsletter", party=Party.MARKETING)
    handover, other = await scene.offered("lea"), await scene.offered("tom")
    consent = SaidConsent("marketing-mail", "email", granted=True)
    await record_consent(scene.application, scene.marketing, lead_id=handover.lead_id, said=consent)
    await contact_permission(
        scene.application, scene.admin, lead_id=handover.lead_id, party=Party.SALES, channel="email"
    )
    until = scene.time.now() + timedelta(hours=1)
    await pause_clock(scene.application, scene.sales, handover_id=other.id, until=until, reason="x")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    await move_lead(scene.application, scene.sales, lead_id=handover.lead_id, stage="sql")
    await return_handover(scene.application, scene.sales, handover_id=other.id, reason="no-need", comment=None)
    scene.time.pass_by(days=30)
    await scene.tick()


async def test_whatever_a_day_reads_is_found_by_an_index(scene: Scene) -> None:
    """Asks the planner for each statement that is really sent, with scans of whole tables made dear."""
    caps = [{"contacts": 1, "within": "P7D", "per": "ACCOUNT"}]
    version = await scene.new_version("main", sections={"contact": {"caps": caps}})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    with listening(scene) as sent:
        await _a_day(scene)
    assert any("from consent" in statement for statement in sent)
    assert any("from contact_owner_change" in statement for statement in sent)
    assert await without_index(scene, sent) == []


async def test_a_statement_without_an_index_is_found(scene: Scene) -> None:
    """Tells what reads a whole table, by an index over all of it too."""
    by_evidence = "select * from consent where evidence = 'x'"
    by_age = "select id from lead where created_at < now() order by id limit 9"
    found = await without_index(scene, {by_evidence: (), by_age: ()})
    assert [one.partition(":")[0] for one in found] == ["consent", "lead"]
