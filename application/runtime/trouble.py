"""The troubles without a fault of anybody: the database is away, or too busy."""

from __future__ import annotations

from persistence.database.trouble import DatabaseAway, DatabaseBusy

__all__ = ["DatabaseAway", "DatabaseBusy"]
