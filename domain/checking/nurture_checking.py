"""The findings about nurture tracks, the entry of returned leads and the questions [X.1]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.fields import Direction, FieldDefinition, FieldOf
from domain.document.sections.handover import Destination
from domain.document.sections.journey import StageKind
from domain.document.sections.nurturing import NurtureTrack

NURTURED = frozenset({StageKind.PROSPECT, StageKind.QUALIFIED, StageKind.RECYCLED})
"""The kinds of stages whose leads are nurtured where a track names no stages."""


def named_field(fields: Iterable[FieldDefinition], name: str) -> FieldDefinition | None:
    """The field of a name: a key, or account.KEY for a field of the account."""
    key = name.removeprefix("account.")
    found = next((field for field in fields if field.key == key), None)
    if found is None or (key != name and found.of is not FieldOf.ACCOUNT):
        return None
    return found


def field_names(fields: Iterable[FieldDefinition]) -> list[str]:
    """Return the names by which other sections speak of fields: a key, or account.KEY for a field of the account."""
    return [f"account.{field.key}" if field.of is FieldOf.ACCOUNT else field.key for field in fields]


def track_names(document: SlaDocument) -> Iterator[Finding]:
    """Personas and stages that a track names and nothing defines."""
    journey = document.journey
    known = (
        ("personas", "persona", {persona.key for persona in document.personas}),
        ("buying_stages", "buying stage", {stage.key for stage in journey.buying_stages}),
        ("stages", "stage", {stage.key for stage in journey.stages}),
    )
    for track in document.nurturing.tracks:
        for attribute, word, keys in known:
            outside = "buyingStages" if attribute == "buying_stages" else attribute
            for index, key in enumerate(getattr(track, attribute)):
                if key not in keys:
                    path = f"nurturing.tracks[{track.key}].{outside}[{index}]"
                    yield unknown(word, path, key, keys)


def track_steps(document: SlaDocument) -> Iterator[Finding]:
    """Steps that nobody gets, and tracks of which nothing can tell what was sent."""
    for track in document.nurturing.tracks:
        seen: set[str] = set()
        for index, step in enumerate(track.steps):
            if step.content in seen:
                path = f"nurturing.tracks[{track.key}].steps[{index}].content"
                yield warning("CONTENT_TWICE", path, "The track sends this content already.")
            seen.add(step.content)
    outbound = any(kind.direction is Direction.OUTBOUND for kind in document.activity_types)
    if document.nurturing.tracks and not outbound:
        message = "No activity type is OUTBOUND, so nothing can tell what was sent."
        yield warning("TRACK_NEVER_ADVANCES", "nurturing.tracks", message)


def track_entries(document: SlaDocument) -> Iterator[Finding]:
    """Return reasons, tracks and steps at which returned leads enter."""
    reasons = {reason.key: reason for reason in document.handover.return_reasons}
    tracks = {track.key: track for track in document.nurturing.tracks}
    for entry in document.nurturing.returns:
        path = f"nurturing.returns[{entry.key}]"
        reason, track = reasons.get(entry.key), tracks.get(entry.track)
        if reason is None:
            yield unknown("return reason", path, entry.key, reasons)
        elif reason.destination is Destination.DISCARD:
            yield warning("ENTRY_NOT_USED", path, "A lead returned for this reason is discarded.")
        if track is None:
            yield unknown("track", f"{path}.track", entry.track, tracks)
        elif entry.step > len(track.steps):
            yield error("UNKNOWN_STEP", f"{path}.step", f"The track has {len(track.steps)} steps.")
    if tracks:
        yield from _left_alone(document)


def _left_alone(document: SlaDocument) -> Iterator[Finding]:
    """Reasons that send a lead back to be nurtured, for which no track waits."""
    recycled = {stage.key for stage in document.journey.stages if stage.kind is StageKind.RECYCLED}
    answers = {key for s in document.journey.stages if s.kind is StageKind.RECYCLED for key in s.buying_stages}
    if any(_takes(track, recycled, answers) for track in document.nurturing.tracks):
        return
    entered = {entry.key for entry in document.nurturing.returns}
    for reason in document.handover.return_reasons:
        if reason.destination is Destination.NURTURE and reason.key not in entered:
            path = f"handover.returnReasons[{reason.key}]"
            yield warning("NURTURE_WITHOUT_TRACK", path, "No nurture track takes a lead returned for this reason.")


def _takes(track: NurtureTrack, stages: set[str], answers: set[str]) -> bool:
    in_stage = not track.stages or bool(stages & set(track.stages))
    return in_stage and (not track.buying_stages or bool(answers & set(track.buying_stages)))


def questions(document: SlaDocument) -> Iterator[Finding]:
    """Questions about fields that nothing defines, or that no handover misses."""
    seen: set[str] = set()
    for index, question in enumerate(document.nurturing.questions):
        path = f"nurturing.questions[{index}].field"
        if named_field(document.fields, question.field) is None:
            yield unknown("field", path, question.field, field_names(document.fields))
        elif question.field not in document.handover.required:
            yield warning("QUESTION_NOT_NEEDED", path, "No handover requires this field, so nobody asks for it.")
        elif question.field in seen:
            yield warning("QUESTION_TWICE", path, f"'{question.field}' is asked for already.")
        seen.add(question.field)
