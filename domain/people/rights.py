"""Who may do what: one table with a row for each operation of the API, and the one function that all of them ask.

Operations are named as the schema names them: `Mutation.moveLead`, `Query.leads`, `Subscription.handovers`; `Node.Lead`
is reading a lead by its global id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.party import Party
from domain.people.principal import Forbidden, Needs, Principal, Role
from domain.words.persons import found_among


class For(StrEnum):
    """For which party an operation is done; roles without a party do it for neither."""

    NEITHER = "-"
    """It is done for no party in particular."""
    OWN = "own"
    """Each party does it for itself."""
    OWING = "owing"
    """The party that owes, or owed, does it."""
    OWED = "owed"
    """The party that is owed does it."""


class Reach(StrEnum):
    """The leads that an operation reaches for SALES; for the other roles it reaches all."""

    ALL = "all"
    """Everything."""
    SEEN = "seen"
    """Leads that were ever assigned to its teams, or are queued on a route that names one, and what belongs to them."""
    HOLDS = "holds"
    """The leads and obligations of its teams: the open handover, in the queue those of its route, else where the last
    one stood."""
    LEADS = "leads"
    """The leads and obligations of a team that the person leads."""


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do one operation."""

    operation: str
    roles: frozenset[Role]
    party: For
    reach: Reach | None
    """None where SALES may not do it at all."""


_LETTERS = {
    "M": Role.MARKETING,
    "S": Role.SALES,
    "G": Role.MANAGEMENT,
    "I": Role.INTEGRATION,
    "A": Role.ADMIN,
}
_READ = """
Query.leads Query.lead Query.handovers Query.obligations Query.breaches Query.events Query.replayDecision Query.node
Query.nodes Query.contactPermission Node.Lead Node.Account Node.Activity Node.Handover Node.Obligation Node.Breach
Node.Decision Node.Event Subscription.handovers Subscription.breaches Subscription.events
"""
_LOOK = """
Query.viewer Query.slaTemplates Query.agreements Query.agreement Query.slaVersion Query.checkSla Query.judge
Query.deadline Query.teams Query.slaDiff Query.ruleOperators Query.conditionSubjects Query.conditionToQuerybuilder
Query.conditionFromQuerybuilder Node.Agreement Node.SlaVersion Node.SectionComment Node.Team Mutation.ackEvents
"""
_DRAFT = """
Mutation.createAgreement Mutation.createDraft Mutation.updateDraft Mutation.submitVersion Mutation.commentSection
Mutation.simulate Mutation.cancelSimulation Query.simulation Node.Simulation Subscription.simulationProgress
"""
_DECIDE = "Mutation.activateVersion Mutation.withdrawVersion Mutation.rollback Mutation.upsertTeam"
_ANSWER = """
Mutation.acceptHandover Mutation.returnHandover Mutation.moveLead Mutation.pauseClock Mutation.resumeClock
"""
_GROUPS = (
    ("M S G I A", For.NEITHER, Reach.ALL, _LOOK),
    ("M S G I A", For.NEITHER, Reach.SEEN, _READ),
    ("M S G A", For.NEITHER, Reach.ALL, _DRAFT),
    ("M S", For.OWN, Reach.ALL, "Mutation.signVersion"),
    ("G A", For.NEITHER, None, _DECIDE),
    ("M I A", For.NEITHER, None, "Mutation.upsertLeads"),
    ("M S I A", For.OWN, Reach.HOLDS, "Mutation.recordActivities Mutation.recordConsent"),
    ("S A", For.OWN, Reach.HOLDS, _ANSWER),
    ("S G A", For.NEITHER, Reach.LEADS, "Mutation.reassignHandover Mutation.reassignWork"),
    ("M S G A", For.OWN, Reach.LEADS, "Mutation.setAbsence"),
    ("M A", For.OWN, None, "Mutation.withdrawHandover Mutation.answerReturn"),
    ("M S G A", For.OWING, Reach.HOLDS, "Mutation.meetObligation Mutation.recordMeeting"),
    ("M S G", For.OWING, Reach.HOLDS, "Mutation.acknowledgeBreach"),
    ("M S G", For.OWED, Reach.HOLDS, "Mutation.waiveObligation"),
    ("A", For.NEITHER, None, "Mutation.createApiKey Mutation.revokeApiKey Node.ApiKey"),
)


def _rows() -> Iterator[Right]:
    for letters, party, reach, operations in _GROUPS:
        roles = frozenset(_LETTERS[letter] for letter in letters.split())
        yield from (Right(operation, roles, party, reach) for operation in operations.split())


RIGHTS: dict[str, Right] = {right.operation: right for right in _rows()}
"""The table: operations with the same rights stand together."""

ACTING = frozenset({Role.MARKETING, Role.SALES})
"""The roles that act for a party, and where something is signed or settled as a person only."""


def may(principal: Principal, operation: str) -> bool:
    """Return whether the role may do an operation at all."""
    return principal.role in RIGHTS[operation].roles


def need(principal: Principal, operation: str) -> None:
    """Refuse who may not do an operation at all."""
    if not may(principal, operation):
        roles = tuple(role for role in Role if role in RIGHTS[operation].roles)
        raise Forbidden(f"Only {' or '.join(roles)} may do that.", Needs(roles=roles))


def need_party(principal: Principal, operation: str, party: Party) -> None:
    """Refuse who acts for the wrong party, or not as a person; `party` is the one meant, that owes or that owed."""
    if principal.role not in ACTING:
        return
    wanted = _other(party) if RIGHTS[operation].party is For.OWED else party
    if principal.party is not wanted:
        who = _WHO[RIGHTS[operation].party]
        raise Forbidden(f"Only a person of {wanted.value} may do that: {who}.", Needs(party=wanted))
    if principal.person is None:
        raise Forbidden("Only a person may do that; this key names none.", Needs(persons=()))


_WHO = {
    For.OWN: "each party does it for itself",
    For.OWING: "the party that owes, or management",
    For.OWED: "the party that is owed, or management",
    For.NEITHER: "it is done for that party",
}


def _other(party: Party) -> Party:
    return next(other for other in Party if other is not party)


def need_person(principal: Principal, persons: Iterable[str], who: str) -> None:
    """Refuse whoever is none of the persons that alone may do something; `who` says who they are."""
    named = tuple(dict.fromkeys(persons))
    if found_among(principal.person, named) is None:
        known = f": {', '.join(named)}" if named else ""
        raise Forbidden(f"Only {who} may do that{known}.", Needs(persons=named))


def reaches(principal: Principal, operation: str, teams: Collection[str]) -> bool:
    """The reach of an operation: true for what the teams see, or what stands with them; what is out of reach is not
    found."""
    if principal.sees_all or RIGHTS[operation].reach is Reach.ALL:
        return True
    return not principal.teams.isdisjoint(teams)
