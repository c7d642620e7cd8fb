"""Which items of two lists are the same thing, and which of them changed places; both ways round alike."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any

Pair = tuple[int, int]
"""An item's place in the older list and in the newer one, from 0."""

ALIKE = 50_000
"""The likeness that two items without key need for one to count as the other, changed; 100,000 is equal."""
MOST_COMPARED = 2500
"""Up to how many pairs of items are held against each other; in longer lists what differs is paired in order."""
WEIGHTS = {"field": 3, "team": 3}
"""The weights of parts: the subject of a part counts more than what is said of it."""


def canonical(written: Any) -> str:
    """JSON as text that is equal for equal content."""
    return json.dumps(written, sort_keys=True, ensure_ascii=False)


def pairs_by_key(older: Sequence[Any], newer: Sequence[Any]) -> list[Pair]:
    """Items with keys: the same key is the same thing."""
    places = {item["key"]: index for index, item in enumerate(older)}
    return [(places[item["key"]], index) for index, item in enumerate(newer) if item["key"] in places]


def pairs_by_content(older: Sequence[Any], newer: Sequence[Any]) -> list[Pair]:
    """Items without keys: equal ones first, then those most alike; in the newer list's order."""
    pairs = _equal(older, newer)
    rest = [i for i in range(len(older)) if i not in {pair[0] for pair in pairs}]
    left = [j for j in range(len(newer)) if j not in {pair[1] for pair in pairs}]
    if len(rest) * len(left) > MOST_COMPARED:
        pairs += zip(rest, left, strict=False)
    else:
        pairs += _alike({i: _leaves(older[i]) for i in rest}, {j: _leaves(newer[j]) for j in left})
    return sorted(pairs, key=lambda pair: pair[1])


def _equal(older: Sequence[Any], newer: Sequence[Any]) -> list[Pair]:
    places: dict[str, list[int]] = defaultdict(list)
    for index in reversed(range(len(older))):
        places[canonical(older[index])].append(index)
    texts = [canonical(item) for item in newer]
    return [(places[text].pop(), index) for index, text in enumerate(texts) if places.get(text)]


def _alike(older: dict[int, Counter[Hashable]], newer: dict[int, Counter[Hashable]]) -> list[Pair]:
    found = []
    totals = {j: theirs.total() for j, theirs in newer.items()}
    for i, mine in older.items():
        total = mine.total()
        for j, theirs in newer.items():
            common = sum([min(weight, theirs[leaf]) for leaf, weight in mine.items() if leaf in theirs])
            likeness = 200_000 * common // (total + totals[j])
            if likeness >= ALIKE:
                found.append((-likeness, abs(i - j), min(i, j), (i, j)))
    pairs: list[Pair] = []
    for *_, (i, j) in sorted(found):
        if i in older and j in newer:
            pairs.append((i, j))
            del older[i], newer[j]
    return pairs


def _leaves(written: Any, trail: tuple[str, ...] = ()) -> Counter[Hashable]:
    """The plain values of a part with the names that lead to them, positions left out; what is empty counts too."""
    if isinstance(written, dict | list) and written:
        named = written.items() if isinstance(written, dict) else (("", content) for content in written)
        parts = (_leaves(content, (*trail, name) if name else trail) for name, content in named)
        return sum(parts, Counter[Hashable]())
    weight = WEIGHTS.get(trail[-1], 1) if trail else 1
    return Counter({(trail, type(written).__name__, str(written)): weight})


def moved(pairs: Sequence[Pair], older: Sequence[Any], newer: Sequence[Any]) -> list[Pair]:
    """The fewest pairs that have to move so that the others stand in the same order in both lists."""
    ordered = sorted(pairs)
    if all(earlier[1] < later[1] for earlier, later in pairwise(ordered)):
        return []
    staying = _longest_chain(ordered, [_name(older[i], newer[j]) for i, j in ordered])
    return [pair for pair in pairs if pair not in staying]


def _name(before: Any, after: Any) -> tuple[str, str]:
    """Return what an item is called, whichever of the two lists is the older one."""
    one, other = sorted((canonical(before), canonical(after)))
    return one, other


def _longest_chain(pairs: Sequence[Pair], names: Sequence[tuple[str, str]]) -> set[Pair]:
    """The longest sequence of pairs that rises in both places.

    Of several the one with the most that keep their place, then the one whose names come first.
    """
    lengths = [1] * len(pairs)
    keeping = [int(older == newer) for older, newer in pairs]
    following: list[int | None] = [None] * len(pairs)

    def rank(index: int) -> tuple[int, int, tuple[str, str], int]:
        return -lengths[index], -keeping[index], names[index], sum(pairs[index])

    for index in reversed(range(len(pairs))):
        behind = [k for k in range(index + 1, len(pairs)) if pairs[k][1] > pairs[index][1]]
        if behind:
            following[index] = best = min(behind, key=rank)
            lengths[index] = lengths[best] + 1
            keeping[index] += keeping[best]
    chain: set[Pair] = set()
    place: int | None = min(range(len(pairs)), key=rank)
    while place is not None:
        chain.add(pairs[place])
        place = following[place]
    return chain
