"""Which systems have not heard yet of a field that another one changed: kept on the lead, so that it is owed [S4.7]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.document import SlaDocument
from domain.document.sections.systems import System, field_name
from domain.leads.lead import Lead
from domain.obligations.kind import Fulfilment, Subject
from domain.obligations.kinds.sync import WORD, instance_key_of


async def follow(
    unit: UnitOfWork, source: str, changed: Mapping[UUID, Iterable[str]], echoed: Mapping[UUID, Iterable[str]]
) -> None:
    """Note of leads which systems fell behind, and which came level because they wrote the same."""
    for lead_id in sorted(changed.keys() | echoed.keys()):
        lead = unit.leads[lead_id]
        if lead.stage_version_id is None:
            continue
        document = (await unit.compiled_version(lead.stage_version_id)).document
        writer = next((system for system in document.systems if source in system.names), None)
        behind = dict(lead.behind)
        if writer is not None and writer.key in behind:
            _come_level(unit, lead, behind, writer, {*echoed.get(lead_id, ()), *changed.get(lead_id, ())})
        _fall_behind(unit, lead, behind, document, writer, set(changed.get(lead_id, ())))
        if behind != lead.behind:
            unit.put_lead(replace(lead, behind=behind))
            unit.changed[lead_id] = Subject.LEAD


def _come_level(unit: UnitOfWork, lead: Lead, behind: dict[str, Any], writer: System, same: set[str]) -> None:
    missing = behind[writer.key]
    left = [name for name in missing["fields"] if name not in same]
    if left:
        behind[writer.key] = {**missing, "fields": left}
        return
    del behind[writer.key]
    fulfilment = Fulfilment(WORD, unit.transaction.now, instance_key_of(writer.key, missing["since"]))
    unit.fulfilments.setdefault(lead.id, []).append(fulfilment)


def _fall_behind(
    unit: UnitOfWork,
    lead: Lead,
    behind: dict[str, Any],
    document: SlaDocument,
    writer: System | None,
    changed: set[str],
) -> None:
    for system in document.systems:
        if writer is not None and system.key == writer.key:
            continue
        wanted = {field_name(f) for f in document.fields if system.receives(f)} & changed
        if not wanted:
            continue
        missing = behind.get(system.key)
        if missing is None or not _owed(unit, lead, instance_key_of(system.key, missing["since"])):
            missing = {"since": unit.transaction.now.isoformat(), "fields": []}
        behind[system.key] = {**missing, "fields": sorted({*missing["fields"], *wanted})}


def _owed(unit: UnitOfWork, lead: Lead, instance_key: str) -> bool:
    """Return whether it is still owed: a person may have said that it was done, or forgiven it."""
    return any((o.kind, o.instance_key) == (WORD, instance_key) for o in unit.owed(lead.id))
