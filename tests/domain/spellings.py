"""Words as people and tools write them: capitals, blanks, hyphens, wide and invisible characters."""

from __future__ import annotations

from unicodedata import normalize

from hypothesis import strategies as st

_BETWEEN = ("", "-", "_", " ", "\u00a0", "\u200b", "\u00ad", "\t")


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_FORMS = (str, str.upper, str.title, str.swapcase, lambda text: normalize("NFD", text), _wide)


@st.composite
def spellings(draw: st.DrawFn, key: str) -> str:
    """Any spelling of a word that means the same."""
    written = draw(st.sampled_from(_FORMS))(key)
    filled = "".join(c + draw(st.sampled_from(_BETWEEN)) for c in written)
    return draw(st.sampled_from(("", " ", "\u3000", "\ufeff"))) + filled
