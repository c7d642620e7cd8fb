"""Consents sent to a server: asked for first, so that what is known is not said again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.cli.client.remote import Remote, RemoteRefusal
from application.intake.importing.imported_consents import KnownConsent, KnownConsents
from application.intake.record_consent import SaidConsent
from application.runtime.incoming import ItemStatus

KNOWN = "query Known($ref: LeadRef!) { lead(ref: $ref) { consents { purpose channel granted at } } }"
RECORD = """
mutation Consent($input: RecordConsentInput!) { recordConsent(input: $input) { errors { code message path } } }
"""


async def consents_sent(
    remote: Remote, source: str, said: Sequence[tuple[str, SaidConsent]]
) -> list[Mapping[str, Any]]:
    """Record what leads of a source said, one after another; each with what became of it."""
    known, asked = KnownConsents(), set[str]()
    answers = []
    for key, one in said:
        if key not in asked:
            asked.add(key)
            known.learn(key, await _known(remote, source, key))
        if not known.is_news(key, one):
            answers.append(_answer(ItemStatus.DUPLICATE, []))
            continue
        errors = await _record(remote, source, key, one)
        if not errors:
            known.said(key, one)
        answers.append(_answer(ItemStatus.REFUSED if errors else ItemStatus.RECORDED, errors))
    return answers


def _answer(status: ItemStatus, errors: Sequence[Any]) -> Mapping[str, Any]:
    return {"status": status.value, "handover": None, "errors": errors}


async def _known(remote: Remote, source: str, key: str) -> list[KnownConsent]:
    data = await remote.ask(KNOWN, {"ref": _ref(source, key)})
    consents = (data["lead"] or {"consents": []})["consents"]
    return [KnownConsent(c["purpose"], c["channel"], c["granted"], datetime.fromisoformat(c["at"])) for c in consents]


def _ref(source: str, key: str) -> dict[str, Any]:
    return {"key": {"source": source, "externalId": key}}


async def _record(remote: Remote, source: str, key: str, said: SaidConsent) -> Sequence[Any]:
    told: dict[str, Any] = {"lead": _ref(source, key), "purpose": said.purpose, "channel": said.channel}
    told |= {"granted": said.granted, "evidence": said.evidence}
    told |= {"at": said.at.isoformat() if said.at else None}
    told |= {"expiresAt": said.expires_at.isoformat() if said.expires_at else None}
    if said.at is not None:  # an alias of a channel is known to the server only: what came once is answered once
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        told["idempotencyKey"] = f"import-{digest}"
    data = await remote.ask(RECORD, {"input": {name: value for name, value in told.items() if value is not None}})
    if data["recordConsent"] is None:
        raise RemoteRefusal("The API gave an empty answer.")
    errors: Sequence[Any] = data["recordConsent"]["errors"]
    return errors
