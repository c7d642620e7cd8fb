"""The known contacts with leads, and the rules that were in force: read for many leads at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import ActiveVersions, VersionCache
from domain.document.sections.caps import CapPer
from domain.document.sections.contact import ContactSection
from domain.document.sections.fields import Direction
from domain.leads.contact import Contact, ContactFacts
from domain.leads.lead import Lead
from persistence.leads import contact
from rules.contact.contact import longest_span

UNGUARDED = ContactSection()
"""The rules for a lead that no agreement governs: ownership alone."""


@dataclass(frozen=True)
class GuardRules:
    """The contact sections of agreements, each with the moment since when it was in force."""

    by_agreement: Mapping[UUID, Sequence[tuple[datetime, ContactSection]]]

    @classmethod
    async def read(
        cls, connection: AsyncConnection, version_cache: VersionCache, agreements: Iterable[UUID]
    ) -> GuardRules:
        """The sections of the versions that are or were in force."""
        found = await contact.versions_since(connection, agreements)
        return cls(
            {
                agreement: [
                    (at, (await version_cache.version(connection, id_)).document.contact) for at, id_ in versions
                ]
                for agreement, versions in found.items()
            }
        )

    def at(self, agreement_id: UUID | None, at: datetime) -> ContactSection:
        """The section in force at a moment; before the first version was, its section."""
        sections = self.by_agreement.get(agreement_id, ()) if agreement_id else ()
        if not sections:
            return UNGUARDED
        place = bisect_right(sections, at, key=itemgetter(0))
        return sections[max(0, place - 1)][1]

    @property
    def span(self) -> timedelta:
        """Return how far back the longest cap of all looks."""
        return max((longest_span(s) for of in self.by_agreement.values() for _, s in of), default=timedelta())

    @property
    def by_account(self) -> bool:
        """Return whether some cap counts the contacts with all leads of a company."""
        sections = [section for of in self.by_agreement.values() for _, section in of]
        return any(cap.per is CapPer.ACCOUNT for section in sections for cap in section.caps)


def channel_of(contact: Contact, active: ActiveVersions) -> str | None:
    """The key of a contact's channel: its own, else its type's; None where neither is known."""
    kind = active.activity_types.get(contact.type)
    for told in (contact.channel, kind.channel if kind else None):
        known = active.contact.channel(told) if told is not None else None
        if known is not None:
            return known
    return None


def outbound_types(active: ActiveVersions) -> frozenset[str]:
    """The activity types by which we turn to a lead, in any version in force."""
    found = active.activity_types.values()
    return frozenset(kind.key for kind in found if kind.direction is Direction.OUTBOUND)


async def contact_facts(
    connection: AsyncConnection,
    leads: Sequence[Lead],
    rules: GuardRules,
    active: ActiveVersions,
    *,
    since: datetime,
    until: datetime,
    known_at: datetime | None = None,
) -> dict[UUID, ContactFacts]:
    """The known contacts with leads between two moments, both included; as it was known at a moment, if given."""
    ids = [lead.id for lead in leads]
    accounts = {lead.account_id for lead in leads if lead.account_id} if rules.by_account else set()
    members = await contact.leads_of_accounts(connection, accounts) if accounts else {}
    done: dict[UUID, list[Contact]] = {}
    if rules.span:
        asked = {*ids, *(id_ for of_account in members.values() for id_ in of_account)}
        reach = {"since": _before(since, rules.span), "until": _after(until, rules.span)}
        types = outbound_types(active)
        done = await contact.contacts(connection, asked, types=types, known_at=known_at, **reach)
    changes = await contact.owner_changes(connection, ids)
    offers = await contact.offers(connection, ids)
    stages = await contact.stages(connection, ids)
    consents = await contact.consents(connection, ids, known_at=known_at)
    return {
        lead.id: ContactFacts(
            owner=lead.contact_owner,
            changes=changes.get(lead.id, ()),
            offers=offers.get(lead.id, ()),
            stages=stages.get(lead.id, ()),
            consents=consents.get(lead.id, ()),
            contacts=done.get(lead.id, ()),
            of_account=[c for id_ in members.get(lead.account_id or lead.id, [lead.id]) for c in done.get(id_, ())],
        )
        for lead in leads
    }


_TICK = timedelta(microseconds=1)


def _before(moment: datetime, span: timedelta) -> datetime:
    """The last moment so long before another that a contact then no longer counts; the first there is, beyond it."""
    try:
        return moment - span - _TICK
    except OverflowError:
        return datetime.min.replace(tzinfo=moment.tzinfo)


def _after(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span + _TICK
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo)
