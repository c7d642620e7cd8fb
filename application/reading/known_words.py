"""Words that are asked for have to be known: a misspelt one is told at once, not answered by nothing for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from application.intake.collisions import KIND as CONTACT_COLLISION
from application.reading.lists import BreachFilter, HandoverFilter, LeadFilter, ObligationFilter
from application.runtime.transaction import Application
from application.unit_of_work.obligation_lifecycle import NO_CAPACITY
from domain.events.catalogue import EVENT_TYPES
from domain.obligations.all_kinds import KINDS
from domain.refusal import BadRequest, Refusal
from domain.words.near_words import did_you_mean
from persistence.agreements import words

Wanted = LeadFilter | HandoverFilter | ObligationFilter | BreachFilter

_OWED = tuple(kind.key for kind in KINDS)
FIXED: Mapping[type[Wanted], Mapping[str, Collection[str]]] = {
    ObligationFilter: {"kind": _OWED},
    BreachFilter: {"kind": (*_OWED, NO_CAPACITY, CONTACT_COLLISION)},
}
"""The properties of filters whose words never change; those of `words.STORED` are looked up."""
MOST_COMPARED = 20
"""For so many unknown words near ones are looked for."""
MOST_TOLD = 1_000
"""Of so many unknown words of a list it is said that they are; somebody may send very many."""
_LONGEST = 80


async def need_known(application: Application, wanted: Wanted) -> None:
    """Refuse a filter with words that nobody knows: what nothing can ever match."""
    fixed = FIXED.get(type(wanted), {})
    asked = {name: given for name in (*fixed, *words.STORED) if (given := getattr(wanted, name, None))}
    stored = asked.keys() - fixed.keys()
    found: Mapping[str, Collection[str]] = {}
    if stored:
        async with application.database.reading() as connection:
            found = await words.known(connection, sorted(stored))
    _refuse(
        fault
        for name, given in asked.items()
        for fault in _unknown(name, given, {**found, **fixed}[name], ("filter", name))
    )


def need_event_types(types: Sequence[str] | None) -> None:
    """Refuse types of events that there are not."""
    _refuse(_unknown("type of event", types or (), EVENT_TYPES, ("types",)))


def _refuse(faults: Iterator[Refusal]) -> None:
    if found := list(faults):
        raise BadRequest(found)


def _unknown(what: str, given: str | Sequence[str], known: Collection[str], path: tuple[str, ...]) -> Iterator[Refusal]:
    several = [(given, path)] if isinstance(given, str) else [(one, (*path, str(i))) for i, one in enumerate(given)]
    wrong = ((word, place) for word, place in several if word not in known)
    for number, (word, place) in enumerate(islice(wrong, MOST_TOLD)):
        shown = word if len(word) <= _LONGEST else word[: _LONGEST - 1] + "…"
        near = did_you_mean(word, sorted(known)) if number < MOST_COMPARED else ""
        yield Refusal("VALUE_NOT_ALLOWED", f"There is no {what} {shown!r}.{near}", place)
