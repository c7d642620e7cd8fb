"""Leads at every stage of the starter agreement, and all changes of one key of its document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover, return_handover
from application.handovers.move_lead import move_lead
from application.reading import lists, single
from application.runtime.page import PageRequest
from domain.document.document import SlaDocument
from domain.document.reading.reading import read_document
from domain.document.shapes import Kind, Shape, properties
from domain.leads.lead import Lead
from tests.application.scene import Scene, leads_only, starter_document

WHOLE = Shape(Kind.PART, SlaDocument)
MARK = re.compile(r"[^.\[\]]+")
OTHER_TYPE: dict[str, dict[str, Any]] = {
    "TEXT": {"type": "DATE"},
    "INTEGER": {"type": "TEXT"},
    "ENUM": {"type": "TEXT", "values": []},
}


@dataclass(frozen=True, eq=False)
class WordChange:
    """One key of one keyed list, and what was done with it."""

    what: str
    path: str
    """Of the list, such as journey.stages."""
    key: str
    written: dict[str, Any]
    """The whole document afterwards."""

    @property
    def document(self) -> SlaDocument | None:
        """The document, where its form is right."""
        return read_document(self.written).document


def keyed_lists(written: Any, shape: Shape = WHOLE, path: str = "") -> Iterator[str]:
    """The paths of all keyed lists in a document's JSON that have an item, those inside of items too."""
    for name, inner in properties(shape.model).items() if shape.model else ():
        place = f"{path}.{name}".removeprefix(".")
        content = written.get(name)
        if inner.kind is Kind.PART and content:
            yield from keyed_lists(content, inner, place)
        elif inner.kind is Kind.KEYED and content and inner.item:
            yield place
            for item in content:
                yield from keyed_lists(item, inner.item, f"{place}[{item['key']}]")


def _at(written: Any, path: str) -> list[dict[str, Any]]:
    for step in MARK.findall(path):
        written = next(i for i in written if i["key"] == step) if isinstance(written, list) else written[step]
    found: list[dict[str, Any]] = written
    return found


def changes(document: dict[str, Any]) -> Iterator[WordChange]:
    """Every removal, renaming and change of type or kind of a key of every keyed list."""
    for path in keyed_lists(document):
        for place, item in enumerate(_at(document, path)):
            for what in ("removed", "renamed", *(name for name in ("type", "kind") if name in item)):
                written = deepcopy(document)
                inside = _at(written, path)
                if what == "removed":
                    del inside[place]
                elif what == "renamed":
                    inside[place]["key"] += "-x"
                elif what == "type":
                    inside[place] |= OTHER_TYPE[item["type"]]
                else:
                    inside[place]["kind"] = "OPPORTUNITY" if item["kind"] != "OPPORTUNITY" else "SALES_QUALIFIED"
                yield WordChange(what, path, item["key"], written)


def content() -> dict[str, Any]:
    """The document in force."""
    return leads_only(starter_document())


def renamed_stages(document: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The journey with stages under other names."""
    stages = [
        stage | {"key": names.get(stage["key"], stage["key"]), "next": [names.get(k, k) for k in stage["next"]]}
        for stage in document["journey"]["stages"]
    ]
    journey: dict[str, Any] = document["journey"]
    return journey | {"stages": stages}


def without_stages(document: dict[str, Any], *gone: str) -> dict[str, Any]:
    """The journey without some stages; what led to them leads to where they led."""
    stages = document["journey"]["stages"]
    beyond = {stage["key"]: stage["next"] for stage in stages}

    def onward(keys: list[str]) -> list[str]:
        found = [k for key in keys for k in (onward(beyond[key]) if key in gone else [key])]
        return list(dict.fromkeys(found))

    kept = [stage | {"next": onward(stage["next"])} for stage in stages if stage["key"] not in gone]
    journey: dict[str, Any] = document["journey"]
    return journey | {"stages": kept}


async def everywhere(scene: Scene) -> dict[str, UUID]:
    """A lead at every stage, named by it; one that waits to be answered, and one returned for data."""
    application, admin = scene.application, scene.admin
    found = {"prospect": (await scene.lead("prospect")).lead_id}
    await scene.activity("prospect", "webinar-attended")
    for name in ("mql", "sal", "sql", "opportunity", "customer", "lost", "recycled", "disqualified", "data"):
        handover = await scene.offered(name)
        found[name] = handover.lead_id
        reason = {"recycled": "no-need", "disqualified": "competitor", "data": "bad-data"}.get(name)
        if reason is not None:
            missing = ["phone"] if name == "data" else None
            await return_handover(
                application, admin, handover_id=handover.id, reason=reason, comment=None, missing=missing
            )
        elif name != "mql":
            await accept_handover(application, admin, handover_id=handover.id, comment=None)
            way = ["sql", "opportunity", "customer"] if name not in ("sal", "lost") else [name] * (name == "lost")
            for stage in way[: way.index(name) + 1] if name in way else ():
                await move_lead(application, admin, lead_id=handover.lead_id, stage=stage, reason="so it was")
    return {name: lead_id for name, lead_id in found.items() if lead_id is not None}


async def leads_now(scene: Scene) -> dict[UUID, Lead]:
    """All leads as they are."""
    page = await lists.leads(scene.application, scene.admin, lists.LeadFilter(), lists.LeadOrder.OLDEST).page(
        PageRequest(first=1000)
    )
    return {lead.id: lead for lead in page.items}


async def stages_now(scene: Scene, leads: dict[str, UUID]) -> dict[str, str]:
    """At which stage each lead is."""
    found = await single.leads(scene.application, scene.admin, list(leads.values()))
    return {name: lead.stage for name, lead in zip(leads, found, strict=True) if lead is not None}


async def bring_into_force(scene: Scene, *, tick: bool = True, **sections: Any) -> UUID:
    """A version of the main agreement with other sections, in force."""
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version)
    if tick:
        await scene.tick()
    return version
