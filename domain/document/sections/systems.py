"""Section 8: the systems of both parties, which of them owns which field, and how fast a change reaches the others."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.document.base import FieldName, KeyedPart, Label, Several
from domain.document.sections.fields import FieldDefinition, FieldOf
from domain.document.sections.limits import TimeLimit
from domain.party import Party


class SystemKind(StrEnum):
    """The role of a system for the two parties."""

    MARKETING_AUTOMATION = "MARKETING_AUTOMATION"
    """Marketing's tool for campaigns and nurturing."""
    CRM = "CRM"
    """Sales' record of customers and deals."""
    OTHER = "OTHER"
    """Any other, such as a shop or an ERP."""


SourceName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class System(KeyedPart):
    """A system that sends leads or has to know of them."""

    label: Label
    """The name that people use."""
    kind: Annotated[SystemKind, Field(strict=False)]
    """Its role for the two parties."""
    party: Annotated[Party, Field(strict=False)] | None = None
    """The party that runs it; absent, sales for a CRM and marketing for any other."""
    sources: Several[SourceName] = ()
    """The names under which it sends leads; absent, its key."""
    sync_within: TimeLimit | None = None
    """The time within which a field that another system changed must be the same in this one; absent where nobody
    counts on it."""
    needs: Several[FieldName] = ()
    """Which fields must reach it: keys, account.KEY for a field of the account; absent, all that other systems own."""

    @property
    def names(self) -> frozenset[str]:
        """The sources that are this system."""
        return frozenset(self.sources or (self.key,))

    @property
    def run_by(self) -> Party:
        """The party that answers for it."""
        return self.party or (Party.SALES if self.kind is SystemKind.CRM else Party.MARKETING)

    def receives(self, field: FieldDefinition) -> bool:
        """Return whether a change of a field of another system has to reach it."""
        if self.sync_within is None or field.owner in (None, self.key):
            return False
        return not self.needs or field_name(field) in self.needs


def field_name(field: FieldDefinition) -> str:
    """The name by which the rest of the document speaks of a field."""
    return f"account.{field.key}" if field.of is FieldOf.ACCOUNT else field.key
