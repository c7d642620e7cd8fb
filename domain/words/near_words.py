"""Near words: what somebody may have meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST = 200
"""Words longer than this are not compared, nor are more than ten times as many known ones: that would take long."""


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3) -> str:
    """Return the known words nearest to a word, as ' Did you mean a or b?'; empty where none is near."""
    spelled = {each.casefold(): each for each in list(known)[: 10 * MOST]}
    found = get_close_matches(word[:MOST].casefold(), spelled, n=most, cutoff=0.7)
    return f" Did you mean {' or '.join(repr(spelled[each]) for each in found)}?" if found else ""
