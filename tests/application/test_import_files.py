"""Mappings and CSV files: every fault told with its place, every value read as the mapping says."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from application.importing.csv_file import CsvFile
from application.importing.mapping import FileFault, read_mapping
from application.importing.rows import ImportedRow, PastStage
from application.incoming import IncomingAccount

MAPPING = """
source: crm
externalId: id
timeZone: Europe/Berlin
createdAt: {column: seen, format: "%d.%m.%Y"}
"""


def _rows(folder: Path, mapping: str, content: str | bytes) -> list[ImportedRow]:
    path = folder / "leads.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with CsvFile(path, read_mapping(mapping, "test")) as file:
        return list(file.rows())


def _faults(mapping: str) -> list[str]:
    with pytest.raises(FileFault) as caught:
        read_mapping(mapping, "test")
    return caught.value.faults


def test_all_faults_of_a_mapping_are_told_at_once() -> None:
    """Names the path of each."""
    faults = _faults("source: crm\ntimeZone: Mars/Base\nencoding: klingon\nfields: {a: {type: TEXT}}\ncolour: red\n")
    assert [fault.split(":")[0] for fault in faults] == ["externalId", "encoding", "timeZone", "fields.a", "colour"]


def test_naive_times_need_a_zone() -> None:
    """Nobody guesses the zone in which a file was written."""
    [fault] = _faults("source: crm\nexternalId: id\ncreatedAt: seen\nfields: {x: {column: x, type: DATE_TIME}}\n")
    assert fault.endswith("for all or for each of: createdAt, fields.x")
    read_mapping("source: crm\nexternalId: id\ncreatedAt: {column: seen, format: '%Y %z'}\n", "test")


def test_a_mapping_that_is_no_yaml_is_a_fault_with_its_line() -> None:
    """Says where the text breaks off."""
    assert "(line 2, column 1)" in _faults("source: [crm")[0]


def test_columns_that_the_file_lacks_are_told(tmp_path: Path) -> None:
    """Names all that are missing and those that are there."""
    with pytest.raises(FileFault, match=r"id, seen \(it has: ID, Seen\)"):
        _rows(tmp_path, MAPPING, "ID,Seen\n1,01.02.2025\n")


def test_values_are_read_as_their_types(tmp_path: Path) -> None:
    """Reads numbers, words for true, lists and days; other words by the map; what is empty is left out."""
    mapping = (
        MAPPING
        + """
fields:
  size: {column: n, type: INTEGER}
  price: {column: d, type: DECIMAL}
  open: {column: b, type: BOOLEAN}
  tags: {column: l, type: LIST, separator: "|"}
  day: {column: t, type: DATE, format: "%d/%m/%y"}
  at: {column: m, type: DATE_TIME, format: "%d/%m/%y %H:%M"}
  origin: {column: o, case: SNAKE, values: {paid_search: ads, "": none, nobody: null}}
  land: {constant: DE}
"""
    )
    head = "id,seen,n,d,b,l,t,m,o\n"
    full, empty, other = _rows(
        tmp_path,
        mapping,
        head + "1,01.07.2025,40.0,12.50,Yes,a| b,02/01/25,02/01/25 09:00,Paid Search\n2,,,,,,,,\n3,,,,,,,,NOBODY\n",
    )
    assert full.lead.created_at == datetime(2025, 6, 30, 22, 0, tzinfo=UTC)
    assert full.lead.fields == {
        "size": 40,
        "price": "12.50",
        "open": True,
        "tags": ["a", "b"],
        "day": "2025-01-02",
        "at": "2025-01-02T08:00:00+00:00",
        "origin": "ads",
        "land": "DE",
    }
    assert empty.lead.fields == {"origin": "none", "land": "DE"}
    assert other.lead.fields == {"land": "DE"}


def test_what_a_row_tells_besides_the_lead(tmp_path: Path) -> None:
    """Makes companies, activities and stages of it, where their key or time is given."""
    mapping = (
        MAPPING
        + """
account: {key: "c-{company}", name: company}
activities: [{type: call, key: "{id}/call", at: {column: called, format: "%d.%m.%Y"}, party: SALES, person: rep}]
stages: [{stage: won, at: {column: won, format: "%d.%m.%Y"}, value: worth, currency: EUR}]
"""
    )
    head = "id,seen,company,called,rep,won,worth\n"
    full, bare = _rows(tmp_path, mapping, head + "7,,Acme,02.01.2025,eva,03.01.2025,99.90\n8,,,,,,\n")
    assert isinstance(full.lead.account, IncomingAccount)
    assert (full.lead.account.key, full.lead.account.name) == ("c-Acme", "Acme")
    assert (full.activities[0].key, full.activities[0].lead, full.activities[0].person) == ("7/call", "7", "eva")
    assert full.stages == [PastStage("won", datetime(2025, 1, 2, 23, tzinfo=UTC), Decimal("99.90"), "EUR")]
    assert (bare.activities, bare.stages, bare.faults) == ([], [], [])


def test_faults_stay_with_their_row(tmp_path: Path) -> None:
    """Tells line and column of each, and goes on."""
    mapping = MAPPING + "fields: {size: {column: n, type: INTEGER}}\n"
    rows = _rows(tmp_path, mapping, "id,seen,n\n1,2025-02-01,many\n2,01.02.2025,5\n3,01.02.2025\n")
    told = [(row.number, [(f.code, *(f.path or ())) for f in row.faults]) for row in rows]
    assert told == [(2, [("WRONG_TYPE", "n"), ("WRONG_TYPE", "seen")]), (3, []), (4, [("ROW_LENGTH",)])]


def test_marks_line_ends_and_quotes_are_no_trouble(tmp_path: Path) -> None:
    """Reads a byte order mark, CRLF, and texts with the delimiter and line breaks in quotes."""
    mapping = MAPPING.replace("source", 'delimiter: ";"\nsource') + "fields: {note: note}\n"
    [row] = _rows(tmp_path, mapping, b'\xef\xbb\xbfid;seen;note\r\n1;01.02.2025;"a;b\r\nc"\r\n')
    assert row.lead.fields == {"note": "a;b\r\nc"}


def test_a_wrong_encoding_or_an_open_quote_stops_the_reading(tmp_path: Path) -> None:
    """Says up to where the file could be read."""
    with pytest.raises(FileFault, match="the text is not utf-8-sig"):
        _rows(tmp_path, MAPPING, b"id,seen\n\xff\xfe,\n")
    with pytest.raises(FileFault, match="line 2: unexpected end of data"):
        _rows(tmp_path, MAPPING, 'id,seen\n"1,\n')
