"""Text of somebody else, as a person at a terminal may see it."""

from __future__ import annotations

import re

ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, ends of lines and paragraphs, what turns the direction of writing, halves of pairs."""


def shown(text: str) -> str:
    """The text on one line: a character that acts instead of showing appears as `\\u{1B}`."""
    return ACTING.sub(lambda found: f"\\u{{{ord(found[0]):X}}}", text)
