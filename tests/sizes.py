"""How many examples the laws are tried with: one setting for all of them."""

from __future__ import annotations

import os

GIVEN = os.environ.get("BATON_TEST_EXAMPLES")
"""Examples for a dear law, 12 if nothing is said; thousands where there is time, and then each run tries others."""
EXAMPLES = int(GIVEN or 12)


def examples(usual: int) -> int:
    """As many as a law usually gets, scaled by the setting."""
    return max(1, usual * EXAMPLES // 12)
