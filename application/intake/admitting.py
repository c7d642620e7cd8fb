"""Which leads of a batch are taken: those without fault, or where that is asked for, what is left of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any, TypeVar

from application.intake.clearing import carried_by
from application.intake.linking import Links
from application.runtime.incoming import (
    Carried,
    CheckedLead,
    IncomingAccount,
    IncomingLead,
    ItemResult,
    OnFault,
    check_lead,
    refuse_all,
)
from application.runtime.item_faults import storable
from application.runtime.transaction import Transaction
from application.runtime.turns import in_turns
from domain.refusal import Refusal
from persistence.leads import leads

Path = tuple[str, ...]
T = TypeVar("T", IncomingLead, IncomingAccount)
Admitted = list[tuple[ItemResult, CheckedLead]]
Check = Callable[[IncomingLead], tuple[CheckedLead, list[Refusal]]]


async def admit(
    transaction: Transaction,
    source: str,
    results: Sequence[ItemResult],
    items: Sequence[IncomingLead],
    links: Links,
    *,
    atomic: bool,
    on_fault: OnFault,
    only_known: bool,
) -> Admitted:
    """The leads that are taken, with their results; what is wrong with the others, or left out, stands in the results.

    With `only_known` a lead that is not there yet is refused.
    """
    active = await transaction.version_cache.active(transaction.connection)
    known = await _known(transaction, source, items, links) if only_known else None
    carried = await carried_by(transaction.connection, source, items, active, linked=links.leads)
    good: Admitted = []
    async for result, item in in_turns(zip(results, items, strict=True)):
        own = carried.get(item.external_id, Carried())
        checked = _check(
            result,
            item,
            links.faults(item),
            on_fault,
            partial(check_lead, active=active, now=transaction.now, carried=own),
        )
        if known is not None and item.external_id not in known and storable(item.external_id):
            result.faults.append(Refusal("UNKNOWN_LEAD", "This source has no such lead.", ("externalId",)))
        elif checked is not None:
            good.append((result, checked))
    if atomic and len(good) < len(items):
        refuse_all(results, [result for result, _ in good])
        return []
    return good


async def _known(transaction: Transaction, source: str, items: Sequence[IncomingLead], links: Links) -> Collection[str]:
    keys = [item.external_id for item in items if storable(item.external_id)]
    return {*await leads.ids_of_keys(transaction.connection, source, keys), *links.leads}


def _check(
    result: ItemResult, item: IncomingLead, linked: list[Refusal], on_fault: OnFault, check: Check
) -> CheckedLead | None:
    checked, faults = check(item)
    result.faults = faults + linked
    if not result.faults:
        return checked
    rest = without(item, [fault.path or () for fault in result.faults]) if on_fault is OnFault.SKIP_VALUE else None
    if rest is None:
        return None
    checked, faults = check(rest)
    result.faults += faults
    return None if faults else checked


def without(item: IncomingLead, paths: Iterable[Path]) -> IncomingLead | None:
    """The lead without the values at these paths; None where a path is no value that can be left out.

    Values are the fields of the lead and of its company, the company's name and person, and the company as a whole
    where its key is at fault. Who the lead is and when something was so cannot be left out.
    """
    for path in paths:
        match path:
            case ("fields", key):
                item = replace(item, fields=_less(item.fields, key))
            case ("account", "key"):
                item = untold(item, "account")
            case ("account", *inside) if isinstance(item.account, IncomingAccount):
                item = replace(item, account=_company_without(item.account, inside))
            case ("account", *_):
                pass
            case _:
                return None
    return item


def _company_without(account: IncomingAccount, inside: Sequence[str]) -> IncomingAccount:
    match inside:
        case ("fields", key):
            return replace(account, fields=_less(account.fields, key))
    return untold(account, inside[0])


def untold(told: T, name: str) -> T:
    """Return what was told, as if nothing had been said about one thing."""
    default: Any = next(part.default for part in fields(told) if part.name == name)
    changes: dict[str, Any] = {name: default}
    return replace(told, **changes)


def _less(given: Any, key: str) -> dict[str, Any]:
    return {name: value for name, value in (given or {}).items() if name != key}
