"""The rules for watching single kinds of obligations: when to warn, how grave a miss is, what happens while it
lasts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.document.base import Amount, KeyedPart, Several
from domain.document.sections.handover import EscalationStep
from domain.obligation import BreachSeverity


class ObligationRule(KeyedPart):
    """The rules for one kind of obligations; its key is the kind's word, such as first-contact."""

    warn_at: Annotated[Amount, Field(gt=0, lt=1)] | None = None
    """When to warn, as a share of the open time of the limit; as for handovers, if absent."""
    severity: Annotated[BreachSeverity, Field(strict=False)] | None = None
    """The severity of a miss; as the engine holds it, if absent."""
    escalation: Several[EscalationStep] = ()
    """The escalation while it is missing, in order."""
