"""The types that others link to, by names that can be used before their modules are loaded: everything is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ForwardRef

import strawberry


def _link(name: str, module: str) -> Any:
    return Annotated[ForwardRef(name), strawberry.lazy(f"api.graphql.types.{module}")]


if TYPE_CHECKING:
    from api.graphql.types.activity_types import Activity as ActivityLink
    from api.graphql.types.decision_types import Decision as DecisionLink
    from api.graphql.types.event_types import Event as EventLink
    from api.graphql.types.handover_types import Handover as HandoverLink
    from api.graphql.types.lead_types import Lead as LeadLink
    from api.graphql.types.obligation_types import Obligation as ObligationLink
    from api.graphql.types.open_work_types import OpenWorkMovement as OpenWorkMovementLink
    from api.graphql.types.round_types import LeadRound as LeadRoundLink
    from api.graphql.types.upcoming_types import UpcomingStep as UpcomingStepLink
    from api.graphql.types.version_types import Agreement as AgreementLink
    from api.graphql.types.version_types import SlaVersion as SlaVersionLink
else:
    ActivityLink = _link("Activity", "activity_types")
    DecisionLink = _link("Decision", "decision_types")
    EventLink = _link("Event", "event_types")
    HandoverLink = _link("Handover", "handover_types")
    LeadLink = _link("Lead", "lead_types")
    ObligationLink = _link("Obligation", "obligation_types")
    OpenWorkMovementLink = _link("OpenWorkMovement", "open_work_types")
    LeadRoundLink = _link("LeadRound", "round_types")
    UpcomingStepLink = _link("UpcomingStep", "upcoming_types")
    AgreementLink = _link("Agreement", "version_types")
    SlaVersionLink = _link("SlaVersion", "version_types")

__all__ = [
    "ActivityLink",
    "AgreementLink",
    "DecisionLink",
    "EventLink",
    "HandoverLink",
    "LeadLink",
    "LeadRoundLink",
    "ObligationLink",
    "OpenWorkMovementLink",
    "SlaVersionLink",
    "UpcomingStepLink",
]
