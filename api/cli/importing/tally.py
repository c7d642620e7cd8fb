"""The progress of an import: counts, faults with their rows, contradictions; and how it is told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from api.cli.terminal.output import Text, err, out
from application.intake.importing.import_past import Outcome
from application.intake.importing.rows import ImportedRow
from application.runtime.incoming import ItemStatus
from application.runtime.written_csv import text_cell
from domain.refusal import Refusal

SHOWN = 20
SHOWN_OF_A_CODE = 3
ROWS = {
    ItemStatus.CREATED.value: "Leads created",
    ItemStatus.UPDATED.value: "Leads updated",
    ItemStatus.UNCHANGED.value: "Leads unchanged",
    ItemStatus.REFUSED.value: "Rows refused",
    "LEFT_OUT": "Rows left out (empty or skipped)",
}
"""The possible results of a row: one of these, so that they add up to the rows read."""


@dataclass(frozen=True)
class RowFault:
    """Why a row, or a part of it, was not taken."""

    row: int
    external_id: str
    code: str
    path: str
    message: str


@dataclass
class Tally:
    """The sums of an import."""

    dry_run: bool = False
    """True if nothing of it stays."""
    ends: Counter[str] = field(default_factory=Counter)
    """The results of the rows, each of which counts once."""
    counts: Counter[str] = field(default_factory=Counter)
    """By words for people, in the order in which they first came."""
    faults: list[RowFault] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """The remarks on the file that stop nothing."""
    handovers: set[str] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    """The state of all leads of the source, after an import of the past."""
    groups: list[Outcome] = field(default_factory=list)
    """The same by the values of a field."""
    opened: int = 0
    """The number of handovers a rehearsal opened."""
    unused: list[str] = field(default_factory=list)
    """Columns of which nothing is read."""
    unmapped: dict[str, list[str]] = field(default_factory=dict)
    """By column, texts that the mapping does not name."""

    @property
    def rows(self) -> int:
        """Return how many rows have been dealt with."""
        return self.ends.total()

    def end(self, status: str) -> None:
        """Count a row by what became of it."""
        self.ends[status] += 1

    def left_out(self, row: ImportedRow, *, faulty: bool) -> bool:
        """Return whether a row goes no further, and count it then: nothing is in it, or nothing of it could be read.

        With `faulty` a row with any fault goes no further.
        """
        self.faults += [fault_of(row, fault) for fault in row.skipped]
        if row.left_out:
            self.end("LEFT_OUT")
        elif row.unread or (faulty and row.faults):
            self.end(ItemStatus.REFUSED.value)
            self.faults += [fault_of(row, fault) for fault in row.faults]
        else:
            return False
        return True

    def count(self, words: str, number: int = 1) -> None:
        """Count something."""
        if number:
            self.counts[words] += number


def fault_of(row: ImportedRow, fault: Refusal) -> RowFault:
    """A fault with its row."""
    return RowFault(row.number, row.lead.external_id, fault.code, ".".join(fault.path or ()), fault.message)


def show_faults(tally: Tally, file: Path | None) -> None:
    """Tell the first faults, of a rehearsal the first of each code; and write all of them where that is wanted."""
    if file is not None:
        _write(tally.faults, file)
    if not tally.faults:
        return
    console = err()
    codes = Counter(fault.code for fault in tally.faults)
    shown = [f for code in codes for f in _of(tally, code)[:SHOWN_OF_A_CODE]] if tally.dry_run else tally.faults[:SHOWN]
    before = ""
    for fault in shown:
        if tally.dry_run and fault.code != before:
            console.print(Text.assemble((fault.code, "bold"), f": {codes[fault.code]:,}"), soft_wrap=True)
        before = fault.code
        place = f"row {fault.row}" + (f" ({fault.external_id})" if fault.external_id else "")
        said = f": {fault.code} {fault.path} – {fault.message}".replace("  ", " ")
        console.print(Text.assemble((place, "bold"), said), soft_wrap=True)
    more = len(tally.faults) - len(shown)
    hint = "" if file is not None else "; --faults FILE writes all"
    if more > 0:
        console.print(Text(f"… and {more:,} more{hint}", style="dim"), soft_wrap=True)


def _of(tally: Tally, code: str) -> list[RowFault]:
    return [fault for fault in tally.faults if fault.code == code]


def _write(faults: Iterable[RowFault], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(("row", "externalId", "code", "path", "message"))
        for f in faults:
            writer.writerow((f.row, *map(text_cell, (f.external_id, f.code, f.path, f.message))))


def show_summary(tally: Tally, seconds: float) -> None:
    """Tell what was done and how long it took."""
    table = Table("", "Count", box=None, pad_edge=False, show_header=False)
    table.columns[1].justify = "right"
    table.add_row("Rows read", f"{tally.rows:,}")
    for status, words in ROWS.items():
        table.add_row(words, f"{tally.ends[status]:,}")
    for words, number in tally.counts.items():
        table.add_row(words, f"{number:,}")
    if tally.dry_run:
        table.add_row("Handovers that would open", f"{tally.opened:,}")
    if tally.handovers:
        table.add_row("Leads with an open handover", f"{len(tally.handovers):,}")
    faulty = len({fault.row for fault in tally.faults})
    table.add_row("Rows with faults", Text(f"{faulty:,}", style="red" if faulty else ""))
    table.add_row("Seconds", f"{seconds:.1f}")
    console = out()
    if tally.dry_run:
        console.print(Text("A dry run: nothing of this stays.", style="bold"))
    console.print(table)
    if tally.contradictions:
        console.print(Text(f"Contradictions: {len(tally.contradictions):,}", style="yellow"))
        for said in tally.contradictions[:SHOWN]:
            console.print(Text(f"  {said}"), soft_wrap=True)
    for note in [*tally.notes, *_of_columns(tally)]:
        console.print(Text(note), soft_wrap=True)
    _show_outcomes(tally)


def _of_columns(tally: Tally) -> list[str]:
    """The remarks on the file's columns: texts that the mapping does not name, and in a rehearsal what is not used."""
    told = [f"Not mapped in {column!r}: {', '.join(map(repr, texts))}." for column, texts in tally.unmapped.items()]
    if tally.dry_run and tally.unused:
        told.append(f"Columns that are not used: {', '.join(map(repr, tally.unused))}.")
    return told


def _show_outcomes(tally: Tally) -> None:
    if not tally.outcomes:
        return
    table = Table("Leads of the source", "All", "Won", "Share", "Lost", box=None, pad_edge=False, header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    for outcome in tally.outcomes:
        table.add_row("all", *_figures(outcome), style="bold")
    for outcome in tally.groups:
        table.add_row(Text(outcome.group if outcome.group is not None else "(none)"), *_figures(outcome))
    out().print()
    out().print(table)


def _figures(outcome: Outcome) -> tuple[str, str, str, str]:
    share = f"{100 * outcome.won / outcome.leads:.3f} %" if outcome.leads else ""
    return f"{outcome.leads:,}", f"{outcome.won:,}", share, f"{outcome.lost:,}"
