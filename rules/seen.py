"""The values that comparisons saw, as people know them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.decision import Decision
from domain.facts import LeadFacts
from rules.conditions import Row
from rules.points import amount, hundredths
from rules.recent import Recent
from rules.vocabulary import Origin, Subject

if TYPE_CHECKING:
    from rules.rulebook import Rulebook


def row_of(rulebook: Rulebook, facts: LeadFacts, recent: Recent, decision: Decision) -> dict[str, Any]:
    """All that conditions about a lead compare, as a decision on it found it; at the stage that it ends in."""
    row = rulebook.rows.row(facts)
    for measured in (*rulebook.measured, *rulebook.customers.measured):
        row[measured.name] = measured.of(recent)
    rulebook.centre.add(facts.buying_centre, row)
    rulebook.consents.add(facts.consents, row, recent)
    rulebook.groups.of_lead(row)
    row["fit.points"], row["fit.band"] = hundredths(decision.fit.points), decision.fit.band
    row["fit.percent"] = hundredths(decision.fit.percent or Decimal(0))
    row["interest.points"], row["interest.band"] = hundredths(decision.interest.points), decision.interest.band
    return row | {"grade": decision.grade, "stage": decision.stage}


class Seen:
    """Tells of one lead what a comparison saw; the row holds what is compared, scaled and counted."""

    def __init__(self, rulebook: Rulebook, facts: LeadFacts, recent: Recent, row: Row) -> None:
        measured = {m.name: m.exact(recent) for m in rulebook.measured}
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
