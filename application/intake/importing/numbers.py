"""Numbers of a file as people write them: read where they can mean one thing only, never guessed."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from application.intake.importing.cells import Cell, number_of
from application.intake.importing.part import Part

_PLAIN = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")
_EITHER = re.compile(r"[-+]?[0-9]+[.,][0-9]{3}")
_BLANKS = "\u0020\u00a0\u202f"
_CURRENCY = r"(?P<{}>[A-Z]{{3}}|[^\d\s.,'\u2019+\u2212()-]{{1,4}})?"
_LONGEST = 18


class Ambiguous(ValueError):
    """A number that means a thousand times as much in another country."""


class OtherCurrency(ValueError):
    """A number with the sign of another currency than the mapping names."""


class WrittenNumbers(Part):
    """The notation of numbers: as in a locale, or with these signs."""

    locale: str | None = None
    """A locale such as `de` or `en_US`, from which the signs come."""
    grouping: str | None = Field(default=None, min_length=1, max_length=1)
    """The sign between thousands; nothing unless named."""
    decimal: str | None = Field(default=None, min_length=1, max_length=1)
    """The decimal sign."""

    @model_validator(mode="after")
    def _signs_are_known(self) -> WrittenNumbers:
        if (self.locale is None) == (self.decimal is None) or (self.locale and self.grouping):
            raise ValueError("give a locale, or the decimal sign and what stands between thousands")
        if self.locale is not None:
            _of_locale(self.locale)
        elif self.grouping == self.decimal or any(
            c and (c.isalnum() or c in "+-") for c in (self.grouping, self.decimal)
        ):
            raise ValueError("the two signs are different, and no digits, letters, + or -")
        return self


PLAIN = WrittenNumbers(decimal=".")
"""The point is the decimal sign and nothing stands between thousands: `1.250` is one and a quarter."""


def _as_numbers(written: Any) -> Any:
    return PLAIN if written == "PLAIN" else written


Numbers = Annotated[WrittenNumbers, BeforeValidator(_as_numbers, json_schema_input_type=str | WrittenNumbers)]


def whole(cell: Cell, written: WrittenNumbers | None) -> int:
    """A whole number, one zero behind the decimal sign at most; Ambiguous, or a ValueError for what is none."""
    text = decimal(cell, written)
    before, _, behind = text.partition(".")
    if behind not in {"", "0"}:
        raise ValueError(text)
    return int(before)


def decimal(cell: Cell, written: WrittenNumbers | None, currency: str | None = None) -> str:
    """The text of a decimal number with a point; Ambiguous, OtherCurrency, or a ValueError for what is none."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return format(number_of(cell), "f")
    if not isinstance(cell, str):
        raise ValueError(cell)
    if written is None or written == PLAIN:
        certain(cell, written)
        if _PLAIN.fullmatch(cell) is None:
            raise ValueError(cell)
        return cell
    return _read(cell, written, currency)


def certain(text: str, written: WrittenNumbers | None) -> None:
    """Ambiguous where exactly three digits stand behind the only point or comma: `1.000` is 1 here and 1,000 there."""
    if written is None and _EITHER.fullmatch(text) is not None:
        raise Ambiguous(text)


def _read(text: str, written: WrittenNumbers, currency: str | None) -> str:
    found = _form(written).fullmatch(text)
    if found is None:
        raise ValueError(text)
    signs = [found[name] for name in ("sign", "inner", "behind") if found[name]]
    marks = [found[name] for name in ("before", "after") if found[name]]
    if len(signs) > 1 or len(marks) > 1:
        raise ValueError(text)
    if marks:
        _need_currency(marks[0], currency, written.locale)
    digits = re.sub(r"\D", "", found["whole"])
    if len(digits) > _LONGEST:
        raise ValueError(text)
    sign = "-" if signs and signs[0] in "-\u2212" else ""
    return f"{sign}{digits}" + (f".{found['fraction']}" if found["fraction"] else "")


@lru_cache(maxsize=64)
def _form(written: WrittenNumbers) -> re.Pattern[str]:
    """The form of a number: sign and currency before or behind, thousands grouped regularly or not at all."""
    group, point, (first, others) = (
        _of_locale(written.locale) if written.locale else (written.grouping, written.decimal, (3, 3))
    )
    grouped = f"[{_BLANKS}]" if group and group in _BLANKS else re.escape(group or "")
    whole = "[0-9]+"
    if group:
        whole += f"|[0-9]{{1,{others}}}(?:{grouped}[0-9]{{{others}}})*{grouped}[0-9]{{{first}}}"
    gap, sign = f"[{_BLANKS}]?", r"(?P<{}>[+\-\u2212])?"
    before = f"{sign.format('sign')}{gap}{_CURRENCY.format('before')}{gap}{sign.format('inner')}"
    after = f"{gap}{sign.format('behind')}{gap}{_CURRENCY.format('after')}"
    fraction = f"(?:{re.escape(point or '.')}(?P<fraction>[0-9]{{1,{_LONGEST}}}))?"
    return re.compile(f"{before}(?P<whole>{whole}){fraction}{after}")


@lru_cache(maxsize=64)
def _of_locale(name: str) -> tuple[str | None, str, tuple[int, int]]:
    """The sign between thousands, the decimal sign, and how many digits stand in the last group and the others."""
    babel, numbers = import_module("babel"), import_module("babel.numbers")  # read late: they are large
    try:
        locale = babel.Locale.parse(name.replace("-", "_"))
    except (ValueError, babel.UnknownLocaleError):
        raise ValueError(f"{name!r} is no locale such as de or en_US") from None
    first, others = locale.decimal_formats[None].grouping
    return numbers.get_group_symbol(locale), numbers.get_decimal_symbol(locale), (first, others)


def _need_currency(mark: str, currency: str | None, locale: str | None) -> None:
    numbers = import_module("babel.numbers")
    if currency is not None:
        symbols = {numbers.get_currency_symbol(currency, name.replace("-", "_")) for name in ("en", locale or "en")}
        if mark not in {currency, *symbols}:
            raise OtherCurrency(mark)
    elif mark not in _all_currencies():
        raise ValueError(mark)


@lru_cache(maxsize=1)
def _all_currencies() -> frozenset[str]:
    numbers = import_module("babel.numbers")
    codes = numbers.list_currencies()
    return frozenset(codes) | {numbers.get_currency_symbol(code, "en") for code in codes}
