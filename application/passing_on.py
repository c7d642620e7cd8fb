"""Passing a lead on inside a party: a special team owns its new stage, and an accepted handover goes to that team."""

from __future__ import annotations

from dataclasses import dataclass

from application.desk import Desk
from application.offering import hand_to, strategy_of, wish_of
from domain.document.handover import Route
from domain.document.journey import Stage
from domain.handover import Handover, HandoverState
from domain.lead import Lead
from domain.party import Party
from rules.routing import Assigned, Queued

PASSED_ON = "passed on"
"""Why the handover has somebody else now."""


@dataclass(frozen=True, slots=True)
class Passing:
    """An accepted handover on its way to a special team of sales, and who there takes it."""

    handover: Handover
    choice: Assigned | Queued

    @property
    def kept_because(self) -> str | None:
        """Why it stays with whom it was, where the special team has nobody for it."""
        return self.choice.reason.value if isinstance(self.choice, Queued) else None


async def passing_to(desk: Desk, lead: Lead, stage: Stage) -> Passing | None:
    """Who takes the lead's accepted handover in the special team of a stage; None where it goes to no other team."""
    handover = desk.handovers.get(lead.id)
    if handover is None or handover.state is not HandoverState.ACCEPTED:
        return None
    if stage.owner is not Party.SALES or stage.team is None or stage.team == handover.team:
        return None
    book = await desk.book(handover.version_id)
    route = Route(team=stage.team, strategy=strategy_of(book, handover, stage.team))
    await desk.roster.hold_routes([route])
    return Passing(handover, desk.roster.choose(route, wish_of(desk, handover)))


async def pass_on(desk: Desk, passing: Passing) -> None:
    """Give the handover to whoever was chosen; where nobody has room, it stays with whom it was."""
    present = desk.handovers.get(passing.handover.lead_id)
    if present is None or not isinstance(passing.choice, Assigned):
        return
    book, choice = await desk.book(present.version_id), passing.choice
    await hand_to(desk, book, present, choice.team, choice.person, because=PASSED_ON, choice=choice)
