"""What a mapping may say of words, numbers, times and the file; each row is read for itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from application.intake.importing.mapping import FileFault, read_mapping
from application.intake.importing.rows import ImportedRow
from application.intake.importing.sheet_file import source_file
from application.intake.importing.times import day_of, moment_of
from application.intake.record_consent import SaidConsent
from application.runtime.incoming import ABSENT
from domain.document.sections.fields import FieldType
from tests.application.workbook import write_workbook

HEAD = "source: crm\nexternalId: ID\ntimeZone: UTC\n"
TYPES = {("LEAD", "size"): FieldType.INTEGER, ("LEAD", "open"): FieldType.BOOLEAN, ("LEAD", "kind"): FieldType.ENUM}


def _rows(folder: Path, mapping: str, content: str | bytes, name: str = "file.csv") -> list[ImportedRow]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with source_file(path, read_mapping(HEAD + mapping, "map")) as file:
        return list(file.rows(TYPES))


def _table(head: str, *cells: str) -> str:
    """A file whose rows are numbered."""
    return "\n".join([head, *(f"{number},{row}" for number, row in enumerate(cells, 1))]) + "\n"


def _codes(row: ImportedRow) -> list[str]:
    return [f"{fault.code} {'.'.join(fault.path or ())}" for fault in row.faults]


def _refused(mapping: str) -> list[str]:
    with pytest.raises(FileFault) as caught:
        read_mapping(HEAD + mapping, "map")
    return caught.value.faults


def test_a_word_is_looked_up_as_written_then_as_meant(tmp_path: Path) -> None:
    """Null says nothing; another text is refused, skipped or taken, as the mapping says; the texts are noted."""
    stage = 'stages: [{{stage: {{column: S, values: {{Won: customer, Open: null, "": lost}}{}}}, at: T}}]\n'
    cells = ("Won,DAY", "\u3000ｗＯＮ,DAY", "Open,DAY", "Else,DAY", "Else,", ",DAY")
    content = _table("ID,S,T", *cells).replace("DAY", "2026-01-01")

    def told(more: str) -> tuple[list[list[str]], list[str]]:
        rows = _rows(tmp_path, stage.format(more), content)
        return [[s.stage for s in row.stages] for row in rows], _codes(rows[3])

    won = [["customer"], ["customer"], []]
    assert told("") == ([*won, [], [], ["lost"]], ["VALUE_NOT_MAPPED S"])
    assert told(", otherwise: REFUSE") == ([*won, [], [], ["lost"]], ["VALUE_NOT_MAPPED S"])
    assert told(", otherwise: SKIP") == ([*won, [], [], ["lost"]], [])
    assert told(", otherwise: AS_IS") == ([*won, ["Else"], [], ["lost"]], [])
    path = tmp_path / "file.csv"
    with source_file(path, read_mapping(HEAD + stage.format(", otherwise: SKIP"), "map")) as file:
        assert len(list(file.rows())) == 6
        assert file.unmapped == {"S": ["Else"]}


def test_every_word_of_an_activity_may_come_from_a_column(tmp_path: Path) -> None:
    """Type, party, channel and campaign; where `when` does not hold there is none."""
    mapping = """activities:
  - type: {column: Direction, values: {Inbound: call-in, Outbound: call-out}}
    key: "{ID}"
    at: T
    when: {column: Kind, in: [Call]}
    party: {column: By, values: {S: SALES}, otherwise: SKIP}
    channel: {column: Via, values: {Tel.: phone}, otherwise: AS_IS}
    campaign: {constant: spring}
"""
    cells = ("inbound,DAY, call ,S,tel.", "Outbound,DAY,Mail,S,x", "Outbound,DAY,Call,?,fax")
    content = _table("ID,Direction,T,Kind,By,Via", *cells).replace("DAY", "2026-01-01")
    rows = _rows(tmp_path, mapping, content)
    told = [[(a.type, a.party, a.channel, a.campaign) for a in row.activities] for row in rows]
    assert told == [[("call-in", "SALES", "phone", "spring")], [], [("call-out", None, "fax", "spring")]]
    assert _refused("activities: [{type: x, key: ID, at: T, party: {column: B, values: {a: BOSS}}}]\n")[0].startswith(
        "activities[0].party"
    )


def test_rows_are_skipped_by_a_condition(tmp_path: Path) -> None:
    """Before anything else of them is looked at; a condition asks one thing."""
    content = "ID,Type,N\n,Contact,x\n2,Lead,5\n3,,5\n"
    for skip, kept in (("in: [contact]", ["2", "3"]), ("notIn: [Lead]", ["2"]), ("empty: true", ["", "2"])):
        rows = _rows(tmp_path, f"skip: {{column: Type, {skip}}}\n", content)
        assert [row.lead.external_id for row in rows if not row.left_out] == kept
    assert _refused("skip: {column: Type, in: [a], empty: true}\n") == ["skip: give one of in, notIn, empty"]
    assert _refused("orders: [{key: O}]\n")[0].startswith("orders: ")


def test_types_are_those_of_the_agreement_unless_the_mapping_names_one(tmp_path: Path) -> None:
    """A column that goes into a whole number is read as one."""
    fields = "fields: {size: N, open: {column: O}, kind: {column: K}, other: {column: N, type: TEXT}}\n"
    one, two = _rows(tmp_path, fields, "ID,N,O,K\n1,50.0,yes,a\n2,1.000,perhaps,7\n")
    assert one.lead.fields == {"size": 50, "open": True, "kind": "a", "other": "50.0"}
    assert _codes(two) == ["AMBIGUOUS_NUMBER N", "WRONG_TYPE O"]


def test_an_amount_fits_its_currency(tmp_path: Path) -> None:
    """No more decimal places than it has, whichever currency the row names."""
    mapping = "numbers: {locale: de}\nstages: [{stage: won, at: T, value: V, currency: {column: C}}]\n"
    cells = ('2026-01-01,"1,50 €",EUR', '2026-01-01,"1,505",EUR', '2026-01-01,"5,5",JPY', "2026-01-01,5,euro")
    rows = _rows(tmp_path, mapping, _table("ID,T,V,C", *cells))
    assert [[(str(s.value), s.currency) for s in row.stages] for row in rows] == [[("1.50", "EUR")], [], [], []]
    assert [_codes(row) for row in rows] == [[], *[["WRONG_TYPE V"]] * 3]


def test_times_may_be_serial_numbers() -> None:
    """Those of both calendars, to the second; the day that never was is none."""
    zone = ZoneInfo("UTC")
    days = [datetime(1900, 1, 1, tzinfo=UTC), datetime(1900, 2, 28, tzinfo=UTC), datetime(1900, 3, 1, 12, tzinfo=UTC)]
    assert [moment_of(text, "excel", zone) for text in ("1", "59", "61.5")] == days
    assert moment_of(45992.000011574, "excel", zone) == datetime(2025, 12, 1, 0, 0, 1, tzinfo=UTC)
    assert day_of("44530", "excel-1904") == "2025-12-01"
    for text in ("60", "60.9", "0", "2958466", "-1", "1e3", ""):
        with pytest.raises((ValueError, OverflowError)):
            moment_of(text, "excel", zone)
    with pytest.raises(ValueError, match="no time zone"):
        moment_of("2026-01-01", None, None)


def test_what_is_empty_clears_where_the_mapping_says_so(tmp_path: Path) -> None:
    """The company's name, owner and fields, and the company; a column may say otherwise; else it says nothing."""
    mapping = """fields: {role: {column: R, emptyClears: true}, size: N}
account: {key: F, name: A, emptyClears: true, fields: {a: A, b: {column: A, emptyClears: false}}}
"""
    one, two = _rows(tmp_path, mapping, "ID,R,N,F,A\n1,,,7,\n2,x,1,,\n")
    assert one.lead.fields == {"role": None}
    account = one.lead.company
    assert account is not None
    assert (account.name, account.owner, account.fields) == (None, ABSENT, {"a": None})
    assert two.lead.account is None
    [plain] = _rows(tmp_path, "fields: {role: R}\naccount: {key: F, name: A}\n", "ID,R,F,A\n1,,,\n")
    assert (plain.lead.fields, plain.lead.account) == ({}, ABSENT)


def test_consents_of_a_row(tmp_path: Path) -> None:
    """Granted by the words of a column; an empty one says nothing."""
    mapping = """consents:
  - {purpose: mail, channel: {column: Via}, at: T, evidence: E, expiresAt: X,
     granted: {column: Out, values: {"true": false, "false": true}}}
  - {purpose: call, channel: phone, granted: {column: Call}}
"""
    cells = ("email,TRUE,2026-03-01,form,2027-01-01,", "email,false,,,2027-01-01,no", "email,maybe,,,,perhaps")
    content = _table("ID,Via,Out,T,E,X,Call", *cells)
    one, two, three = _rows(tmp_path, mapping, content)
    at, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert one.consents == [SaidConsent("mail", "email", False, at, "form")]
    assert two.consents == [SaidConsent("mail", "email", True, None, None, until), SaidConsent("call", "phone", False)]
    assert (_codes(three), three.consents) == (["VALUE_NOT_MAPPED Out", "WRONG_TYPE Call"], [])


def test_the_first_line_may_name_the_delimiter(tmp_path: Path) -> None:
    """And the header may stand further down; lines keep their numbers."""
    [row] = _rows(tmp_path, "fields: {a: A}\n", "\ufeffsep=;\r\nID;A\r\n1;x,y\r\n")
    assert (row.number, row.lead.fields) == (3, {"a": "x,y"})
    [row] = _rows(tmp_path, "file: {headerRow: 3}\n", "Report\n\nID,A\n1,x\n")
    assert (row.number, row.lead.external_id) == (4, "1")


@pytest.mark.parametrize(
    ("content", "line", "hint"),
    [
        ("ID,A\n1,x\n2,é\n".encode("cp1252"), 3, "cp1252"),
        ("ID,A\n1,x\n".encode("utf-16"), 1, "utf-16"),
        (b"ID,A\n" + b"1,x\n" * 40_000 + "2,é\n".encode("cp1252"), 40_002, ""),
    ],
)
def test_a_wrong_byte_names_its_line(tmp_path: Path, content: bytes, line: int, hint: str) -> None:
    """And the encodings that read the beginning; those that make no texts are none."""
    with pytest.raises(FileFault) as caught:
        _rows(tmp_path, "", content)
    [fault] = caught.value.faults
    assert fault.startswith(f"line {line}: the text is not utf-8-sig")
    assert not hint or fault.endswith(f"can be read as {hint}")
    for encoding in ("hex", "rot13", "klingon"):
        assert _refused(f"encoding: {encoding}\n")[0].startswith("encoding: ")


def test_workbooks_are_read_as_their_cells_are(tmp_path: Path) -> None:
    """Numbers whatever the mapping says of texts, moments and truths; by the name of the sheet."""
    pytest.importorskip("python_calamine", reason="the extra `excel` is not installed")
    at = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
    rows: list[list[Any]] = [["Export"], ["id", "N", "At", "O", "T"], [7, 1.125, at, True, "1.000,5"], [""] * 5]
    path = tmp_path / "book.xlsx"
    write_workbook(path, {"Notes": [["x"]], "Leads": rows})
    mapping = """file: {sheet: Leads, headerRow: 2}
numbers: {locale: de}
observedAt: At
fields: {open: O, d: {column: N, type: DECIMAL}, t: {column: T, type: DECIMAL}}
"""
    one, two = _rows(tmp_path, mapping, path.read_bytes(), "book.xlsx")
    assert (one.number, one.lead.external_id, one.lead.observed_at, _codes(one)) == (3, "7", at, [])
    assert one.lead.fields == {"open": True, "d": "1.125", "t": "1000.5"}
    assert two.left_out
    missing = re.escape("no sheet 'Sheet9' (it has 'Notes', 'Leads')")
    for wrong, what in (("file: {sheet: Sheet9}\n", missing), ("", "HEADER_MISSING")):
        with pytest.raises(FileFault, match=what):
            _rows(tmp_path, wrong, path.read_bytes(), "book.xlsx")
    with pytest.raises(FileFault, match="no such workbook"):
        _rows(tmp_path, "", b"ID\n1\n", "broken.xlsx")
