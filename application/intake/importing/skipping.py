"""Rows of which single values may be left out: what the mapping says about it, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from application.intake.admitting import Path, without
from application.intake.importing.mapping import Mapping
from application.intake.importing.mapping_parts import Values
from application.intake.importing.rows import ImportedRow
from application.runtime.incoming import IncomingActivity, IncomingLead, OnFault


def lead_without(mapping: Mapping, lead: IncomingLead, paths: Sequence[Path]) -> IncomingLead | None:
    """The lead without the values at fault, or None where the mapping does not let all of them be left out."""
    return without(lead, paths) if all(_may_skip(mapping, path) for path in paths) else None


def activity_without(mapping: Mapping, item: IncomingActivity, paths: Iterable[Path]) -> IncomingActivity | None:
    """The same for an activity and its own fields."""
    fields = dict(item.fields or {})
    maps = [one for one in mapping.activities if one.type.may_be(item.type)]
    for path in paths:
        match path:
            case ("fields", key) if any(_skips(mapping, one.fields, key) for one in maps):
                fields.pop(key, None)
            case _:
                return None
    return replace(item, fields=fields)


def row_without(mapping: Mapping, row: ImportedRow, paths: Sequence[Path]) -> ImportedRow | None:
    """The same for a row with all that it tells."""
    lead = lead_without(mapping, row.lead, [path for path in paths if path[:1] != ("activities",)])
    activities: list[IncomingActivity] = []
    for place, item in enumerate(row.activities):
        own = [path[2:] for path in paths if path[:2] == ("activities", str(place))]
        kept = activity_without(mapping, item, own) if own else item
        if kept is None:
            return None
        activities.append(kept)
    return None if lead is None else replace(row, lead=lead, activities=activities, faults=[])


def _may_skip(mapping: Mapping, path: Path) -> bool:
    account = mapping.account
    match path:
        case ("fields", key):
            return _skips(mapping, mapping.fields, key)
        case ("account", "fields", key) if account is not None:
            return _skips(mapping, account.fields, key)
    return path[:1] == ("account",) and mapping.on_fault is OnFault.SKIP_VALUE


def _skips(mapping: Mapping, values: Values, key: str) -> bool:
    column = values.get(key)
    own = column.on_fault if column is not None else None
    return (own or mapping.on_fault) is OnFault.SKIP_VALUE
