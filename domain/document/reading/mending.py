"""A faulty section as far as it can be read, so that its fault does not hide what is wrong elsewhere [X.1]."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from domain.document.base import Part
from domain.document.reading.places import Trail

ROUNDS = 12
MOST_FAULTS = 50
"""A section with more faults is not mended: its other findings wait until somebody looked at these."""
_STAND_INS: tuple[object, ...] = (
    *("x", 0, 1, "PT1H", "2030-01-01", {}, []),
    *({"duration": "PT1H"}, {"field": "x", "op": "exists"}),
)
_QUOTED = re.compile(r"'([^']+)'")


def mend(model: type[Part], name: str, written: Mapping[str, object], trail_of: Callable[[Any], Trail]) -> object:
    """Return a section with something that may stand there in place of every faulty value; None where nothing may.

    Keys stay as they are, so that other sections can refer to them. `trail_of` leads from a place that pydantic names
    to the place in `written`.
    """
    data: Any = deepcopy(dict(written))
    tried: dict[Trail, Iterator[object]] = {}
    for _ in range(ROUNDS):
        try:
            return getattr(model.model_validate(data, by_alias=True, by_name=False), name)
        except ValidationError as invalid:
            faults = invalid.errors(include_url=False, include_input=False)
        if len(faults) > MOST_FAULTS:
            return None
        trails = [trail_of(fault["loc"]) for fault in faults]
        for trail, fault in zip(trails, faults, strict=True):
            if any(other[: len(trail)] == trail != other for other in trails):
                continue  # a list that is too short may be so because its items are at fault
            if not _changed(data, trail, tried.setdefault(trail, _stand_ins(fault))):
                return None
    return None


_NOTHING = object()


def _stand_ins(fault: Any) -> Iterator[object]:
    """Return what to try, one after the other: to leave it out, a word that is allowed there, a value of each form."""
    yield _NOTHING
    yield from _QUOTED.findall(str(fault.get("ctx", {}).get("expected", "")))[:1]
    yield from _STAND_INS


def _changed(data: Any, trail: Trail, stand_ins: Iterator[object]) -> bool:
    """Put the next stand-in at a place; False where there is none, or no such place."""
    place = data
    for step in trail[:-1]:
        try:
            place = place[step]
        except (KeyError, IndexError, TypeError):
            return False
    stand_in = next(stand_ins, None)
    if not trail or stand_in is None or not isinstance(place, dict | list):
        return False
    last: Any = trail[-1]
    if stand_in is _NOTHING and isinstance(place, dict):
        place.pop(last, None)
    elif isinstance(place, dict) or (isinstance(last, int) and last < len(place)):
        place[last] = deepcopy(stand_in) if stand_in is not _NOTHING else "x"
    else:
        return False
    return True
