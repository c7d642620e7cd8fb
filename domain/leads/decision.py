"""The conclusion of the engine about a lead, with its reasons; texts are made from it when asked for.

What is made several times in every judgement is a named tuple: a frozen dataclass takes five times as long to make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from domain.facts import LeadFacts


class Dimension(StrEnum):
    """A dimension of the score."""

    FIT = "FIT"
    """The fit of the lead."""
    INTEREST = "INTEREST"
    """The interest of the lead."""


class MissingKind(StrEnum):
    """The gaps for a handover."""

    POINTS = "POINTS"
    """Points of fit or interest."""
    FIELD = "FIELD"
    """A field's value."""
    CONDITION = "CONDITION"
    """Something else that a trigger asks for."""
    CONSENT = "CONSENT"
    """The lead's consent."""


class Block(StrEnum):
    """Why a handover that a trigger asks for does not happen."""

    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    """The lead is outside of the agreement's scope."""
    EXCLUDED = "EXCLUDED"
    """An exclusion screens the lead out."""
    OPEN_HANDOVER = "OPEN_HANDOVER"
    """A handover of the lead is open."""
    COOLING_OFF = "COOLING_OFF"
    """The cool-off after the last return has not passed."""
    NOTHING_NEW = "NOTHING_NEW"
    """Nothing new happened since the last return."""
    DATA_AWAITED = "DATA_AWAITED"
    """It was returned for missing data, and a field has no new value yet."""
    MAX_ROUNDS = "MAX_ROUNDS"
    """It was handed over as often as agreed."""
    CLOSED_STAGE = "CLOSED_STAGE"
    """The lead is won, lost or disqualified."""


@dataclass(frozen=True, slots=True)
class Score:
    """A dimension's score: exact points, the reachable maximum if there is one, percent of it, and its band."""

    points: Decimal
    maximum: Decimal | None
    percent: Decimal | None
    band: str


class Contribution(NamedTuple):
    """One rule's share of a score; the sum of all shares is the score, a cut at the maximum being a share too."""

    dimension: Dimension
    rule: str
    """The criterion's or signal's key; 'maximum' for a cut."""
    points: Decimal
    band: int | None = None
    """For fit: the index of the band that holds."""
    activity: str | None = None
    """For interest: the id of the activity that counts."""
    age_days: int | None = None
    """For interest: the activity's age in full days."""
    occurred_at: datetime | None = None
    """For interest: when the activity happened; None in decisions of earlier days."""


class Missing(NamedTuple):
    """One thing that keeps a handover from being due."""

    kind: MissingKind
    path: str
    """The subject: a field's key, fit.points, interest.points, a trigger's path."""
    detail: Mapping[str, str | int | bool | list[str]] = MappingProxyType({})
    """The parts of the message, such as {'points': '12', 'op': 'gte', 'value': '60'}."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """One reason why no handover happens though a trigger holds."""

    code: Block
    rule: str | None = None
    """The exclusion's key, where it is one; the field's name, where data is awaited."""
    until: datetime | None = None
    """When the reason ends by itself, where it does."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a lead would become due: when all that is missing on it is there."""

    trigger: str
    """The trigger that would hold."""
    cost: int
    """The cost; see `rules.counterfactual.ways`."""
    missing: tuple[Missing, ...]
    at: datetime
    """When it would be due: at the moment of the judgement, or later where time must pass."""
    then: LeadFacts = field(compare=False)
    """A lead that went this way: the facts with the least changed."""


class Verdict(NamedTuple):
    """The verdict if a handover is due, by which trigger, and if not, why not."""

    due: bool
    trigger: str | None
    priority: int | None
    hand_raiser: bool
    missing: Sequence[Missing]
    """The gaps on the cheapest way; what the lead must carry, where a trigger holds."""
    blocked_by: tuple[Blocked, ...]
    ways: Sequence[Way] = ()
    """The cheapest ways to become due, none where what stands against it does not pass."""


class Nurture(NamedTuple):
    """The nurturing of a lead that is not ready: the next content of its track, and what it is asked."""

    track: str | None
    """The key of the track; None for a question alone."""
    step: int | None
    """The number of the next step, from 1; None at the end of the track."""
    content: str | None
    channel: str | None
    due_at: datetime | None
    """When the content is due, past moments too; None: at once."""
    passed_over: tuple[str, ...]
    """The contents before it that the lead does not get, as it has not consented to their channel."""
    question: str | None
    """The field that it is asked for next, as the document names it."""


class Decision(NamedTuple):
    """The conclusion about a lead under one version at one moment."""

    at: datetime
    valid_until: datetime | None
    """The first moment at which time alone could change it; None: never."""
    digest: str
    """Over version, facts used and result; neither `at` nor `valid_until` is part of it."""
    fit: Score
    interest: Score
    grade: str
    stage: str
    """The stage the lead belongs in, by its entry conditions; a due handover moves it on from there."""
    exclusions: tuple[str, ...]
    """The keys of the exclusions that hold."""
    verdict: Verdict
    contributions: Sequence[Contribution]
    """The parts of the scores."""
    route: tuple[int, ...] = ()
    """The indexes of the routes whose condition holds, in order."""
    persona: str | None = None
    """The key of the persona that the lead is, if any."""
    segment: str | None = None
    """The key of the segment that the lead belongs to, if any."""
    skills: tuple[str, ...] = ()
    """The skills for whoever gets the lead, by the first of its routes."""
    signs: tuple[str, ...] = ()
    """Of a customer, the keys of the signs that hold, of the case studies asked of it, and of its silences."""
    nurture: Nurture | None = None
    """The content that the lead gets meanwhile; None where it is handed over, or gets nothing."""
    next_crossing: datetime | None = None
    """The first moment at which time alone may change more of it than points; None: never, or read from storage."""
    meaning: str = ""
    """A digest over the version, the facts of the lead itself and the result but for points; empty where it was read
    from storage."""
