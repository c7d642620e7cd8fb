"""Leads and activities as senders describe them; made into what the application takes without detours.

A batch has up to 500 of them. The general way of building inputs costs as much as all the rest of the request, so
these are built by hand from the values that GraphQL has checked already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from strawberry.scalars import JSON

from api.graphql.parts.published import published_input
from application.runtime.incoming import ABSENT, Absent, IncomingAccount, IncomingActivity, IncomingLead, OnFault
from domain.document.sections.limits import TimeLimit
from domain.party import Party
from domain.refusal import BadRequest, Refusal
from domain.time.duration import Clock, Duration

C = TypeVar("C", bound=type)


def built_by(build: Callable[[Mapping[str, Any]], Any]) -> Callable[[C], C]:
    """Have an input class stand for what a function builds of its values."""

    def mark(cls: C) -> C:
        definition = vars(cls)["__strawberry_definition__"]
        definition.from_input = lambda _cls, values, _context: build(values)
        return cls

    return mark


def _account(values: Mapping[str, Any] | Absent | None) -> IncomingAccount | Absent | None:
    if values is None or isinstance(values, Absent):
        return values
    get = values.get
    return IncomingAccount(values["key"], get("name", ABSENT), get("owner", ABSENT), get("fields"))


def build_lead(values: Mapping[str, Any]) -> IncomingLead:
    """The lead of the values of a LeadInput."""
    same = values.get("sameAs")
    return IncomingLead(
        values["externalId"],
        values["fields"],
        _account(values.get("account", ABSENT)),
        values.get("createdAt"),
        values.get("observedAt"),
        None if same is None else (same["source"], same["externalId"]),
    )


def build_activity(values: Mapping[str, Any]) -> IncomingActivity:
    """The activity of the values of an ActivityInput."""
    get = values.get
    return IncomingActivity(
        values["key"],
        values["lead"],
        values["type"],
        values["occurredAt"],
        get("party"),
        get("person"),
        get("channel"),
        get("campaign"),
        get("content"),
        get("fields"),
    )


@published_input
class AccountInput:
    """The company of a lead."""

    key: str
    """Its key, the same for all senders."""
    name: str | None = None
    """Its name; absent keeps what is known, null and blank clear."""
    owner: str | None = None
    """The person of sales who serves it; absent keeps what is known, null and blank clear."""
    fields: JSON | None = None
    """Its fields; merged into what is known, null clears."""


@published_input
class LeadKeyInput:
    """A sender's own key of a lead."""

    source: str
    """The sender."""
    external_id: str
    """The sender's key."""


@built_by(build_lead)
@published_input
class LeadInput:
    """A lead; its fields are merged into what is known, null clears."""

    external_id: str
    """The sender's own key of the lead."""
    account: AccountInput | None = None
    """The company it belongs to; absent keeps what is known, null takes it out of its company."""
    fields: JSON
    """Its fields, an object."""
    created_at: datetime | None = None
    """When the sender came to know it."""
    observed_at: datetime | None = None
    """Since when these values hold; now, if absent."""
    same_as: LeadKeyInput | None = None
    """The key under which another sender knows the same lead; from then on both keys mean it."""


@built_by(build_activity)
@published_input
class ActivityInput:
    """An activity; its key is unique per source."""

    key: str
    """The sender's own key of the activity."""
    lead: str
    """The sender's own key of the lead."""
    type: str
    """The key of its type."""
    occurred_at: datetime
    """When it happened; up to five minutes ahead are tolerated."""
    party: Party | None = None
    """The party that did it; the one that owns contact, if absent."""
    person: str | None = None
    """The person of that party."""
    channel: str | None = None
    """The channel in any spelling; that of the type, if absent. A word that no active agreement knows is kept and told
    in the errors of the item, and the activity counts on the channel of its type."""
    campaign: str | None = None
    """The campaign."""
    content: str | None = None
    """The subject."""
    fields: JSON | None = None
    """Its own fields, an object."""


def as_given(built: Any) -> Any:
    """The objects behind published types, where the type says what is published; and back."""
    return built


_OPTIONS = {"atomic": "atomic", "on_fault": "onFault", "only_known": "onlyKnown"}


def _upsert_leads(values: Mapping[str, Any]) -> UpsertLeadsInput:
    given = [build_lead(lead) for lead in values["leads"]]
    options = {name: values.get(told) for name, told in _OPTIONS.items()}
    return UpsertLeadsInput(source=values["source"], leads=as_given(given), **options)


def _record_activities(values: Mapping[str, Any]) -> RecordActivitiesInput:
    given = [build_activity(activity) for activity in values["activities"]]
    return RecordActivitiesInput(source=values["source"], activities=as_given(given), atomic=values.get("atomic"))


@built_by(_upsert_leads)
@published_input
class UpsertLeadsInput:
    """Leads of one source, up to 500."""

    source: str
    """The sender."""
    leads: list[LeadInput]
    """The leads."""
    atomic: bool | None = None
    """True if one bad item refuses them all."""
    on_fault: OnFault | None = None
    """The treatment of a lead with a value that cannot be taken; REFUSE_ITEM, if absent."""
    only_known: bool | None = None
    """True if a lead that this source has not sent yet is refused, with UNKNOWN_LEAD."""


@built_by(_record_activities)
@published_input
class RecordActivitiesInput:
    """Activities of one source, up to 500."""

    source: str
    """The sender."""
    activities: list[ActivityInput]
    """The activities."""
    atomic: bool | None = None
    """True if one bad item refuses them all."""


def incoming_lead(given: LeadInput) -> IncomingLead:
    """The object that a given lead was built as."""
    lead: IncomingLead = as_given(given)
    return lead


def incoming_leads(given: Sequence[LeadInput]) -> list[IncomingLead]:
    """The objects that given leads were built as."""
    leads: list[IncomingLead] = as_given(given)
    return leads


def incoming_activities(given: Sequence[ActivityInput]) -> list[IncomingActivity]:
    """The objects that given activities were built as."""
    activities: list[IncomingActivity] = as_given(given)
    return activities


@published_input
class TimeLimitInput:
    """The longest time that something may take, and on which clock."""

    duration: Duration
    """The length."""
    clock: Clock
    """The hours that count: opening hours or all hours."""

    def limit(self) -> TimeLimit:
        """The limit; BadRequest when it is nothing."""
        if self.duration == Duration(0, 0):
            raise BadRequest(
                [Refusal("VALUE_NOT_ALLOWED", "A time limit is longer than nothing.", ("limit", "duration"))]
            )
        return TimeLimit(duration=self.duration, clock=self.clock)
