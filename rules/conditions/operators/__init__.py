"""The operators: one row each that holds everything the house knows of it.

May import how texts are written for the engine. A new operator is one row in comparing.py or containing.py.
Start with row.py.
"""

from rules.conditions.operators import comparing, containing
from rules.conditions.operators.row import (
    EX,
    NEX,
    ORDERED,
    Coding,
    Durable,
    Operand,
    Operator,
    Probe,
    Threshold,
    Witness,
)

__all__ = [
    "EX",
    "NEX",
    "OPERATORS",
    "ORDERED",
    "Coding",
    "Durable",
    "Operand",
    "Operator",
    "Probe",
    "Threshold",
    "Witness",
]

OPERATORS: dict[str, Operator] = {row.name: row for row in (*comparing.ROWS, *containing.ROWS)}
"""The operators by name."""
