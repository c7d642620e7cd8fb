"""The same value in another system: a change of a field that one system owns reaches those that must have it [S4.7]."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.document.document import SlaDocument
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party
from domain.words.keys import ItemSince

WORD = "sync"


def instance_key_of(system: str, since: str) -> str:
    """Return what tells the falling behind of a system from an earlier one."""
    return ItemSince(system, datetime.fromisoformat(since)).text


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    """One for each system that is behind, however many fields changed meanwhile; from the first of them on."""
    behind = context.lead.behind if context.lead else {}
    for system in document.systems if behind else ():
        if system.key in behind and system.sync_within is not None:
            since = behind[system.key]["since"]
            yield ObligationSpec(
                start=datetime.fromisoformat(since),
                limit=system.sync_within,
                instance_key=instance_key_of(system.key, since),
                party=system.run_by,
            )


KIND = Kind(
    key=WORD,
    about=Subject.LEAD,
    party=Party.MARKETING,
    specs=_claims,
    pausable=False,
    personal=False,
    itemized=True,
)
