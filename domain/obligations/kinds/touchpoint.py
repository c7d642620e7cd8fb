"""Touchpoints owed to customers: in their time after the order, when one has gone quiet, when a sign asks so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.document.document import SlaDocument
from domain.document.sections.after_sales import Reactivation, SignAnswer, TouchpointRule
from domain.obligations.kind import Interaction, Kind, ObligationContext, ObligationSpec, Subject
from domain.obligations.kinds import sign_answers
from domain.obligations.kinds.customers import answered, became_customer, claim_of, contact, customer, shown, standing
from domain.party import Party
from domain.words.keys import ItemSince

WORD = "touchpoint"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    if customer(context) is None:
        return
    since = became_customer(context)
    if since is not None:
        yield from _after_the_order(document, context, since)
    for quiet in document.after_sales.reactivations:
        yield from _silence(quiet, context)
    yield from sign_answers.specs(document, context, WORD, SignAnswer.TOUCHPOINT)


def _after_the_order(document: SlaDocument, context: ObligationContext, since: datetime) -> Iterator[ObligationSpec]:
    """Each in its time; one activity is one touchpoint, of several the one whose time began first."""
    used: set[datetime] = set()
    for rule in sorted(document.after_sales.touchpoints, key=lambda rule: (_begins(rule, since), rule.key)):
        begins = _begins(rule, since)
        made = (at for at in answered(context, WORD, rule.owner, rule.activities, since=begins) if at not in used)
        met_at = next(made, None)
        used |= {met_at} if met_at else set()
        yield claim_of(rule.owner, rule.within, ItemSince(rule.key, since).text, begins, met_at)


def _begins(rule: TouchpointRule, since: datetime) -> datetime:
    return since + timedelta(days=rule.after.days, seconds=rule.after.seconds)


def _silence(quiet: Reactivation, context: ObligationContext) -> Iterator[ObligationSpec]:
    """Owed while the silence lasts; what breaks it meets what is owed, or calls it off if the customer came back."""
    now_quiet = shown(context, quiet.key)
    for instance_key, since in (standing(context, WORD, quiet.key) | now_quiet).items():
        met_at = next(answered(context, WORD, quiet.owner, (), since=since), None)
        if met_at is not None or instance_key in now_quiet:
            yield claim_of(quiet.owner, quiet.within, instance_key, since, met_at)


def _counts(document: SlaDocument, context: ObligationContext, interaction: Interaction) -> str | None:
    rules = document.after_sales
    asked = rules.touchpoints or rules.reactivations or rules.signs
    return contact(interaction) if asked and customer(context) is not None else None


KIND = Kind(
    key=WORD, about=Subject.LEAD, party=Party.MARKETING, specs=_claims, counts=_counts, pausable=False, itemized=True
)
