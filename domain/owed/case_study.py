"""The case study with a customer, once: from the order on, or from when the customer is one of those asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.document.after_sales import CaseStudyRule
from domain.document.document import SlaDocument
from domain.owed.customers import became_customer, claim_of, customer, shown, standing
from domain.owed.kind import Case, Claim, Kind, Subject
from domain.party import Party

WORD = "case-study"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if customer(case) is None:
        return
    for rule in document.after_sales.case_studies:
        for occasion, since in _occasions(rule, case).items():
            yield claim_of(rule.owner, rule.within, occasion, since)


def _occasions(rule: CaseStudyRule, case: Case) -> dict[str, datetime]:
    """The one that is owed: the one begun already, else from when it is asked; none once there is one."""
    if any(one.kind == WORD and one.occasion.split(" ")[0] == rule.key for one in case.settled):
        return {}
    since = became_customer(case)
    begun = standing(case, WORD, rule.key)
    if rule.when is not None:
        return begun or shown(case, rule.key)
    return begun or ({f"{rule.key} {since.isoformat()}": since} if since is not None else {})


KIND = Kind(word=WORD, about=Subject.LEAD, party=Party.MARKETING, claims=_claims, pausable=False, itemized=True)
