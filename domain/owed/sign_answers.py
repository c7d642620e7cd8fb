"""What signs in customers call for: owed each time a sign begins to show, and also after it no longer does."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.after_sales import SignAnswer
from domain.document.document import SlaDocument
from domain.obligation import BreachSeverity
from domain.owed.customers import answered, claim_of, contact, customer, shown, standing
from domain.owed.kind import Case, Claim, Kind, Subject, Touch
from domain.party import Party

BY_A_WORD = frozenset({SignAnswer.OFFER})
"""What no activity is by itself, unless the document names one; a person says that it was done."""


def claims(document: SlaDocument, case: Case, kind: str, answer: SignAnswer) -> Iterator[Claim]:
    """What the signs that call for something make owed."""
    for sign in document.after_sales.signs:
        if sign.calls_for is answer:
            for occasion, since in (standing(case, kind, sign.key) | shown(case, sign.key)).items():
                seen = answered(case, kind, sign.owner, sign.activities, since=since)
                by_itself = bool(sign.activities) or answer not in BY_A_WORD
                met_at = next(seen, None) if by_itself else None
                yield claim_of(sign.owner, sign.within, occasion, since, met_at)


def _kind(word: str, answer: SignAnswer, party: Party, severity: BreachSeverity) -> Kind:
    def claimed(document: SlaDocument, case: Case) -> Iterator[Claim]:
        return claims(document, case, word, answer) if customer(case) is not None else iter(())

    def counts(document: SlaDocument, case: Case, touch: Touch) -> str | None:
        if customer(case) is None:
            return None
        asked = any(sign.calls_for is answer for sign in document.after_sales.signs)
        return contact(touch) if asked else None

    return Kind(
        word=word,
        about=Subject.LEAD,
        party=party,
        claims=claimed,
        counts=counts,
        pausable=False,
        itemized=True,
        severity=severity,
    )


OFFER = _kind("offer", SignAnswer.OFFER, Party.SALES, BreachSeverity.MEDIUM)
PROMPT_CONTACT = _kind("prompt-contact", SignAnswer.CONTACT, Party.SALES, BreachSeverity.HIGH)
