"""Facts as the tables that the columnar form judges: columns of comparable values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from domain.document.base import FORBIDDEN
from domain.document.sections.fields import FieldType
from domain.facts import ActivityFact, BuyingCentre, Canonical, LastReturn, LeadFacts, is_blank
from domain.leads.comparable import comparable
from rules.activities.activity_window import ActivityWindow
from rules.columnar.plan import EDGE, ColumnarPlan, Held, microseconds
from rules.conditions.vocabulary import Subject

_TEXTS = frozenset({FieldType.TEXT, FieldType.ENUM})
_PLAIN = r'^"[ !#-\[\]-~]*[!#-\[\]-~][ !#-\[\]-~]*"$'
"""A text in JSON that stands there as it is: visible ASCII, no quotation mark, no backslash."""
_INSTEAD = "\U0010ffff"
"""Stands for each character that no text may hold, so that a table can; no literal has it."""

TYPES: dict[FieldType, pa.DataType] = {
    FieldType.TEXT: pa.string(),
    FieldType.ENUM: pa.string(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.LIST: pa.list_(pa.string()),
    **dict.fromkeys((FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATE_TIME), pa.int64()),
}
"""The column form of the comparable values of a field."""
_COMMON = {"channel": pa.string(), "campaign": pa.string(), "content": pa.string()}


@dataclass(frozen=True, slots=True)
class LeadCase:
    """A lead at a moment; its activities are told of the lead, not of the case."""

    lead: int
    now: datetime
    facts: LeadFacts
    standing: bool = False
    """True if the case only says how things stood when the period began: nothing happened at that moment."""


def cases_of(facts: Sequence[LeadFacts], *, now: datetime) -> list[LeadCase]:
    """Leads, numbered in their order, all at one moment."""
    return [LeadCase(number, now, lead) for number, lead in enumerate(facts)]


def leads_table(plan: ColumnarPlan, cases: Sequence[LeadCase], *, first: int = 0) -> pa.Table:
    """Cases, numbered in their order; each has the account of its own number."""
    facts = [case.facts for case in cases]
    returns = [lead.last_return for lead in facts]
    numbers = pa.array(range(first, first + len(cases)), pa.int64())
    return pa.table(
        {
            "case": numbers,
            "lead": pa.array([case.lead for case in cases], pa.int64()),
            "account": numbers,
            "standing": pa.array([case.standing for case in cases], pa.bool_()),
            "now": pa.array([microseconds(case.now.astimezone(UTC)) for case in cases], pa.int64()),
            "stage": pa.array([storable(lead.stage) for lead in facts], pa.string()),
            "open_handover": pa.array([lead.open_handover for lead in facts], pa.bool_()),
            "rounds": pa.array([lead.rounds for lead in facts], pa.int64()),
            "returned": pa.array([r is not None for r in returns], pa.bool_()),
            "news": pa.array([r is not None and r.news and not r.awaited for r in returns], pa.bool_()),
            "cool_off_until": pa.array([_until(r) for r in returns], pa.int64()),
            **columns(plan.lead_columns, [lead.fields for lead in facts]),
            **_centres(plan, [lead.buying_centre for lead in facts]),
            **_consents(plan, cases),
        }
    )


def accounts_table(plan: ColumnarPlan, cases: Sequence[LeadCase], *, first: int = 0) -> pa.Table:
    """The accounts of those cases, by the same numbers."""
    numbers = pa.array(range(first, first + len(cases)), pa.int64())
    fields = [case.facts.account for case in cases]
    return pa.table({"account": numbers, **columns(plan.account_columns, fields)})


def activities_table(plan: ColumnarPlan, by_lead: Iterable[tuple[int, Sequence[ActivityFact]]]) -> pa.Table:
    """Return what leads did, by their numbers."""
    done = [(lead, activity) for lead, found in by_lead for activity in found]
    activities = [activity for _, activity in done]
    return pa.table(
        {
            "lead": pa.array([lead for lead, _ in done], pa.int64()),
            "type": pa.array([storable(activity.type) for activity in activities], pa.string()),
            "occurred": pa.array([microseconds(a.occurred_at.astimezone(UTC)) for a in activities], pa.int64()),
            **{name: pa.array([_common(plan, a, name) for a in activities], kind) for name, kind in _COMMON.items()},
            **_own(plan, activities),
        }
    )


def _common(plan: ColumnarPlan, activity: ActivityFact, name: str) -> str | None:
    value: str | None = getattr(activity, name)
    return said(plan.channel(value) if name == "channel" and value is not None else value)


def outcomes_table(outcomes: Sequence[tuple[bool, bool, bool, bool]], *, first: int = 0) -> pa.Table:
    """The known outcomes of leads, numbered in their order: whether a handover was answered, accepted; won; won or
    lost."""
    numbers = {"lead": pa.array(range(first, first + len(outcomes)), pa.int64())}
    names = ("answered", "accepted", "won", "closed")
    return pa.table(numbers | {n: pa.array([one[p] for one in outcomes], pa.bool_()) for p, n in enumerate(names)})


def worth_table(plan: ColumnarPlan) -> pa.Table:
    """Return what is left of fading points by age in full days."""
    days = max((len(fading.by_age) for fading in plan.fading), default=0)
    padded = {f.column: [*f.by_age, *[0] * (days - len(f.by_age))] for f in plan.fading}
    ages = {"age": pa.array(range(days), pa.int64())}
    return pa.table(ages | {name: pa.array(values, pa.int64()) for name, values in padded.items()})


def columns(matched: Iterable[Held], fields: Sequence[Mapping[str, Canonical]]) -> dict[str, pa.Array]:
    """The comparable values of fields, a column each; missing where they are not of the type."""
    found = {}
    for column, subject in ((h.column, h.subject) for h in matched):
        values = [comparable(subject.type, subject.scale, fields_.get(subject.key)) for fields_ in fields]
        found[column] = fitted(subject, values)
    return found


def fitted(subject: Subject, values: Iterable[Any]) -> pa.Array:
    """Comparable values as a column."""
    fit = _FITTED[subject.type]
    return pa.array([None if value is None else fit(value) for value in values], TYPES[subject.type])


def stored(subject: Subject, texts: pa.Array) -> pa.Array:
    """Values that are stored as JSON as a column; what is plain ASCII is not read one by one."""
    plain = pc.match_substring_regex(texts, _PLAIN) if subject.type in _TEXTS else pa.repeat(False, len(texts))
    others = [orjson.loads(text) for text in texts.filter(pc.invert(plain)).to_pylist()]
    column = fitted(subject, [comparable(subject.type, subject.scale, value) for value in others])
    if len(others) == len(texts):
        return column
    return pc.replace_with_mask(pc.utf8_slice_codeunits(texts, 1, -1), pc.invert(plain), column)


def _centres(plan: ColumnarPlan, centres: Sequence[BuyingCentre | None]) -> dict[str, pa.Array]:
    rows: list[dict[str, Any]] = [{} for _ in centres]
    for centre, row in zip(centres, rows, strict=True):
        plan.compiled_rules.centre.add(centre, row)
    return {
        column: pa.array([row[subject.name] for row in rows], TYPES[subject.type])
        for column, subject in ((matched.column, matched.subject) for matched in plan.centre_columns)
    }


def _consents(plan: ColumnarPlan, cases: Sequence[LeadCase]) -> dict[str, pa.Array]:
    rows: list[dict[str, Any]] = [{} for _ in cases]
    for case, row in zip(cases, rows, strict=True):
        plan.compiled_rules.consents.add(case.facts.consents, row, ActivityWindow((), (), now=case.now.astimezone(UTC)))
    return {column: pa.array([row[name] for row in rows], pa.bool_()) for column, name in plan.consent_columns.items()}


def _own(plan: ColumnarPlan, activities: Sequence[ActivityFact]) -> dict[str, pa.Array]:
    found: dict[str, pa.Array] = {}
    for kind, matched in plan.activity_columns.items():
        found |= columns(matched, [activity.fields if activity.type == kind else {} for activity in activities])
    return found


def _until(returned: LastReturn | None) -> int | None:
    if returned is None or returned.cool_off_until is None:
        return None
    return microseconds(returned.cool_off_until.astimezone(UTC))


def said(text: str | None) -> str | None:
    """A text as it stands in a column; missing where it carries nothing."""
    return None if is_blank(text) else storable(text)


def storable(text: str | None) -> str | None:
    """A text as a column can hold it."""
    return None if text is None else FORBIDDEN.sub(_INSTEAD, text)


def _number(value: int) -> int:
    return max(-EDGE, min(EDGE, value))


_FITTED: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.TEXT: storable,
    FieldType.ENUM: storable,
    FieldType.BOOLEAN: bool,
    FieldType.LIST: lambda items: [storable(item) for item in items],
    **dict.fromkeys((FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATE_TIME), _number),
}
"""The column form of a comparable value."""
