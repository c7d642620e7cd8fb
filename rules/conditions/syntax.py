"""A condition after it was checked: a typed tree whose operands are comparable with stored values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.document.conditions import Comparison
from rules.conditions.operators import Operator
from rules.conditions.vocabulary import Subject


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison; its literal is a whole number, text, truth, tuple of those, pair, or None."""

    subject: Subject
    operator: Operator
    literal: Any
    path: str = field(default="", compare=False)
    """Where it stands in the document."""
    written: Comparison | None = field(default=None, compare=False)
    """As it stands in the document."""

    def __hash__(self) -> int:
        return hash((self.subject.name, self.operator.name, self.literal))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Check)
            and self.subject.name == other.subject.name
            and self.operator is other.operator
            and type(self.literal) is type(other.literal)
            and bool(self.literal == other.literal)
        )


@dataclass(frozen=True, slots=True)
class Every:
    """Holds when every part does."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Holds when some part does."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: Expression


Expression = Check | Every | Some | Not

TRUE = Every(())
FALSE = Some(())


def checks_in(expression: Expression) -> Iterator[Check]:
    """Every comparison of an expression, in the order it is written."""
    match expression:
        case Check():
            yield expression
        case Not(part):
            yield from checks_in(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from checks_in(part)


def subjects_of(expressions: Iterable[Expression]) -> dict[str, Subject]:
    """The subjects that expressions speak of, by name."""
    return {check.subject.name: check.subject for expression in expressions for check in checks_in(expression)}
