"""Consents of imported rows: what is known already is not said again, and none undoes a withdrawal by coming twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from application.intake.record_consent import SaidConsent, record_consent
from application.runtime.incoming import ItemStatus
from application.runtime.item_faults import storable
from application.runtime.transaction import Application
from domain.document.sections.channels import EVERYTHING
from domain.people.principal import Principal
from domain.refusal import Refusal, Refusals
from domain.words.spelling import spelled
from persistence.leads import contact, leads


class KnownConsent(NamedTuple):
    """The known words of a lead."""

    purpose: str
    channel: str
    granted: bool
    at: datetime


@dataclass
class ConsentAnswer:
    """The result of one consent."""

    status: ItemStatus
    faults: list[Refusal] = field(default_factory=list)


class KnownConsents:
    """The known words of leads, those of this run too."""

    def __init__(self) -> None:
        self._of: dict[str, list[KnownConsent]] = {}

    def learn(self, lead: str, consents: Iterable[KnownConsent]) -> None:
        """Learn what a lead said."""
        told = self._of.setdefault(lead, [])
        told += (c._replace(purpose=spelled(c.purpose), channel=spelled(c.channel)) for c in consents)

    def is_news(self, lead: str, said: SaidConsent) -> bool:
        """Return whether a consent says more than is known of the lead.

        Without a time it says nothing where the same stands already, and lifts no withdrawal.
        """
        words = {(spelled(said.purpose), spelled(said.channel))}
        known = self._of.get(lead, [])
        same = [c for c in known if (c.purpose, c.channel) in words]
        if said.at is not None:
            return not any(c.granted is said.granted and c.at == said.at for c in same)
        if said.granted and any(not c.granted and _covers(c, said) for c in known):
            return False
        newest = max(same, key=lambda c: (c.at, not c.granted), default=None)
        return newest is None or newest.granted is not said.granted

    def said(self, lead: str, said: SaidConsent) -> None:
        """Learn what was recorded just now; without a time it is newer than all else."""
        at = said.at or datetime.max.replace(tzinfo=UTC)
        self.learn(lead, [KnownConsent(said.purpose, said.channel, said.granted, at)])


def _covers(withdrawal: KnownConsent, said: SaidConsent) -> bool:
    pairs = (withdrawal.purpose, said.purpose), (withdrawal.channel, said.channel)
    return all(word in {EVERYTHING, spelled(own)} for word, own in pairs)


async def record_imported(
    application: Application, principal: Principal, source: str, said: Sequence[tuple[str, SaidConsent]]
) -> list[ConsentAnswer]:
    """Record what leads of a source said, one after another; each with what became of it."""
    async with application.database.reading() as connection:
        active = await application.version_cache.active(connection)
        ids = await leads.ids_of_keys(connection, source, {key for key, _ in said if storable(key)})
        found = await contact.consents(connection, ids.values())
    known = KnownConsents()
    for key, lead_id in ids.items():
        known.learn(key, (KnownConsent(c.purpose, c.channel, c.granted, c.at) for c in found.get(lead_id, [])))
    answers = []
    for key, one in said:
        kept, unknown = one.kept(active)
        if key in ids and not unknown and not known.is_news(key, kept):
            answers.append(ConsentAnswer(ItemStatus.DUPLICATE))
            continue
        faults = await _record(application, principal, ids.get(key), one)
        if not faults:
            known.said(key, kept)
        answers.append(ConsentAnswer(ItemStatus.REFUSED if faults else ItemStatus.RECORDED, faults))
    return answers


async def _record(
    application: Application, principal: Principal, lead_id: UUID | None, said: SaidConsent
) -> list[Refusal]:
    """The reasons against recording a consent; the only place that does it."""
    if lead_id is None:
        return [Refusal("UNKNOWN_LEAD", "This source has no such lead.", ("lead",))]
    try:
        await record_consent(application, principal, lead_id=lead_id, said=said)
    except Refusals as refused:
        return list(refused.faults)
    except Refusal as refused:
        return [refused]
    return []
