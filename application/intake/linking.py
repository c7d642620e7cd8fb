"""One lead known to several senders: the key of another sender, given with a lead, makes both keys mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.incoming import IncomingLead
from application.runtime.item_faults import storable
from domain.refusal import Refusal
from persistence.leads import leads


@dataclass(frozen=True)
class Links:
    """The words of a batch's items about other senders' keys."""

    known: Mapping[tuple[str, str], UUID]
    """The leads of the keys that are spoken of."""
    own: Mapping[str, UUID]
    """The leads that the sender's own keys mean already."""
    leads: Mapping[str, UUID]
    """The leads that new own keys are to mean."""

    def faults(self, item: IncomingLead) -> list[Refusal]:
        """Return what is wrong with what an item says about another sender's key."""
        if item.same_as is None or not _may_be_looked_up(item):
            return []
        meant = self.known.get(item.same_as)
        if meant is None:
            return [Refusal("UNKNOWN_LEAD", "The other sender has no such lead.", ("sameAs",))]
        if self.own.get(item.external_id, self.leads.get(item.external_id)) != meant:
            return [Refusal("KEY_TAKEN", "The key means another lead already.", ("externalId",))]
        return []


def _may_be_looked_up(item: IncomingLead) -> bool:
    """Return whether a database takes its keys; what it does not take is told by the check of the item."""
    return storable(item.external_id) and all(map(storable, item.same_as or ()))


async def links_of(connection: AsyncConnection, source: str, items: Sequence[IncomingLead]) -> Links:
    """Look up the keys that a batch speaks of; nothing when it speaks of none."""
    linked = {item.external_id: item.same_as for item in items if item.same_as is not None and _may_be_looked_up(item)}
    if not linked:
        return Links({}, {}, {})
    known = await leads.ids_of_any_keys(connection, set(linked.values()))
    own = await leads.ids_of_keys(connection, source, linked)
    new = {key: known[same] for key, same in linked.items() if key not in own and same in known}
    return Links(known, own, new)


async def link(connection: AsyncConnection, source: str, links: Mapping[str, UUID]) -> None:
    """Have new keys of a sender mean leads that are locked; whoever was faster with a key, keeps it."""
    if links:
        await leads.add_keys(connection, source, links)
