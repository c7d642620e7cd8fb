"""Numbers of files: what is taken is what Babel reads, and no row changes how another is read."""

from __future__ import annotations

from decimal import Decimal

from babel import numbers as babel
from hypothesis import given, settings
from hypothesis import strategies as st

from application.intake.importing.agreed_types import NONE
from application.intake.importing.header import read_header
from application.intake.importing.mapping import read_mapping
from application.intake.importing.numbers import WrittenNumbers, decimal, whole
from application.intake.importing.records import Record
from application.intake.importing.rows import RowReading
from tests.sizes import examples

LOCALES = ("de", "de_CH", "de_AT", "en", "en_GB", "fr", "es", "pl", "sv", "hi", "bg", "pt_BR")
PIECES = st.sampled_from(
    ["1", "12", "123", "000", "0", ".", ",", " ", "\u00a0", "\u202f", "'", "\u2019", "-", "+", "e"]
)
BLANKS = str.maketrans({"\u00a0": "", "\u202f": "", " ": "", "\u2212": "-"})


@given(st.sampled_from(LOCALES), st.lists(PIECES, min_size=1, max_size=7).map("".join).filter(lambda t: t == t.strip()))
@settings(max_examples=examples(600))
def test_a_number_that_is_taken_is_what_babel_reads(locale: str, text: str) -> None:
    """Blanks between thousands, and a sign behind, aside."""
    try:
        read = decimal(text, WrittenNumbers(locale=locale))
    except ValueError:
        return
    sign, rest = ("-" if "-" in text else ""), text.translate(BLANKS).strip("+-")
    assert Decimal(read) == babel.parse_decimal(sign + rest, locale=locale)
    if babel.get_group_symbol(locale) in text:
        babel.parse_decimal(sign + rest, locale=locale, strict=True)


@given(st.sampled_from([name for name in LOCALES if name != "de_CH"]), st.decimals(-(10**12), 10**12, places=2))
@settings(max_examples=examples(150))
def test_what_babel_writes_is_taken(locale: str, number: Decimal) -> None:
    """Grouped or not, with a currency or without; whole numbers too; where apostrophes group, Babel groups wrongly."""
    written = WrittenNumbers(locale=locale)
    ungrouped = str(number).replace(".", babel.get_decimal_symbol(locale))
    for text in (babel.format_decimal(number, locale=locale), ungrouped):
        assert Decimal(decimal(text, written)) == number
    money = babel.format_currency(number, "EUR", locale=locale, currency_digits=True)
    assert Decimal(decimal(money, written, "EUR")) == number
    assert whole(babel.format_decimal(int(number), locale=locale), written) == int(number)


CELLS = st.sampled_from(["1.000", "1,5", "1.5", "1.234,5", "7", "", "x", "$5", "01.02.2025"])
MAPPING = """source: x
externalId: ID
timeZone: UTC
createdAt: {column: T, format: "%d.%m.%Y"}
fields: {n: {column: N, type: DECIMAL}}
stages: [{stage: {column: S, values: {a: won}, otherwise: SKIP}, at: {column: T, format: "%d.%m.%Y"}}]
"""


@given(
    st.lists(st.tuples(CELLS, CELLS, st.sampled_from("ab ")), max_size=6),
    st.sampled_from(["", "numbers: {locale: de}\n"]),
)
@settings(max_examples=examples(100))
def test_no_row_changes_how_another_is_read(rows: list[tuple[str, str, str]], numbers: str) -> None:
    """All rows together, or each alone."""
    mapping = read_mapping(MAPPING + numbers, "map")
    header = read_header(["ID", "N", "T", "S"], mapping.columns())
    records = [Record(line, [str(line), *cells]) for line, cells in enumerate(rows, 2)]
    together = RowReading(mapping, header, NONE)
    for record in records:
        one, alone = together.row(record), RowReading(mapping, header, NONE).row(record)
        assert [str(f) for f in one.faults] == [str(f) for f in alone.faults]
        assert (one.lead, one.stages) == (alone.lead, alone.stages)
