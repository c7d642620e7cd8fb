"""Numbers of a file as people write them: read where they can mean one thing only, never guessed."""

from __future__ import annotations

import re
from enum import StrEnum

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}(\.0)?")
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")
_EITHER = re.compile(r"[-+]?[0-9]+[.,][0-9]{3}")


class Numbers(StrEnum):
    """The notation of the numbers of a file."""

    PLAIN = "PLAIN"
    """The point is the decimal sign and nothing stands between thousands: `1.250` is one and a quarter."""


class Ambiguous(ValueError):
    """A number that means a thousand times as much in another country."""


def whole(text: str, written: Numbers | None) -> int:
    """A whole number, one zero behind the point at most; Ambiguous, or a ValueError for what is none."""
    return int(_need(_WHOLE, text, written).partition(".")[0])


def decimal(text: str, written: Numbers | None) -> str:
    """The text of a decimal number; Ambiguous, or a ValueError for what is none."""
    return _need(_NUMBER, text, written)


def certain(text: str, written: Numbers | None) -> None:
    """Ambiguous where exactly three digits stand behind the only point or comma: `1.000` is 1 here and 1,000 there."""
    if written is None and _EITHER.fullmatch(text) is not None:
        raise Ambiguous(text)


def _need(form: re.Pattern[str], text: str, written: Numbers | None) -> str:
    certain(text, written)
    if form.fullmatch(text) is None:
        raise ValueError(text)
    return text
