"""The two parties of the agreement."""

from enum import StrEnum


class Party(StrEnum):
    """A side of the agreement."""

    MARKETING = "MARKETING"
    """Brings and qualifies leads, and hands them over."""
    SALES = "SALES"
    """Answers handovers and works the leads."""

    @property
    def other(self) -> "Party":
        """The side across the table."""
        return Party.SALES if self is Party.MARKETING else Party.MARKETING
