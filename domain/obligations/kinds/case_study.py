"""The case study with a customer, once: from the order on, or from when the customer is one of those asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.document.document import SlaDocument
from domain.document.sections.after_sales import CaseStudyRule
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.obligations.kinds.customers import became_customer, claim_of, customer, shown, standing
from domain.party import Party
from domain.words.keys import ItemSince, item_in

WORD = "case-study"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    if customer(context) is None:
        return
    for rule in document.after_sales.case_studies:
        for instance_key, since in _instance_keys(rule, context).items():
            yield claim_of(rule.owner, rule.within, instance_key, since)


def _instance_keys(rule: CaseStudyRule, context: ObligationContext) -> dict[str, datetime]:
    """The one that is owed: the one begun already, else from when it is asked; none once there is one."""
    if any(one.kind == WORD and item_in(one.instance_key) == rule.key for one in context.settled):
        return {}
    since = became_customer(context)
    begun = standing(context, WORD, rule.key)
    if rule.when is not None:
        return begun or shown(context, rule.key)
    return begun or ({ItemSince(rule.key, since).text: since} if since is not None else {})


KIND = Kind(key=WORD, about=Subject.LEAD, party=Party.MARKETING, specs=_claims, pausable=False, itemized=True)
