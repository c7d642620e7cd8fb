"""The duties that signs in customers call for: owed each time a sign begins to show, and also after it no longer
does."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.sections.after_sales import SignAnswer
from domain.obligation import BreachSeverity
from domain.obligations.kind import Interaction, Kind, ObligationContext, ObligationSpec, Subject
from domain.obligations.kinds.customers import answered, claim_of, contact, customer, shown, standing
from domain.party import Party

BY_A_WORD = frozenset({SignAnswer.OFFER})
"""The kinds that no activity is by itself, unless the document names one; a person says that it was done."""


def specs(document: SlaDocument, context: ObligationContext, kind: str, answer: SignAnswer) -> Iterator[ObligationSpec]:
    """Return what the signs that call for something make owed."""
    for sign in document.after_sales.signs:
        if sign.calls_for is answer:
            for instance_key, since in (standing(context, kind, sign.key) | shown(context, sign.key)).items():
                seen = answered(context, kind, sign.owner, sign.activities, since=since)
                by_itself = bool(sign.activities) or answer not in BY_A_WORD
                met_at = next(seen, None) if by_itself else None
                yield claim_of(sign.owner, sign.within, instance_key, since, met_at)


def _kind(key: str, answer: SignAnswer, party: Party, severity: BreachSeverity) -> Kind:
    def claimed(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
        return specs(document, context, key, answer) if customer(context) is not None else iter(())

    def counts(document: SlaDocument, context: ObligationContext, interaction: Interaction) -> str | None:
        if customer(context) is None:
            return None
        asked = any(sign.calls_for is answer for sign in document.after_sales.signs)
        return contact(interaction) if asked else None

    return Kind(
        key=key,
        about=Subject.LEAD,
        party=party,
        specs=claimed,
        counts=counts,
        pausable=False,
        itemized=True,
        severity=severity,
    )


OFFER = _kind("offer", SignAnswer.OFFER, Party.SALES, BreachSeverity.MEDIUM)
PROMPT_CONTACT = _kind("prompt-contact", SignAnswer.CONTACT, Party.SALES, BreachSeverity.HIGH)
