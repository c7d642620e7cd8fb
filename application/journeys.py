"""The journey a lead takes under a version: its segment's, where that has one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.books import Book
from domain.document.journey import Journey, Stage, StageKind
from domain.document.segments import journey_of
from domain.lead import Lead

if TYPE_CHECKING:
    from application.desk import Desk


def journey_for(desk: Desk, book: Book, lead: Lead) -> Journey:
    """The journey of a lead by what is known of it; the document's where its segment's has no stage like the lead's."""
    journey = book.document.journey
    if not book.document.segments:
        return journey
    facts = lead.facts(account=desk.account_fields(lead), activities=[], open_handover=False)
    key = book.rulebook.segment_of(facts)
    segment = next((s for s in book.document.segments if s.key == key), None)
    own = journey if segment is None else journey_of(segment, journey)
    return own if own.stage(lead.stage) or own.of_kind(StageKind(lead.stage_kind)) else journey


def stage_for(desk: Desk, book: Book, lead: Lead, kind: StageKind) -> Stage:
    """The first stage of a kind on a lead's journey; checked documents have one of each kind that the engine needs.

    Stages are always those of the version in force, whatever version a handover was offered under.
    """
    book = desk.active.of_agreement(book.agreement_id) or book
    return journey_for(desk, book, lead).of_kind(kind) or book.stage_of_kind(kind)
