"""Nurturing: what a lead gets that is not ready."""

from __future__ import annotations

from datetime import datetime

from api.graphql.parts.published import published
from domain.document.base import text_in
from domain.document.document import SlaDocument
from domain.leads import decision as domain


@published
class NurtureQuestion:
    """The next questions of marketing to a lead, since a handover misses it."""

    field: str
    """The field: the key of a lead's, account.KEY for the company's."""
    text: str
    """The question, in the asker's language."""
    content: str | None
    """The content that asks it, such as a form."""
    channel: str | None
    """The channel on which it is asked."""


@published
class Nurture:
    """The nurturing of a lead that is not ready: the next content of its track, and what it is asked."""

    track: str | None
    """The key of the track; null for a question alone."""
    label: str | None
    """The people's name of the track."""
    step: int | None
    """The number of the next step, from 1; null at the end of the track."""
    content: str | None
    """The content of that step; an outbound activity of it tells that it was sent."""
    channel: str | None
    """The channel it is sent on."""
    due_at: datetime | None
    """When it is due, past moments too; null: at once."""
    passed_over: list[str]
    """The contents before it that the lead does not get, as it has not consented to their channel."""
    question: NurtureQuestion | None
    """The next question to it."""

    @classmethod
    def of(cls, nurture: domain.Nurture, document: SlaDocument, language: str) -> Nurture:
        """The content for the lead, as it is shown."""
        section = document.nurturing
        track = next((track for track in section.tracks if track.key == nurture.track), None)
        asked = next((question for question in section.questions if question.field == nurture.question), None)
        return cls(
            track=nurture.track,
            label=text_in(track.label, language) if track else None,
            step=nurture.step,
            content=nurture.content,
            channel=nurture.channel,
            due_at=nurture.due_at,
            passed_over=list(nurture.passed_over),
            question=NurtureQuestion(
                field=asked.field,
                text=text_in(asked.question, language),
                content=asked.content,
                channel=asked.channel,
            )
            if asked
            else None,
        )
