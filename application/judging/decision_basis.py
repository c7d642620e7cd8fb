"""The basis of a decision: what of its facts has no history of its own, kept with it so that it can be judged again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.facts import BuyingCentre, GivenConsent, LastReturn, LeadFacts
from domain.leads.lead import Account
from domain.party import Party

HISTORIES = frozenset({"fields", "account", "activities"})
"""The facts that are found in histories: values with the time they became known, activities likewise."""


def basis_json(facts: LeadFacts, account: Account | None) -> dict[str, Any]:
    """The basis of a judgement of these facts; of the account what it takes to find its fields again."""
    last, centre = facts.last_return, facts.buying_centre
    return {
        "account": None if account is None else str(account.id),
        "accountKnownAt": None if account is None else account.changed_at.isoformat(),
        "stage": facts.stage,
        "stageSince": _written(facts.stage_since),
        "openHandover": facts.open_handover,
        "rounds": facts.rounds,
        "lastReturn": None
        if last is None
        else {
            "at": last.at.isoformat(),
            "coolOffUntil": _written(last.cool_off_until),
            "news": last.news,
            "awaited": list(last.awaited),
            "reason": last.reason,
        },
        "createdAt": _written(facts.created_at),
        "consents": [[*key, said.granted, _written(said.until)] for key, said in sorted(facts.consents.items())],
        "contactOwner": facts.contact_owner.value,
        "buyingCentre": None if centre is None else {"size": centre.size, "grades": list(centre.grades)},
    }


def read_basis(stored: Mapping[str, Any]) -> LeadFacts:
    """The facts of a basis, without those that have histories."""
    last, centre = stored["lastReturn"], stored["buyingCentre"]
    return LeadFacts(
        stage=stored["stage"],
        stage_since=_read(stored["stageSince"]),
        open_handover=stored["openHandover"],
        rounds=stored["rounds"],
        last_return=None
        if last is None
        else LastReturn(
            at=datetime.fromisoformat(last["at"]),
            cool_off_until=_read(last["coolOffUntil"]),
            news=last["news"],
            awaited=tuple(last["awaited"]),
            reason=last["reason"],
        ),
        created_at=_read(stored["createdAt"]),
        consents={
            (purpose, channel): GivenConsent(granted, _read(until))
            for purpose, channel, granted, until in stored["consents"]
        },
        contact_owner=Party(stored.get("contactOwner", Party.MARKETING)),
        buying_centre=None if centre is None else BuyingCentre(centre["size"], tuple(centre["grades"])),
    )


def account_of(stored: Mapping[str, Any]) -> tuple[UUID, datetime] | None:
    """The account whose fields were judged, and until when what became known of it was."""
    return None if stored["account"] is None else (UUID(stored["account"]), _known_at(stored))


def _known_at(stored: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(stored["accountKnownAt"])


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)
