"""The engine's view of a lead: generated property names, and a generated function that writes the fact.

No name and no text of a customer decides how the fact is built: properties are a0, a1, …, texts are compared as the
number of the literal they equal, prefixes in the engine's alphabet, and numbers outside the literals' range are drawn
in to its edge, where no literal is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain.leads.values import MAX_WHOLE
from rules.conditions.conditions import Holds, Row
from rules.conditions.operators import Coding
from rules.conditions.syntax import Check
from rules.conditions.texts import LONGEST_PREFIX, TABLE, is_plain

STEMS = 9
"""The number of first tests, on the property `k`, for the conditions of a rule set: a fact passes all of them."""
HEAD = f'{{"id":"x","sid":"1","k":{STEMS}'
EMPTY_LIST = "\U0010ffff"
"""Stands in a list that holds no literal: the engine takes an empty list for a match of `$iall`."""
Encoder = Callable[[Row], str]


@dataclass(slots=True)
class Column:
    """One property of the fact: a subject in a coding."""

    name: str
    subject: str
    coding: Coding
    codes: dict[Any, int] = field(default_factory=dict)
    """The numbers of the literals, for codes and members."""
    longest: int = 0
    """The length of the longest prefix."""

    def operand(self, literal: Any) -> Any:
        """A literal as the engine compares it."""
        if self.coding is Coding.CODE:
            return self.codes.setdefault(literal, len(self.codes))
        if self.coding is Coding.MEMBERS:
            return f"m{self.codes.setdefault(literal, len(self.codes))}"
        if self.coding is Coding.PREFIX:
            self.longest = max(self.longest, len(literal))
        return literal


@dataclass(slots=True)
class Columns:
    """The properties that a set of rules needs, by the order they were asked for."""

    columns: dict[tuple[str, Coding], Column] = field(default_factory=dict)
    flags: dict[object, tuple[str, Holds]] = field(default_factory=dict)

    def column(self, subject: str, coding: Coding) -> Column:
        """The property of a subject in a coding."""
        known = self.columns.get((subject, coding))
        if known is None:
            known = self.columns[subject, coding] = Column(f"a{len(self.columns)}", subject, coding)
        return known

    def flag(self, meaning: object, holds: Holds) -> str:
        """The property that is there when Python finds that something holds."""
        return self.flags.setdefault(meaning, (f"d{len(self.flags)}", holds))[0]

    def names(self) -> list[str]:
        """All property names."""
        return [c.name for c in self.columns.values()] + [name for name, _ in self.flags.values()]

    def only(self, names: set[str]) -> Columns:
        """The part with these property names."""
        return Columns(
            {place: column for place, column in self.columns.items() if column.name in names},
            {meaning: flag for meaning, flag in self.flags.items() if flag[0] in names},
        )


def fits(check: Check, coding: Coding) -> bool:
    """Return whether the engine compares the check's literals exactly in that coding."""
    literals = check.literal if isinstance(check.literal, tuple) else (check.literal,)
    if coding is Coding.NUMBER:
        return all(literal is None or abs(literal) < MAX_WHOLE for literal in literals)
    if coding is Coding.PREFIX:
        return all(len(literal) <= LONGEST_PREFIX and is_plain(literal) for literal in literals)
    return True


def encoder(columns: Columns) -> Encoder:
    """A function that writes the fact of a row; generated, because it runs for every lead."""
    space: dict[str, Any] = {"HEAD": HEAD, "TABLE": TABLE, "members": _members, "drawn_in": _drawn_in}
    lines = ["def encode(row):", " get = row.get", " text = HEAD"]
    by_subject: dict[str, list[str]] = {}
    for index, column in enumerate(columns.columns.values()):
        space |= {f"codes{index}": _codes(column), f"other{index}": f',"{column.name}":-1'}
        by_subject.setdefault(column.subject, []).append(_WRITERS[column.coding](index, column))
    for index, (subject, written) in enumerate(by_subject.items()):
        space[f"subject{index}"] = subject
        lines.append(f" value = get(subject{index})")
        lines.append(f" if value is not None: text += f'{''.join(written)}'")
    for index, (name, holds) in enumerate(columns.flags.values()):
        space[f"holds{index}"] = holds
        lines.append(f" if holds{index}(row): text += ',\"{name}\":1'")
    lines.append(" return text + '}'")
    exec("\n".join(lines), space)  # noqa: S102 - the source is made of numbers and generated names only
    encode: Encoder = space["encode"]
    return encode


def _codes(column: Column) -> object:
    if column.coding is Coding.MEMBERS:
        return {literal: f'"m{code}"' for literal, code in column.codes.items()}
    return {literal: f',"{column.name}":{code}' for literal, code in column.codes.items()}.get


_WRITERS: dict[Coding, Callable[[int, Column], str]] = {
    Coding.NUMBER: lambda _, c: f',"{c.name}":{{value if {-MAX_WHOLE} < value < {MAX_WHOLE} else drawn_in(value)}}',
    Coding.CODE: lambda index, _: f"{{codes{index}(value, other{index})}}",
    Coding.PREFIX: lambda _, c: (
        f',"{c.name}":"{{cut if (cut := value[:{c.longest}]).isalnum() else cut.translate(TABLE)}}"'
    ),
    Coding.MEMBERS: lambda index, c: f',"{c.name}":[{{members(value, codes{index})}}]',
}
"""The notation of a column within an f-string, where there is a value; letters and digits are never moved."""


def _drawn_in(value: int) -> int:
    return MAX_WHOLE if value > 0 else -MAX_WHOLE


def _members(values: tuple[str, ...], codes: dict[str, str]) -> str:
    return ",".join([codes[value] for value in dict.fromkeys(values) if value in codes]) or f'"{EMPTY_LIST}"'
