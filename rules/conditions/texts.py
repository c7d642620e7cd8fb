"""The notation of a text for the rules engine, which compares bytes up to the closing quote and unescapes nothing.

U+0000 to U+0022 and the backslash move to U+10FD00 and up, so that no text holds a quote, an escape or a character that
sorts before the quote. What no literal can hold (surrogates, U+10FD00 to U+10FFFF) becomes one character that never
matches.
"""

from __future__ import annotations

LIFT = 0x10FD00
"""Where the characters that the engine must not see are moved to."""
NEVER = "\U0010fdff"
"""Stands for characters that no literal holds."""
LONGEST_PREFIX = 1000
"""The most characters of a prefix in the engine; longer ones are compared by Python."""

_SURROGATES = range(0xD800, 0xE000)
_RESERVED = range(LIFT, 0x110000)
TABLE: dict[int, int | str] = {
    **dict.fromkeys(_SURROGATES, NEVER),
    **dict.fromkeys(_RESERVED, NEVER),
    **{code: LIFT + code for code in (*range(0x23), ord("\\"))},
}
"""The table that `str.translate` applies to a text on its way into the engine."""


def is_plain(text: str) -> bool:
    """Return whether the text holds no character that the engine's alphabet reserves."""
    return not any(ord(char) in _SURROGATES or ord(char) in _RESERVED for char in text)


def encoded(text: str) -> str:
    """The text as the engine sees it."""
    return text.translate(TABLE)


def after_prefix(prefix: str) -> str:
    """The first text, in the engine's order, behind all that begin with an encoded prefix that is not empty."""
    following = ord(prefix[-1]) + 1
    if following in _SURROGATES:
        following = _SURROGATES.stop
    if following == ord("\\"):
        following += 1
    return prefix[:-1] + chr(following)
