"""A lead and its account as they stand now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.document.sections.journey import Stage, StageKind
from domain.events.event import UNSET
from domain.events.leads import LeadStage
from domain.facts import ActivityFact, BuyingCentre, Canonical, LastReturn, LeadFacts, is_blank
from domain.party import Party

SETTLED = frozenset({StageKind.WON, StageKind.LOST, StageKind.DISQUALIFIED, StageKind.RECYCLED})
"""The kinds of stages at which no handover is worked any longer."""
COMPANY, COMPANY_NAME, COMPANY_OWNER = "@account", "@name", "@owner"
"""The properties remembered like a field though it is none: the id of a lead's company, the name and owner of a
company."""
BESIDE_FIELDS = "@"
"""The beginning of the names of that; no key does."""


@dataclass(frozen=True, slots=True)
class Account:
    """A company."""

    id: UUID
    key: str
    name: str | None
    owner: str | None
    fields: Mapping[str, Canonical]
    created_at: datetime
    changed_at: datetime

    @property
    def remembered(self) -> dict[str, Canonical | None]:
        """All of it that has a history: its fields, its name and its owner."""
        return {**self.fields, COMPANY_NAME: self.name, COMPANY_OWNER: self.owner}

    def with_remembered(self, known: Mapping[str, Canonical]) -> Account:
        """The company of which that is known."""
        name, owner = known.get(COMPANY_NAME), known.get(COMPANY_OWNER)
        fields = {key: value for key, value in known.items() if not key.startswith(BESIDE_FIELDS)}
        return replace(
            self,
            fields=fields,
            name=None if name is None else str(name),
            owner=None if owner is None else str(owner),
        )


@dataclass(frozen=True, slots=True)
class Lead:
    """A person showing interest."""

    id: UUID
    stage: str
    stage_kind: str
    stage_since: datetime
    contact_owner: Party
    created_at: datetime
    changed_at: datetime
    account_id: UUID | None = None
    agreement_id: UUID | None = None
    seen_by: tuple[str, ...] = ()
    """The teams that have or had it, and while its handover is queued those of the route."""
    fields: Mapping[str, Canonical] = field(default_factory=dict)
    news_at: datetime | None = None
    returned_at: datetime | None = None
    cool_off_until: datetime | None = None
    return_reason: str | None = None
    """Why sales returned it last, by key."""
    rounds: int = 0
    historical: bool = False
    decision_id: UUID | None = None
    decision_digest: str | None = None
    decision_meaning: str | None = None
    """A digest of what its decision comes to but for points; None of decisions made before it was kept."""
    grade: str | None = None
    priority: int = 0
    next_crossing: datetime | None = None
    """The first moment at which time alone may change more than points; the clock judges it then."""
    stage_clock_from: datetime | None = None
    """Since when it is at its stage, as far as a version counts the time there; None of the imported past."""
    stage_version_id: UUID | None = None
    """The version under which it came to its stage."""
    data_awaited: Mapping[str, Canonical | None] = field(default_factory=dict)
    """The fields that it was last returned for, with the values they had then."""
    asked_by: str | None = None
    """Who last returned it for missing data; nobody when another return came after."""
    behind: Mapping[str, Any] = field(default_factory=dict)
    """The systems that have not heard yet of fields that others changed: since when, and which fields."""
    signs: tuple[str, ...] = ()
    """Of a customer, what shows in it: the key of each sign with the moment since when, a space between."""
    judged_epoch: int | None = None
    """The epoch of the versions by which it was judged last; None since something changed that is judged of it."""
    judged_account_at: datetime | None = None
    """When its company had changed last as it was judged."""

    def at(self, stage: Stage, *, since: datetime, version_id: UUID | None) -> Lead:
        """This lead, come to a stage; where nobody works it any longer, the stage says who owns contact."""
        return replace(
            self,
            stage=stage.key,
            stage_kind=stage.kind.value,
            stage_since=since,
            stage_clock_from=since,
            stage_version_id=version_id,
            signs=(),
            contact_owner=stage.owner if stage.kind in SETTLED else self.contact_owner,
        )

    def renamed(self, stage: Stage, *, version_id: UUID | None) -> Lead:
        """This lead at a stage that means the same under another name: its time there goes on."""
        here = self.at(stage, since=self.stage_since, version_id=version_id)
        return replace(here, stage_clock_from=self.stage_clock_from, signs=self.signs)

    def facts(
        self,
        *,
        account: Mapping[str, Canonical],
        activities: list[ActivityFact],
        open_handover: bool,
        buying_centre: BuyingCentre | None = None,
    ) -> LeadFacts:
        """Return what a judgement may look at."""
        return LeadFacts(
            fields=self.fields,
            account=account,
            stage=self.stage,
            stage_since=self.stage_since,
            activities=activities,
            open_handover=open_handover,
            rounds=self.rounds,
            last_return=self.last_return(account),
            buying_centre=buying_centre,
            created_at=self.created_at,
            contact_owner=self.contact_owner,
        )

    def last_return(self, account: Mapping[str, Canonical]) -> LastReturn | None:
        """The last time sales returned it, if ever; awaited data that is there is something new."""
        if self.returned_at is None:
            return None
        awaited = tuple(
            name for name, then in self.data_awaited.items() if not_known_anew(known(name, self.fields, account), then)
        )
        arrived = bool(self.data_awaited) and not awaited
        news = arrived or (self.news_at is not None and self.news_at > self.returned_at)
        return LastReturn(self.returned_at, self.cool_off_until, news, awaited, self.return_reason)


def known(name: str, fields: Mapping[str, Canonical], account: Mapping[str, Canonical]) -> Canonical | None:
    """The value of a field by its name: a key of the lead's, account.KEY for the account's."""
    key = name.removeprefix("account.")
    return account.get(key) if key != name else fields.get(key)


def not_known_anew(value: Canonical | None, then: Canonical | None) -> bool:
    """Return whether a field that data is awaited in carries nothing, or what it carried when it was asked for."""
    return is_blank(value) or value == then


UNGOVERNED_STAGE = "PROSPECT"
"""The stage of a lead that no agreement governs."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """A lead's passing from one stage to another."""

    lead_id: UUID
    from_stage: str | None
    to_stage: str
    to_kind: str
    at: datetime
    person: str | None = None
    reason: str | None = None
    value: Any = None
    currency: str | None = None


def stage_event(
    change: StageChange, *, from_team: str | None = UNSET, to_team: str | None = UNSET, kept_because: str = UNSET
) -> LeadStage:
    """Return the event that tells of a change of stage."""
    return LeadStage(
        from_=change.from_stage,
        to=change.to_stage,
        kind=change.to_kind,
        reason=change.reason,
        value=None if change.value is None else str(change.value),
        currency=change.currency,
        from_team=from_team,
        to_team=to_team,
        kept_because=kept_because,
    )
