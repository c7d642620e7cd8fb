"""Which systems have not heard yet of a field that another one changed: kept on the lead, so that it is owed [S4.7]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.desk import Desk
from domain.document.document import SlaDocument
from domain.document.systems import System, field_name
from domain.lead import Lead
from domain.owed.kind import Deed, Subject
from domain.owed.sync import WORD, occasion_of


async def follow(
    desk: Desk, source: str, changed: Mapping[UUID, Iterable[str]], echoed: Mapping[UUID, Iterable[str]]
) -> None:
    """Note of leads which systems fell behind, and which came level because they wrote the same."""
    for lead_id in sorted(changed.keys() | echoed.keys()):
        lead = desk.leads[lead_id]
        if lead.stage_version_id is None:
            continue
        document = (await desk.book(lead.stage_version_id)).document
        writer = next((system for system in document.systems if source in system.names), None)
        behind = dict(lead.behind)
        if writer is not None and writer.key in behind:
            _come_level(desk, lead, behind, writer, {*echoed.get(lead_id, ()), *changed.get(lead_id, ())})
        _fall_behind(desk, lead, behind, document, writer, set(changed.get(lead_id, ())))
        if behind != lead.behind:
            desk.put_lead(replace(lead, behind=behind))
            desk.changed[lead_id] = Subject.LEAD


def _come_level(desk: Desk, lead: Lead, behind: dict[str, Any], writer: System, same: set[str]) -> None:
    missing = behind[writer.key]
    left = [name for name in missing["fields"] if name not in same]
    if left:
        behind[writer.key] = {**missing, "fields": left}
        return
    del behind[writer.key]
    deed = Deed(WORD, desk.work.now, occasion_of(writer.key, missing["since"]))
    desk.deeds.setdefault(lead.id, []).append(deed)


def _fall_behind(
    desk: Desk, lead: Lead, behind: dict[str, Any], document: SlaDocument, writer: System | None, changed: set[str]
) -> None:
    for system in document.systems:
        if writer is not None and system.key == writer.key:
            continue
        wanted = {field_name(f) for f in document.fields if system.receives(f)} & changed
        if not wanted:
            continue
        missing = behind.get(system.key)
        if missing is None or not _owed(desk, lead, occasion_of(system.key, missing["since"])):
            missing = {"since": desk.work.now.isoformat(), "fields": []}
        behind[system.key] = {**missing, "fields": sorted({*missing["fields"], *wanted})}


def _owed(desk: Desk, lead: Lead, occasion: str) -> bool:
    """Whether it is still owed: a person may have said that it was done, or forgiven it."""
    return any((o.kind, o.occasion) == (WORD, occasion) for o in desk.owed(lead.id))
