"""The values that comparisons saw, as people know them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.facts import LeadFacts
from domain.leads.decision import Decision
from rules.activities.activity_window import ActivityWindow
from rules.conditions.conditions import Row
from rules.conditions.vocabulary import Origin, Subject
from rules.scoring.points import amount, hundredths

if TYPE_CHECKING:
    from rules.judging.compiled_rules import CompiledRules


def row_of(
    compiled_rules: CompiledRules, facts: LeadFacts, window: ActivityWindow, decision: Decision
) -> dict[str, Any]:
    """All that conditions about a lead compare, as a decision on it found it; at the stage that it ends in."""
    row = compiled_rules.rows.row(facts)
    for measured in (*compiled_rules.measured, *compiled_rules.customers.measured):
        row[measured.name] = measured.of(window)
    compiled_rules.centre.add(facts.buying_centre, row)
    compiled_rules.consents.add(facts.consents, row, window)
    compiled_rules.groups.of_lead(row)
    row["fit.points"], row["fit.band"] = hundredths(decision.fit.points), decision.fit.band
    row["fit.percent"] = hundredths(decision.fit.percent or Decimal(0))
    row["interest.points"], row["interest.band"] = hundredths(decision.interest.points), decision.interest.band
    return row | {"grade": decision.grade, "stage": decision.stage}


class Seen:
    """Tells of one lead what a comparison saw; the row holds what is compared, scaled and counted."""

    def __init__(self, compiled_rules: CompiledRules, facts: LeadFacts, window: ActivityWindow, row: Row) -> None:
        measured = {m.name: m.exact(window) for m in compiled_rules.measured}
        self._row = row
        self._reads: dict[Origin, Callable[[Subject], Any]] = {
            Origin.LEAD: lambda subject: facts.fields.get(subject.key),
            Origin.ACCOUNT: lambda subject: facts.account.get(subject.key),
            Origin.COUNT: lambda subject: measured.get(subject.name),
            Origin.AGGREGATE: lambda subject: measured.get(subject.name),
            Origin.SCORE: self._score,
        }

    def value(self, subject: Subject, row: Row) -> Any:
        """The value of a subject; None where it is missing."""
        if row.get(subject.name) is None:
            return None
        read = self._reads.get(subject.origin)
        return row[subject.name] if read is None else read(subject)

    def _score(self, subject: Subject) -> Any:
        value = self._row[subject.name]
        return amount(value) if isinstance(value, int) else value
