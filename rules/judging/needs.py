"""The activities of a lead that a judgement needs, so that no more is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.document.document import SlaDocument
from rules.conditions.aggregates import ANY, Aggregate
from rules.scoring.points import look_back


@dataclass(frozen=True, slots=True)
class Need:
    """The needs for the activities of one type."""

    look_back: timedelta | None
    """The greatest age at which one still counts; None: as old as it likes. Those that lie ahead are always needed."""
    attributes: bool
    """True if channel, campaign, content and fields are asked about, false if the time alone is."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs for activities, by type; other types are not looked at."""

    by_type: Mapping[str, Need]
    buying_centre: bool = False
    """True if the other leads of the account are asked about."""

    @property
    def types(self) -> frozenset[str]:
        """The activity types that are looked at."""
        return frozenset(self.by_type)

    @property
    def look_back(self) -> timedelta | None:
        """The longest look back of all types; None: without limit."""
        return _longest([need.look_back for need in self.by_type.values()])


def needs_of(
    document: SlaDocument,
    measured: Iterable[Aggregate],
    asked: frozenset[str],
    *,
    buying_centre: bool,
    sent: tuple[Iterable[str], timedelta] | None = None,
) -> Needs:
    """Return what a document needs; measured is what is found over activities, asked the types whose attributes matter.

    `sent` are the types that tell what nurturing sent, and how long it remembers.
    """
    spans: dict[str, list[timedelta | None]] = {}
    attributes = set(asked)
    for aggregate in measured:
        kinds = [k.key for k in document.activity_types] if aggregate.kind == ANY else [aggregate.kind]
        for key in kinds:
            spans.setdefault(key, []).append(aggregate.within)
        attributes.update(kinds if aggregate.attributes else ())
    for signal in document.scoring.interest.signals:
        spans.setdefault(signal.activity, []).append(look_back(signal))
    for key in sent[0] if sent else ():
        spans.setdefault(key, []).append(sent[1] if sent else None)
        attributes.add(key)
    needed = {key: Need(_longest(found), key in attributes) for key, found in spans.items()}
    return Needs(needed, buying_centre)


def _longest(spans: list[timedelta | None]) -> timedelta | None:
    longest = timedelta(0)
    for span in spans:
        if span is None:
            return None
        longest = max(longest, span)
    return longest
