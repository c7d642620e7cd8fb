"""The rules by which people are told of what falls due, so that nobody is flooded [S3.2b]."""

from __future__ import annotations

from domain.document.base import Part, Period


class Notices(Part):
    """The ways warnings and escalation steps reach people."""

    digest: Period | None = None
    """The time for which the notices for one recipient are gathered, counted on all hours; absent, nothing is
    gathered."""
