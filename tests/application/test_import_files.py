"""Mappings and CSV files: every fault told with its place, every value read as the mapping says."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from application.intake.importing.csv_file import CsvFile
from application.intake.importing.mapping import FileFault, read_mapping
from application.intake.importing.rows import ImportedRow, PastStage
from application.runtime.incoming import IncomingAccount
from domain.document.sections.fields import FieldType

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
    """Names all that are missing, the nearest to each, and those that are there."""
    with pytest.raises(FileFault) as caught:
        _rows(tmp_path, MAPPING, "iden,Scene\n1,01.02.2025\n")
    assert caught.value.faults == [
        "HEADER_MISSING: there is no column 'id' (the nearest is 'iden'; it has 'iden', 'Scene').",
        "HEADER_MISSING: there is no column 'seen' (the nearest is 'Scene'; it has 'iden', 'Scene').",
    ]


def test_headers_are_found_as_people_write_them(tmp_path: Path) -> None:
    """Case, width, blanks and decomposed letters are no matter; what is written exactly so comes before."""
    mapping = MAPPING + "fields: {town: Größe  m²}\n"
    [row] = _rows(tmp_path, mapping, " ID\u00a0,SEEN,Gro\u0308ße m2,ID2\n7,01.02.2025,x,8\n")
    assert (row.lead.external_id, row.lead.fields) == ("7", {"town": "x"})
    [row] = _rows(tmp_path, MAPPING, "ID,seen,id\n7,,8\n")
    assert row.lead.external_id == "8"


def test_a_header_that_is_used_stands_there_once(tmp_path: Path) -> None:
    """Nothing is read where the mapping means two columns; doubles that nobody uses are told only."""
    for header in ("id,seen,id", "Id,seen,ID", " id,seen,id "):
        with pytest.raises(FileFault, match=r"HEADER_TWICE: the column 'id' stands there 2 times, as columns 1 and 3"):
            _rows(tmp_path, MAPPING, f"{header}\n1,,2\n")
    path = tmp_path / "leads.csv"
    path.write_text("id,seen,note,note\n1,,a,b\n")
    with CsvFile(path, read_mapping(MAPPING, "test")) as file:
        assert [row.lead.external_id for row in file.rows()] == ["1"]
        assert file.unused_twice == ["note"]


def test_a_pattern_with_an_empty_place_is_empty(tmp_path: Path) -> None:
    """No company, and no lead or activity under a key that is not its own; without its key a row tells only that."""
    mapping = """
source: crm
externalId: "lead-{id}"
fields: {size: {column: n, type: INTEGER}}
account: {key: "co-{company}/{place}"}
activities: [{type: call, key: "call-{id}-{no}", at: {column: at, timeZone: UTC}}]
"""
    head = "id,n,company,place,no,at\n"
    rows = _rows(tmp_path, mapping, head + "1,5,7,a,1,2025-01-01\n2,5,7, ,1,\n ,many,7,a,1,\n4,5,,,,2025-01-01\n")
    assert [row.lead.company and row.lead.company.key for row in rows] == ["co-7/a", None, None, None]
    told = [[(f.code, f.path) for f in row.faults] for row in rows]
    malformed = "MALFORMED_KEY"
    assert told == [[], [], [(malformed, ("externalId",))], [(malformed, ("activities", "key"))]]


def test_a_number_that_could_mean_two_things_is_not_guessed(tmp_path: Path) -> None:
    """Three digits behind the only point or comma; PLAIN says that the point is meant; one zero makes no fraction."""
    columns = "{n: {column: n, type: INTEGER}, d: {column: d, type: DECIMAL}, t: {column: t}}"
    head = "id,n,d,t\n"

    def told(cells: str, more: str = "") -> tuple[dict[str, object], list[str]]:
        mapping = f"source: crm\nexternalId: id\nfields: {columns}\n{more}"
        path = tmp_path / "leads.csv"
        path.write_text(f"{head}1,{cells}\n")
        with CsvFile(path, read_mapping(mapping, "test")) as file:
            [row] = file.rows({("LEAD", "t"): FieldType.DECIMAL})
        return dict(row.lead.fields), [f"{fault.code} {'.'.join(fault.path or ())}" for fault in row.faults]

    assert told("50.0,12.5,1.25") == ({"n": 50, "d": "12.5", "t": "1.25"}, [])
    assert told("1.000,-0.125,50.000")[1] == ["AMBIGUOUS_NUMBER n", "AMBIGUOUS_NUMBER d", "AMBIGUOUS_NUMBER t"]
    assert told('"1,000","1,500","2,500"')[1] == ["AMBIGUOUS_NUMBER n", "AMBIGUOUS_NUMBER d", "AMBIGUOUS_NUMBER t"]
    assert told('1.5,"1,5",')[1] == ["WRONG_TYPE n", "WRONG_TYPE d"]
    assert told("1.00,1,000.5,2")[1] == ["ROW_LENGTH "]
    assert told("7,1.500,2.500", "numbers: PLAIN") == ({"n": 7, "d": "1.500", "t": "2.500"}, [])
    assert told("1.000,1,1", "numbers: PLAIN")[1] == ["WRONG_TYPE n"]
    assert told("1.000,2.000,7", "onFault: SKIP_VALUE") == ({"t": "7"}, [])


def test_a_broken_record_is_one_fault_and_reading_goes_on(tmp_path: Path) -> None:
    """At its first line, also where a quote stays open to the end or over a thousand lines; blank rows are left out."""
    broken = 'a,"Bar "Zum Hirsch" GmbH"'
    rows = _rows(tmp_path, MAPPING, f'id,seen\n{broken}\nb,\n\n,\nc,"01.02.\n2025"\nd,"open\ne,\n')
    told = [(row.number, row.lead.external_id, [fault.code for fault in row.faults], row.left_out) for row in rows]
    quoting = ["ROW_QUOTING"]
    assert told == [
        (2, "", quoting, False),
        (3, "b", [], False),
        (4, "", [], True),
        (5, "", [], True),
        (6, "c", ["WRONG_TYPE"], False),
        (8, "", quoting, False),
        (9, "e", [], False),
    ]
    rows = _rows(tmp_path, MAPPING, 'id,seen\nx,"\n' + "y,\n" * 2500)
    assert ([fault.code for fault in rows[0].faults], len(rows)) == (quoting, 2501)
    assert not [row for row in rows[1:] if row.faults or row.lead.external_id != "y"]


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


def test_a_wrong_encoding_stops_the_reading(tmp_path: Path) -> None:
    """Says up to where the file could be read; so does a header that is not one."""
    with pytest.raises(FileFault, match="the text is not utf-8-sig"):
        _rows(tmp_path, MAPPING, b"id,seen\n\xff\xfe,\n")
    with pytest.raises(FileFault, match="line 1: "):
        _rows(tmp_path, MAPPING, 'id,"seen\n"1,\n')
