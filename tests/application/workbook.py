"""A workbook as spreadsheet programs write it, with no more in it than a reader needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
_STYLES = (
    f"""<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"""
)


def write_workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> None:
    """Write sheets of texts, numbers, truths and moments."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="rId{i}"/>' for i, n in zip(numbers, sheets, strict=True))
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers
    )
    styles = f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    with ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", _HEAD + _TYPES)
        file.writestr("_rels/.rels", _HEAD + _relations(root))
        book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
        file.writestr("xl/workbook.xml", _HEAD + book)
        file.writestr("xl/_rels/workbook.xml.rels", _HEAD + _relations(related + styles))
        file.writestr("xl/styles.xml", _HEAD + _STYLES)
        for number, rows in zip(numbers, sheets.values(), strict=True):
            body = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
            sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
            file.writestr(f"xl/worksheets/sheet{number}.xml", _HEAD + sheet)


def _relations(inside: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        days = (value - datetime(1899, 12, 30, tzinfo=value.tzinfo)).total_seconds() / 86400
        return f'<c s="1"><v>{days!r}</v></c>'
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
