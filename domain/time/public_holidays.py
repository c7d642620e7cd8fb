"""Public holidays by country and subdivision, remembered by year."""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache
from threading import Lock

import holidays

_warnings_lock = Lock()


class CalendarError(Exception):
    """A calendar that cannot be built: unknown zone, country or subdivision, or hours that make no sense."""


@lru_cache(maxsize=4096)
def public_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    """The holidays of a year; none without a country. NotImplementedError when the place is not known."""
    if country is None:
        return frozenset()
    with _warnings_lock, warnings.catch_warnings():  # some countries warn that far years are not known exactly
        warnings.simplefilter("ignore")
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False))


def check_place(country: str | None, subdivision: str | None) -> None:
    """Raise CalendarError unless the holidays of the place are known."""
    try:
        public_holidays(country, subdivision, 2000)
    except NotImplementedError:
        place = country if subdivision is None else f"{country}-{subdivision}"
        raise CalendarError(f"The public holidays of '{place}' are not known.") from None
