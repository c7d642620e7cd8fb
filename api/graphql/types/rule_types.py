"""The material of a rule editor: operators, and the names that conditions may use."""

from __future__ import annotations

from api.graphql.parts.published import publish_enum, published
from application.documents import rule_operators
from domain.document.sections.fields import FieldType
from rules.conditions.editors import Editor
from rules.conditions.operators import Operand
from rules.conditions.vocabulary import Place

publish_enum(FieldType)
publish_enum(Operand, "RuleOperand")
publish_enum(Editor, "RuleEditor")
publish_enum(Place, "ConditionPlace")


@published
class RuleOperatorUse:
    """An operator on fields of one type."""

    field_type: FieldType
    """The type."""
    editor: Editor
    """The editor of each value."""


@published
class RuleOperator:
    """An operator of conditions."""

    name: str
    """Its name in conditions."""
    label: str
    """The name that people use."""
    operand: Operand
    """The number of values it takes."""
    field_types: list[RuleOperatorUse]
    """The types of fields it takes, each with the way to enter its values."""
    querybuilder: str
    """Its name in react-querybuilder."""

    @classmethod
    def of(cls, operator: rule_operators.RuleOperator) -> RuleOperator:
        """The operator as it is shown."""
        uses = [RuleOperatorUse(field_type=use.field_type, editor=use.editor) for use in operator.uses]
        return cls(
            name=operator.name,
            label=operator.label,
            operand=operator.operand,
            field_types=uses,
            querybuilder=operator.querybuilder,
        )


@published
class ConditionSubject:
    """Something that a condition may speak of."""

    name: str
    """The subject in a comparison's `field`."""
    label: str
    """The name that people use."""
    type: FieldType
    """The type of its values."""
    scale: int | None
    """Digits after the decimal point; of decimals only."""
    values: list[str]
    """The values allowed; empty for any."""
    operators: list[str]
    """The names of the operators it takes."""
    places: list[Place]
    """Where a condition that speaks of it may stand."""
    activity: str | None
    """The activity type it is about; * for any, null where it is about none."""
    measured: bool
    """True if a comparison of it may say `within` and `where`."""

    @classmethod
    def of(cls, subject: rule_operators.ConditionSubject) -> ConditionSubject:
        """The subject as it is shown."""
        return cls(
            name=subject.name,
            label=subject.label,
            type=subject.type,
            scale=subject.scale,
            values=list(subject.values),
            operators=list(subject.operators),
            places=list(subject.places),
            activity=subject.activity,
            measured=subject.measured,
        )
