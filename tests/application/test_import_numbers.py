"""Numbers as people of several countries write them: one meaning, or a fault."""

from __future__ import annotations

import pytest

from application.intake.importing.mapping import FileFault, read_mapping
from application.intake.importing.numbers import PLAIN, OtherCurrency, WrittenNumbers, decimal, whole

HEAD = "source: crm\nexternalId: ID\nnumbers: "


def _refused(numbers: str) -> str:
    with pytest.raises(FileFault) as caught:
        read_mapping(HEAD + numbers, "map")
    return caught.value.faults[0]


@pytest.mark.parametrize(
    ("written", "good", "bad"),
    [
        (
            {"locale": "de"},
            {"1.234,50": "1234.50", "-1,5 €": "-1.5", "EUR 7": "7", "1.000": "1000", "1000": "1000"},
            ["1.5", "1,2,3", "12.34", "1e5", "NaN", "(5)", "--1", "€ 5 €", "", "-", "1234.567", "5 %", "5 XQZ"],
        ),
        (
            {"locale": "en-US"},
            {"$22,700.00": "22700.00", "-$5": "-5", "$-5": "-5", "1,500": "1500"},
            ["1.234,50", "22,70", "1,,000", "١٢"],
        ),
        ({"locale": "fr"}, {"1 234,5": "1234.5", "1\u00a0234": "1234", "1\u202f234\u00a0€": "1234"}, ["1  234", "1.5"]),
        ({"locale": "hi"}, {"12,34,567.8": "1234567.8", "1,000": "1000"}, ["1,234,567"]),
        ({"grouping": "'", "decimal": "."}, {"1'000.5": "1000.5", "7-": "-7"}, ["1,000", "1'00"]),
    ],
)
def test_numbers_are_read_by_a_locale(written: dict[str, str], good: dict[str, str], bad: list[str]) -> None:
    """Grouped regularly or not at all, sign and currency before or behind; all else is no number."""
    numbers = WrittenNumbers.model_validate(written)
    for text, number in good.items():
        assert decimal(text, numbers) == number, text
    for text in bad:
        with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
            decimal(text, numbers)


def test_the_currency_of_a_number_is_the_one_named() -> None:
    """Another sign or code is a fault, also where its number is fine."""
    german = WrittenNumbers(locale="de")
    assert decimal("5,00 €", german, "EUR") == decimal("EUR 5,00", german, "EUR") == "5.00"
    for text in ("5,00 $", "USD 5,00"):
        with pytest.raises(OtherCurrency):
            decimal(text, german, "EUR")
    assert whole("1.000", german) == 1000
    with pytest.raises(ValueError, match=r"1000\.5"):
        whole("1.000,5", german)


def test_numbers_of_a_mapping_are_known() -> None:
    """A locale, or two different signs; PLAIN; each fault at its place."""
    assert read_mapping(HEAD + "PLAIN\n", "map").numbers == PLAIN
    for wrong in (
        "{locale: xx}",
        "{grouping: '.'}",
        "{grouping: ',', decimal: ','}",
        "{locale: de, decimal: ','}",
        "DE",
    ):
        assert _refused(wrong).startswith("numbers: "), wrong
