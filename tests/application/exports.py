"""Exports as CRMs write them, made by chance, with what they mean: what is imported must be that, or be told."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

COLUMNS = ("ID", "E-Mail", "Funktion", "Firma", "Branche", "Mitarbeiter", "Formular", "Nr")
MAP = """
source: {source}
externalId: "lead-{{ID}}"
delimiter: {delimiter}
encoding: {encoding}
timeZone: UTC
createdAt: {{column: Angelegt, format: "%d.%m.%Y"}}
fields:
  email: E-Mail
  role: {{column: Funktion, onFault: {role}}}
account:
  key: "{source}-{{Firma}}"
  fields: {{industry: Branche, employees: {{column: Mitarbeiter, type: INTEGER, onFault: {employees}}}}}
activities:
  - {{type: whitepaper-download, key: "{source}-{{ID}}-{{Nr}}", at: {{column: Formular, format: "%d.%m.%Y"}}}}
"""
NUMBERS: dict[str, int | None] = {
    "50": 50,
    "50.0": 50,
    "+7": 7,
    "1.000": None,
    "1,500": None,
    "viele": None,
    "50.5": None,
}
"""How numbers are written, and what they mean; None: a fault."""
BROKEN = "'broken'"


@dataclass
class Export:
    """A file with what it means."""

    mapping: str
    content: bytes
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    companies: dict[str, dict[str, Any]] = field(default_factory=dict)
    company_of: dict[str, str] = field(default_factory=dict)
    activities: set[str] = field(default_factory=set)
    refused: int = 0
    taken: int = 0
    left_out: int = 0
    codes: set[tuple[int, str]] = field(default_factory=set)
    """By line, the codes of the faults."""
    further: set[tuple[int, str]] = field(default_factory=set)
    """Those that only whoever knows the agreement can tell of a row that cannot be read as it is."""
    contradicting: set[int] = field(default_factory=set)
    """The lines that contradict earlier ones."""


def export(seed: int, source: str) -> Export:
    """An export of some sixty rows."""
    chance = Random(seed)
    skip = {name: chance.choice(("SKIP_VALUE", "REFUSE_ITEM")) for name in ("role", "employees")}
    delimiter, encoding = chance.choice(",;|\t"), chance.choice(("utf-8-sig", "utf-16", "cp1252"))
    mapping = MAP.format(source=source, delimiter=f'"{delimiter}"', encoding=encoding, **skip)
    text = io.StringIO()
    quoting: Literal[0, 1] = chance.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
    end = chance.choice(("\n", "\r\n"))
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow([chance.choice((name, f" {name} ", name.upper())) for name in (*COLUMNS, "Angelegt")] + ["x", "x"])
    made = Export(mapping, b"")
    for line in range(2, 62):
        kind = chance.choice(("row",) * 12 + ("blank", "empty", "short", "quote"))
        if kind == "row":
            cells = _cells(chance, line)
            writer.writerow([*cells.values(), "01.02.2025", "", ""])
            _understand(made, cells, line, source, skip)
        elif kind == "quote":
            text.write(f'7{delimiter}"Bar "Zum Hirsch" GmbH"{delimiter}{end}')
            made.codes.add((line, "ROW_QUOTING"))
            made.refused += 1
        elif kind == "short":
            writer.writerow(["7", "a@b.example"])
            made.codes.add((line, "ROW_LENGTH"))
            made.refused += 1
        else:
            text.write(delimiter * 10 + end if kind == "blank" else end)
            made.left_out += 1
    made.content = text.getvalue().encode(encoding)
    return made


def _cells(chance: Random, line: int) -> dict[str, str]:
    told = {
        "ID": str(chance.choice((line, chance.randint(100, 110)))),
        "E-Mail": f"a{line}@werk.example",
        "Funktion": chance.choice(("Geschäftsführer", "Einkauf", ' "Leitung"  ', "a;b,c|d")),
        "Firma": chance.choice("ABCD"),
        "Branche": chance.choice(("Maschinen", "Beratung")),
        "Mitarbeiter": chance.choice(list(NUMBERS)),
        "Formular": chance.choice(("03.02.2025", "31.02.2025", "")),
        "Nr": "1",
    }
    if told["ID"] == str(line) and chance.random() < 0.15:
        told |= {"Funktion": "a\x00b", "Firma": ""}
    if told["ID"] != str(line):
        told |= {"Formular": "", "E-Mail": f"a{told['ID']}@werk.example"}
    return {name: chance.choice(("", " ")) if chance.random() < 0.06 else value for name, value in told.items()}


def _understand(made: Export, cells: dict[str, str], line: int, source: str, skip: dict[str, str]) -> None:
    """What a careful person makes of a row: this is the truth that the import is held against."""
    told = {name: value.strip() for name, value in cells.items()}
    faults: list[str] = []
    skipped: list[str] = []
    if not told["ID"]:
        faults, told = ["MALFORMED_KEY"], {}
    if told.get("Formular") == "31.02.2025":
        faults.append("WRONG_TYPE")
    elif told.get("Formular") and not told["Nr"]:
        faults.append("MALFORMED_KEY")
    number = NUMBERS.get(told.get("Mitarbeiter", ""))
    if told.get("Firma") and told["Mitarbeiter"] and number is None:
        doubtful = told["Mitarbeiter"] in {"1.000", "1,500"}
        code = "AMBIGUOUS_NUMBER" if doubtful else "WRONG_TYPE"
        (skipped if skip["employees"] == "SKIP_VALUE" else faults).append(code)
    if "\x00" in told.get("Funktion", ""):
        (skipped if skip["role"] == "SKIP_VALUE" else faults).append("VALUE_NOT_ALLOWED")
        told["Funktion"] = ""
    hidden = {"VALUE_NOT_ALLOWED"} if set(faults) - {"VALUE_NOT_ALLOWED"} else set()
    made.codes |= {(line, code) for code in {*faults, *skipped} - hidden}
    made.further |= {(line, code) for code in hidden}
    if faults:
        made.refused += 1
        return
    made.taken += 1
    key = f"lead-{told['ID']}"
    lead = made.leads.setdefault(key, {})
    _learn(made, line, lead, {"email": told["E-Mail"], "role": told["Funktion"]})
    if told["Formular"]:
        made.activities.add(f"{source}-{told['ID']}-{told['Nr']}")
    if not told["Firma"]:
        return
    company = f"{source}-{told['Firma']}"
    if made.company_of.setdefault(key, company) != company:
        made.contradicting.add(line)
        return
    known = made.companies.setdefault(company, {})
    _learn(made, line, known, {"industry": told["Branche"], "employees": number})


def _learn(made: Export, line: int, known: dict[str, Any], told: dict[str, Any]) -> None:
    for name, value in told.items():
        if value not in {"", None} and known.setdefault(name, value) != value:
            made.contradicting.add(line)
