"""Section 2: the shared data model, the fields of leads and accounts and the types of activities."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.document.base import Key, Keyed, KeyedPart, Label, Part, Several, Text
from domain.document.conditions import Condition
from domain.party import Party


class FieldType(StrEnum):
    """The kind of value a field holds."""

    TEXT = "TEXT"
    """Text."""
    INTEGER = "INTEGER"
    """A whole number between -2^53 and 2^53."""
    DECIMAL = "DECIMAL"
    """A decimal number with a declared scale."""
    BOOLEAN = "BOOLEAN"
    """True or false."""
    DATE = "DATE"
    """A calendar day, YYYY-MM-DD."""
    DATE_TIME = "DATE_TIME"
    """A moment, RFC 3339 with offset."""
    ENUM = "ENUM"
    """One of the field's values."""
    LIST = "LIST"
    """A list of texts; of the field's values where it names any."""


class FieldOf(StrEnum):
    """Whose field it is."""

    LEAD = "LEAD"
    """The person's."""
    ACCOUNT = "ACCOUNT"
    """The company's."""


class Direction(StrEnum):
    """Who turned to whom."""

    INBOUND = "INBOUND"
    """The lead turned to us."""
    OUTBOUND = "OUTBOUND"
    """We turned to the lead."""


class Typed(KeyedPart):
    """A key with a type: what lead fields and activity fields have in common."""

    label: Label
    """The name that people use."""
    type: Annotated[FieldType, Field(strict=False)]
    """The kind of value it holds."""
    scale: Annotated[int, Field(ge=0, le=6)] | None = None
    """Digits after the decimal point; only and always for DECIMAL."""
    values: Several[Text] = ()
    """The values allowed; always for ENUM, at will for LIST."""

    @model_validator(mode="after")
    def _consistent(self) -> Typed:
        if (self.type is FieldType.DECIMAL) != (self.scale is not None):
            raise PydanticCustomError("field_scale", "A DECIMAL names its scale, no other type does.")
        if self.type is FieldType.ENUM and not self.values:
            raise PydanticCustomError("field_values", "An ENUM names its values.")
        if self.values and self.type not in {FieldType.ENUM, FieldType.LIST}:
            raise PydanticCustomError("field_values", "Only ENUM and LIST name values.")
        if len(set(self.values)) < len(self.values):
            raise PydanticCustomError("field_values", "Each value is named once.")
        return self


class FieldDefinition(Typed):
    """A field of leads or accounts that both parties agree on."""

    personal: bool = False
    """True if it is data about a person."""
    of: Annotated[FieldOf, Field(strict=False)] = FieldOf.LEAD
    """The subject of the value: the person or the company; conditions call a field of the company account.KEY."""
    owner: Key | None = None
    """The system that owns the field; where the document names its systems, only it may write the field."""


class ActivityField(Typed):
    """A field that activities of one type carry."""

    required: bool = False
    """True if an activity of the type is refused without it."""


class ContactMade(StrEnum):
    """When an activity of a type is a contact with the lead, and not only an attempt."""

    ALWAYS = "ALWAYS"
    """Each is a contact."""
    NEVER = "NEVER"
    """None is."""
    WHEN = "WHEN"
    """Those for which the condition holds."""


class EffortRule(Part):
    """The rules for activities of a type in the effort for a lead that was handed over."""

    contact: Annotated[ContactMade, Field(strict=False)]
    """When it is a contact."""
    when: Condition | None = None
    """With WHEN: the condition over activity.KEY; what is missing is no contact."""

    @model_validator(mode="after")
    def _consistent(self) -> EffortRule:
        if (self.contact is ContactMade.WHEN) != (self.when is not None):
            raise PydanticCustomError("effort_when", "Contact WHEN names its condition, no other does.")
        return self


class ActivityType(KeyedPart):
    """A kind of activity: something a lead does or that is done to it."""

    label: Label
    """The name that people use."""
    direction: Annotated[Direction, Field(strict=False)]
    """The direction: the lead turned to us, or we to the lead."""
    channel: Key | None = None
    """The channel it happens on, unless the activity names another."""
    party: Annotated[Party, Field(strict=False)] | None = None
    """Of an outbound activity the party that does it, where neither the sender nor the person tells."""
    fields: Keyed[ActivityField] = ()
    """The fields that activities of this type carry."""
    effort: EffortRule | None = None
    """When it is a contact; absent: each outbound activity is, no inbound one."""
