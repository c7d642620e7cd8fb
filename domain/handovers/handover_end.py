"""The end of a handover."""

from __future__ import annotations

from enum import StrEnum


class HandoverEnd(StrEnum):
    """The end of a handover."""

    WON = "WON"
    """Its lead was won."""
    LOST = "LOST"
    """Its lead was lost."""
    DISQUALIFIED = "DISQUALIFIED"
    """Its lead was disqualified."""
    RETURNED = "RETURNED"
    """Sales gave the lead back, or did not answer."""
    DISCARDED = "DISCARDED"
    """Sales gave the lead back for good."""
    WITHDRAWN = "WITHDRAWN"
    """Marketing took it back."""
    MERGED = "MERGED"
    """Its lead became one with another that had a handover."""
