"""When two texts are the same word, however they were written."""

from __future__ import annotations

from unicodedata import category, normalize

_LEFT_OUT = str.maketrans("", "", "-_ ")


def folded(text: str) -> str:
    """The text without what does not tell words apart: width, capitals, invisible characters, blanks around it."""
    plain = "".join(c for c in normalize("NFKC", text) if category(c) != "Cf")
    return normalize("NFC", " ".join(plain.split()).casefold())


def spelled(text: str) -> str:
    """The same without blanks, `-` and `_` too: E-Mail, e_mail and email are one word."""
    return folded(text).translate(_LEFT_OUT)
