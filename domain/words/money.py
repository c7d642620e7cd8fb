"""Amounts of money: how many decimal places a currency has (ISO 4217)."""

from __future__ import annotations

from decimal import Decimal

_PLACES = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""The currencies whose smallest unit is no hundredth."""
MOST = 4
"""The places of an amount whose currency is not told."""


def places_of(currency: str | None) -> int:
    """The decimal places that an amount of a currency has at most."""
    return MOST if currency is None else _PLACES.get(currency, 2)


def fits(amount: Decimal, currency: str | None) -> bool:
    """Return whether an amount is a whole number of the currency's smallest units."""
    _, digits, exponent = amount.as_tuple()
    written = "".join(map(str, digits))
    significant = written.rstrip("0")
    return not significant or int(exponent) + len(written) - len(significant) >= -places_of(currency)
