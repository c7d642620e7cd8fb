"""Rows sent as live leads: through the use cases on the database, or through the API of a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from api.cli.client.remote import RECORD_ACTIVITIES, UPSERT_LEADS, Remote, RemoteRefusal
from api.cli.importing.send_consents import consents_sent
from api.cli.importing.tally import RowFault, Tally
from application.intake.admitting import Path
from application.intake.importing.agreed_types import AgreedTypes
from application.intake.importing.imported_consents import record_imported
from application.intake.importing.mapping import Mapping as FileMapping
from application.intake.importing.rows import ImportedRow
from application.intake.importing.skipping import activity_without, lead_without
from application.intake.record_activities import record_activities
from application.intake.record_consent import SaidConsent
from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import (
    MAX_ITEMS,
    Absent,
    IncomingAccount,
    IncomingActivity,
    IncomingLead,
    ItemResult,
    ItemStatus,
)
from application.runtime.transaction import Application
from domain.document.sections.fields import FieldType
from domain.people.principal import Principal, Role
from domain.refusal import Refusal, need_no

MOST_VALUES, MOST_BYTES = 15_000, 750_000
"""The most that is sent at once; the API takes 20,000 values and 1 MiB, with all that stands around the items."""

OPERATOR = Principal(key_id=UUID(int=0), name="baton import", role=Role.INTEGRATION)
"""Whoever works at the command line of the house."""

TYPES = """
query Types {
  agreements {
    nodes { activeVersion { document { fields { of key type } activityTypes { key fields { key type } } } } }
  }
}
"""
Answer = Mapping[str, Any]
"""The result of an item, as the API words it: status, handover, errors."""
Send = Callable[[Sequence[Any]], Coroutine[Any, Any, list[Answer]]]


class Live:
    """Sends rows, leads before activities, and counts what became of them."""

    def __init__(self, mapping: FileMapping, send_leads: Send, send_activities: Send, send_consents: Send) -> None:
        self._mapping = mapping
        self._send_leads = send_leads
        self._send_activities = send_activities
        self._send_consents = send_consents

    async def take(self, rows: Sequence[ImportedRow], tally: Tally) -> None:
        """Send a batch of rows."""
        good = [row for row in rows if not tally.left_out(row, faulty=True)]
        taken = []
        answers = await _patiently(
            self._send_leads, [row.lead for row in good], lambda lead, paths: lead_without(self._mapping, lead, paths)
        )
        for row, answer in zip(good, answers, strict=True):
            tally.end(answer["status"])
            if _settle(row, answer, (), tally):
                taken.append(row)
        told = [(row, place, item) for row in taken for place, item in enumerate(row.activities)]
        for part in _parts(told):
            answers = await _patiently(
                self._send_activities,
                [item for _, _, item in part],
                lambda item, paths: activity_without(self._mapping, item, paths),
            )
            for (row, place, _), answer in zip(part, answers, strict=True):
                tally.count(f"Activities {answer['status'].lower()}")
                _settle(row, answer, ("activities", str(place)), tally)
        said = [(row, place, one) for row in taken for place, one in enumerate(row.consents)]
        answers = await self._send_consents([(row.lead.external_id, one) for row, _, one in said])
        for (row, place, _), answer in zip(said, answers, strict=True):
            tally.count(f"Consents {answer['status'].lower()}")
            _settle(row, answer, ("consents", str(place)), tally)
        tally.count("Stages left out (they belong to --history)", sum(len(row.stages) for row in taken))


async def _patiently(send: Send, items: Sequence[Any], less: Callable[[Any, list[Path]], Any]) -> list[Answer]:
    """Return what became of the items; those whose values at fault may be left out are sent again without them.

    An answer has room for the first error of each item only, so that this may take several rounds.
    """
    now, answers = dict(enumerate(items)), {}
    told: dict[int, list[Any]] = {index: [] for index in now}
    while now:
        again: dict[int, Any] = {}
        for (index, item), answer in zip(now.items(), await send(list(now.values())), strict=True):
            answers[index] = answer
            told[index] += answer["errors"]
            paths = [tuple(error["path"] or ()) for error in answer["errors"]]
            refused = answer["status"] == ItemStatus.REFUSED.value and paths
            rest = less(item, paths) if refused else None
            if rest is not None and rest != item:
                again[index] = rest
        now = again
    return [{**answers[index], "errors": told[index]} for index in range(len(items))]


def _settle(row: ImportedRow, answer: Answer, path: tuple[str, ...], tally: Tally) -> bool:
    if answer["handover"]:
        tally.handovers.add(answer["handover"]["id"])
    for error in answer["errors"]:
        place = ".".join((*path, *(error["path"] or ())))
        tally.faults.append(RowFault(row.number, row.lead.external_id, error["code"], place, error["message"]))
    return bool(answer["status"] != ItemStatus.REFUSED)


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), MAX_ITEMS):
        yield items[start : start + MAX_ITEMS]


def through_application(application: Application, mapping: FileMapping) -> Live:
    """Send to the database at hand."""

    async def send_leads(items: Sequence[IncomingLead]) -> list[Answer]:
        done = await upsert_leads(
            application, OPERATOR, source=mapping.source, items=items, only_known=mapping.only_known
        )
        return _answers(done.results, done.faults)

    async def send_activities(items: Sequence[IncomingActivity]) -> list[Answer]:
        done = await record_activities(application, OPERATOR, source=mapping.source, items=items)
        return _answers(done.results, done.faults)

    async def send_consents(said: Sequence[tuple[str, SaidConsent]]) -> list[Answer]:
        done = await record_imported(application, OPERATOR, mapping.source, said)
        return [_answer(one.status, None, one.faults) for one in done]

    return Live(mapping, send_leads, send_activities, send_consents)


def _answers(results: Sequence[ItemResult], faults: Sequence[Refusal]) -> list[Answer]:
    need_no(faults)
    return [_answer(result.status, result.handover_id, result.faults) for result in results]


def _answer(status: ItemStatus, handover_id: UUID | None, faults: Sequence[Refusal]) -> Answer:
    return {
        "status": status.value,
        "handover": {"id": str(handover_id)} if handover_id else None,
        "errors": [{"code": f.code, "message": f.message, "path": f.path} for f in faults],
    }


def through_api(remote: Remote, mapping: FileMapping) -> Live:
    """Send to a server as any tool would."""

    async def send_leads(items: Sequence[IncomingLead]) -> list[Answer]:
        known = {"onlyKnown": True} if mapping.only_known else {}
        leads = [_lead(item) for item in items]
        return await _sent(remote, UPSERT_LEADS, mapping.source, "leads", leads, **known)

    async def send_activities(items: Sequence[IncomingActivity]) -> list[Answer]:
        return await _sent(remote, RECORD_ACTIVITIES, mapping.source, "activities", [_activity(item) for item in items])

    async def send_consents(said: Sequence[tuple[str, SaidConsent]]) -> list[Answer]:
        return await consents_sent(remote, mapping.source, said)

    return Live(mapping, send_leads, send_activities, send_consents)


async def _sent(
    remote: Remote, mutation: str, source: str, name: str, items: Sequence[Any], **terms: Any
) -> list[Answer]:
    results: list[Answer] = []
    for portion in _portions(items):
        told = (await remote.change(mutation, source=source, **{name: portion}, **terms))["results"]
        if len(told) != len(portion):
            raise RemoteRefusal("The API answered fewer items than were sent.")
        results += told
    return results


def _portions(items: Sequence[Any]) -> Iterator[list[Any]]:
    """The items in portions of which the API takes each in one request, however wide the rows are."""
    portion: list[Any] = []
    values = size = 0
    for item in items:
        more, longer = _values(item), len(json.dumps(item, ensure_ascii=False).encode())
        if portion and (values + more > MOST_VALUES or size + longer > MOST_BYTES):
            yield portion
            portion, values, size = [], 0, 0
        portion.append(item)
        values, size = values + more, size + longer
    if portion:
        yield portion


def _values(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values, inside))


def _lead(item: IncomingLead) -> dict[str, Any]:
    moments = {"createdAt": item.created_at, "observedAt": item.observed_at}
    told = {name: at.isoformat() for name, at in moments.items() if at is not None}
    spoken = {} if isinstance(item.account, Absent) else {"account": item.account and _account(item.account)}
    return {"externalId": item.external_id, "fields": dict(item.fields), **spoken, **told}


def _account(account: IncomingAccount) -> dict[str, Any]:
    known_by = {"name": account.name, "owner": account.owner}
    spoken = {name: value for name, value in known_by.items() if not isinstance(value, Absent)}
    return {"key": account.key, **spoken, "fields": dict(account.fields or {})}


def _activity(item: IncomingActivity) -> dict[str, Any]:
    names = ("key", "lead", "type", "person", "channel", "campaign", "content")
    told = {name: getattr(item, name) for name in names}
    party = item.party.value if item.party else None
    return _given(
        {**told, "party": party, "occurredAt": item.occurred_at.isoformat(), "fields": dict(item.fields or {})}
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def types_behind(remote: Remote) -> AgreedTypes:
    """The types of the fields of the agreements in force on a server."""
    data = await remote.ask(TYPES, {})
    active = [agreement["activeVersion"] for agreement in data["agreements"]["nodes"]]
    documents = [version["document"] for version in active if version is not None]
    fields = [(f["of"], f) for document in documents for f in document["fields"]]
    kinds = [kind for document in documents for kind in document["activityTypes"]]
    fields += [(kind["key"], f) for kind in kinds for f in kind["fields"]]
    return {(has, f["key"]): FieldType(f["type"]) for has, f in fields}
