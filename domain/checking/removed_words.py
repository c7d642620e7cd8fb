"""The words that a version takes away while living leads carry them: how many are concerned, and where they go
[X.2]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from domain.agreements.heirs import ENDS, WORKED, StagePosition, Words, heir
from domain.checking.naming import named
from domain.document.base import Names
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from domain.document.sections.fields import FieldOf, Typed
from domain.document.sections.journey import Stage, StageKind


class Carried(StrEnum):
    """In what leads carry a word beside their stage."""

    LEAD_FIELD = "LEAD_FIELD"
    """In a field of their own."""
    ACCOUNT_FIELD = "ACCOUNT_FIELD"
    """In a field of their company."""
    ACTIVITY = "ACTIVITY"
    """In the type of something that they did."""
    ACTIVITY_FIELD = "ACTIVITY_FIELD"
    """In a field of something that they did."""
    REASON = "REASON"
    """In the reason for which they were returned, as long as it holds them back."""
    TEAM = "TEAM"
    """In the team that has their open handover."""


@dataclass(frozen=True, slots=True)
class LostWord:
    """A word of the version before that another one no longer knows, or by which it means something else."""

    carried: Carried
    word: str
    """The key; of a field of activities, TYPE.FIELD."""
    path: str
    why: str
    """The result."""
    values: tuple[str, ...] = ()
    """Where only values are gone, these."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """The number of leads that carry a word, and the first of them."""

    number: int = 0
    ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Living:
    """The version in force, and how many leads carry its words that are lost under another one."""

    before: SlaDocument
    standing: Mapping[StagePosition, int] = field(default_factory=dict)
    """The number of leads in each state at stages that are lost."""
    first: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    """The first of them, by stage."""
    carriers: Mapping[LostWord, Carriers] = field(default_factory=dict)

    def without_ids(self) -> Living:
        """The same for somebody who does not see all leads: how many there are, but not which."""
        return replace(self, first={}, carriers={word: Carriers(c.number) for word, c in self.carriers.items()})


def lost_stages(before: SlaDocument, after: SlaDocument) -> list[Stage]:
    """The stages that are gone, or are of another kind."""
    words = Words.of(after)
    return [s for s in before.journey.stages if words.holds(StagePosition(s.key, s.kind)) is None]


def lost_words(before: SlaDocument, after: SlaDocument) -> Iterator[LostWord]:
    """All other words that are lost and that leads may carry."""
    now = {f.key: f for f in after.fields}
    for one in before.fields:
        kind = Carried.ACCOUNT_FIELD if one.of is FieldOf.ACCOUNT else Carried.LEAD_FIELD
        present = now.get(one.key)
        if present is not None and present.of is not one.of:
            yield LostWord(kind, one.key, f"fields[{one.key}].of", f"now belongs to the {present.of.value.lower()}")
        else:
            yield from _typed(kind, one, present, one.key, f"fields[{one.key}]")
    types = {kind.key: kind for kind in after.activity_types}
    for kind_before in before.activity_types:
        path, known = f"activityTypes[{kind_before.key}]", types.get(kind_before.key)
        if known is None:
            yield LostWord(Carried.ACTIVITY, kind_before.key, path, "is gone")
            continue
        own = {f.key: f for f in known.fields}
        for part in kind_before.fields:
            word, place = f"{kind_before.key}.{part.key}", f"{path}.fields[{part.key}]"
            yield from _typed(Carried.ACTIVITY_FIELD, part, own.get(part.key), word, place)
    reasons = {reason.key for reason in after.handover.return_reasons}
    for reason in before.handover.return_reasons:
        if reason.key not in reasons:
            yield LostWord(Carried.REASON, reason.key, f"handover.returnReasons[{reason.key}]", "is gone")
    teams = {team for _, team in named(after, Names.TEAM)}
    for team in dict.fromkeys(team for _, team in named(before, Names.TEAM)):
        if team not in teams:
            yield LostWord(Carried.TEAM, team, "handover.routing", "is named no longer")


def _typed(carried: Carried, before: Typed, after: Typed | None, word: str, path: str) -> Iterator[LostWord]:
    if after is None:
        yield LostWord(carried, word, path, "is gone")
    elif after.type is not before.type:
        yield LostWord(carried, word, f"{path}.type", f"is {after.type.value} now, was {before.type.value}")
    elif (after.scale or 0) < (before.scale or 0):
        yield LostWord(carried, word, f"{path}.scale", f"has {after.scale} decimals now, had {before.scale}")
    elif after.values and (gone := tuple(v for v in before.values if v not in after.values)):
        shown = ", ".join(gone[:5]) + (" and others" if len(gone) > 5 else "")
        yield LostWord(carried, word, f"{path}.values", f"no longer has {shown}", gone)


def vocabulary_findings(document: SlaDocument, living: Living) -> Iterator[Finding]:
    """Return what becomes of living leads if a document takes the place of the version in force."""
    yield from _replacements(document, living.before)
    for stage in lost_stages(living.before, document):
        yield from _stage(document, living, stage)
    for lost, carriers in living.carriers.items():
        if carriers.number:
            message = _MESSAGES[lost.carried].format(leads=leads(carriers.number), word=lost.word, why=lost.why)
            yield _about(warning(_CODES[lost.carried], lost.path, message), carriers.number, carriers.ids)


_CODES = {
    Carried.LEAD_FIELD: "FIELD_IN_USE",
    Carried.ACCOUNT_FIELD: "FIELD_IN_USE",
    Carried.ACTIVITY: "ACTIVITY_TYPE_IN_USE",
    Carried.ACTIVITY_FIELD: "ACTIVITY_TYPE_IN_USE",
    Carried.REASON: "REASON_IN_USE",
    Carried.TEAM: "TEAM_IN_USE",
}
_MISSING = "what it says counts as missing for conditions, and null clears it."
_MESSAGES = {
    Carried.LEAD_FIELD: "{leads} with a value of the field '{word}', which {why}: " + _MISSING,
    Carried.ACCOUNT_FIELD: "{leads} of companies with a value of the field '{word}', which {why}: " + _MISSING,
    Carried.ACTIVITY: "{leads} with activities of the type '{word}', which {why}: they count no longer.",
    Carried.ACTIVITY_FIELD: "{leads} with activities that carry '{word}', which {why}: it counts as missing.",
    Carried.REASON: "{leads} returned for the reason '{word}', which {why}: what holds them back stays.",
    Carried.TEAM: "{leads} with an open handover in the team '{word}', which {why}: it keeps them, and no new ones.",
}


def leads(number: int) -> str:
    """So many leads."""
    return f"{number:,} lead{'' if number == 1 else 's'}"


def _about(finding: Finding, number: int, ids: Sequence[UUID]) -> Finding:
    return replace(finding, affected=number, affected_ids=tuple(ids))


def _stage(document: SlaDocument, living: Living, stage: Stage) -> Iterator[Finding]:
    """Return where the leads of a stage go that is lost."""
    words, before = Words.of(document), Words.of(living.before)
    goes: Counter[str | None] = Counter()
    for standing, number in living.standing.items():
        if standing.stage == stage.key:
            found = heir(standing, words, before)
            goes[found.key if found else None] += number
    path, first = f"journey.stages[{stage.key}]", living.first.get(stage.key, ())
    now = document.journey.stage(stage.key)
    why = f"is of kind {now.kind.value} now" if now else "is gone"
    if lost := goes.pop(None, 0):
        message = f"{leads(lost)} at the stage '{stage.key}', which {why}: no stage is left that can take them."
        yield _about(error("STAGE_WITHOUT_HEIR", path, message), lost, first)
    if number := goes.total():
        told = ", ".join(f"{key} ({count:,})" for key, count in sorted(goes.items(), key=lambda one: -one[1]))
        message = f"{leads(number)} at the stage '{stage.key}', which {why}: they go to {told}."
        yield _about(warning("STAGE_IN_USE", path, message), number, first)


def _replacements(document: SlaDocument, before: SlaDocument) -> Iterator[Finding]:
    """Replaced stages that the version in force does not have, or by which leads would fall behind."""
    for one in document.replaced.stages:
        path = f"replaced.stages[{one.key}]"
        old, new = before.journey.stage(one.key), document.journey.stage(one.to)
        if old is None:
            message = f"The version in force has no stage '{one.key}': nothing is replaced."
            yield warning("REPLACED_UNUSED", path, message)
        elif new is not None and not _may_replace(old.kind, new.kind):
            message = "Leads that sales works stay with sales, and an end stays an end: another stage has to take them."
            yield error("REPLACED_BEHIND_HANDOVER", f"{path}.to", message)


def _may_replace(old: StageKind, new: StageKind) -> bool:
    return all(new in kinds for kinds in (WORKED, ENDS) if old in kinds)
