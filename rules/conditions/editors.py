"""The editor of an operator's value: the way in which its value is entered, by the type of the field."""

from __future__ import annotations

from enum import StrEnum

from domain.document.sections.fields import FieldType
from rules.conditions.operators import Operand, Operator


class Editor(StrEnum):
    """The editor with which a value is entered."""

    NONE = "NONE"
    """Nothing: the operator takes no value."""
    TEXT = "TEXT"
    """A text."""
    WHOLE_NUMBER = "WHOLE_NUMBER"
    """A number without decimals."""
    NUMBER = "NUMBER"
    """A number with decimals."""
    TOGGLE = "TOGGLE"
    """Yes or no."""
    DATE = "DATE"
    """A calendar day."""
    DATE_TIME = "DATE_TIME"
    """A day and a time."""
    SELECT = "SELECT"
    """One of the field's values."""
    ITEM = "ITEM"
    """One item of a list: of the field's values where it names any, else a text."""


EDITORS: dict[FieldType, Editor] = {
    FieldType.TEXT: Editor.TEXT,
    FieldType.INTEGER: Editor.WHOLE_NUMBER,
    FieldType.DECIMAL: Editor.NUMBER,
    FieldType.BOOLEAN: Editor.TOGGLE,
    FieldType.DATE: Editor.DATE,
    FieldType.DATE_TIME: Editor.DATE_TIME,
    FieldType.ENUM: Editor.SELECT,
    FieldType.LIST: Editor.ITEM,
}


def editor(operator: Operator, type_: FieldType) -> Editor:
    """Return what each value of an operator is entered with, for a field of the type."""
    return Editor.NONE if operator.operand is Operand.NONE else EDITORS[type_]
