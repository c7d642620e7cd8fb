"""Touchpoints owed to customers: in their time after the order, when one has gone quiet, when a sign asks so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.document.after_sales import Reactivation, SignAnswer, TouchpointRule
from domain.document.document import SlaDocument
from domain.owed import sign_answers
from domain.owed.customers import answered, became_customer, claim_of, contact, customer, shown, standing
from domain.owed.kind import Case, Claim, Kind, Subject, Touch
from domain.party import Party

WORD = "touchpoint"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if customer(case) is None:
        return
    since = became_customer(case)
    if since is not None:
        yield from _after_the_order(document, case, since)
    for quiet in document.after_sales.reactivations:
        yield from _silence(quiet, case)
    yield from sign_answers.claims(document, case, WORD, SignAnswer.TOUCHPOINT)


def _after_the_order(document: SlaDocument, case: Case, since: datetime) -> Iterator[Claim]:
    """Each in its time; one activity is one touchpoint, of several the one whose time began first."""
    used: set[datetime] = set()
    for rule in sorted(document.after_sales.touchpoints, key=lambda rule: (_begins(rule, since), rule.key)):
        begins = _begins(rule, since)
        made = (at for at in answered(case, WORD, rule.owner, rule.activities, since=begins) if at not in used)
        met_at = next(made, None)
        used |= {met_at} if met_at else set()
        yield claim_of(rule.owner, rule.within, f"{rule.key} {since.isoformat()}", begins, met_at)


def _begins(rule: TouchpointRule, since: datetime) -> datetime:
    return since + timedelta(days=rule.after.days, seconds=rule.after.seconds)


def _silence(quiet: Reactivation, case: Case) -> Iterator[Claim]:
    """Owed while the silence lasts; what breaks it meets what is owed, or calls it off if the customer came back."""
    now_quiet = shown(case, quiet.key)
    for occasion, since in (standing(case, WORD, quiet.key) | now_quiet).items():
        met_at = next(answered(case, WORD, quiet.owner, (), since=since), None)
        if met_at is not None or occasion in now_quiet:
            yield claim_of(quiet.owner, quiet.within, occasion, since, met_at)


def _counts(document: SlaDocument, case: Case, touch: Touch) -> str | None:
    rules = document.after_sales
    asked = rules.touchpoints or rules.reactivations or rules.signs
    return contact(touch) if asked and customer(case) is not None else None


KIND = Kind(
    word=WORD, about=Subject.LEAD, party=Party.MARKETING, claims=_claims, counts=_counts, pausable=False, itemized=True
)
