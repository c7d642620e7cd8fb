"""Agreements and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.lists.connections import After, Before, Connection, First, Last
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import argument, field, published
from api.graphql.parts.shown import shown
from api.graphql.types import open_work_types
from api.graphql.types.comment_types import SectionComment, comments_of_version
from api.graphql.types.document_types import SlaDocument
from api.graphql.types.finding_types import SlaFinding, findings_of
from api.graphql.types.links import OpenWorkMovementLink
from api.graphql.types.pages import Branch, listed_below
from application.documents.check_document import check_document
from application.documents.surroundings import PENDING, Surroundings, around_each, living_each
from application.reading import lists, single
from application.runtime.aside import aside
from application.runtime.compiled_versions import CompiledVersion
from domain.agreements import version as domain
from domain.agreements.version import SlaVersionState
from domain.checking.removed_words import Living
from domain.party import Party

VERSIONS = Cursors("versions", int, UUID)
OF_AGREEMENTS = Branch(lambda context: lists.versions_of_agreements(context.application))


@published
class SlaSignature:
    """A party's yes or no to a version."""

    party: Party
    """The party that signed."""
    person: str
    """Who signed."""
    approved: bool
    """True if it was a yes."""
    comment: str | None
    """The words of the person."""
    at: datetime
    """When."""


@published
class Agreement(Node):
    """A named SLA between marketing and sales for one part of the business."""

    key: str
    """Its key."""
    title: str
    """Its title."""
    _id: strawberry.Private[UUID]

    @classmethod
    def of(cls, record: domain.Agreement) -> Agreement:
        """The agreement as it is shown."""
        return cls(id=global_id("Agreement", record.id), key=record.key, title=record.title, _id=record.id)

    @field
    async def active_version(self, info: Info) -> SlaVersion | None:
        """The version in force."""
        return await info.context.load(active_versions, self._id)

    @field
    async def versions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[SlaVersion]:
        """Its versions, the newest first."""
        return await listed_below(
            info,
            self._id,
            OF_AGREEMENTS,
            cursors=VERSIONS,
            key=lambda row: (row.number, row.id),
            node=SlaVersion.of,
            first=first,
            after=after,
            last=last,
            before=before,
        )


@published
class SlaVersion(Node):
    """One state of an agreement's document; immutable once submitted."""

    number: int
    """Its number within the agreement."""
    state: SlaVersionState
    """Where it stands."""
    revision: int
    """The number of edits of the draft, from 1; an edit names the revision that it saw."""
    digest: str
    """Over the document: equal digests are equal documents."""
    note: str | None
    """The author's words about it."""
    created_at: datetime
    """When it was created."""
    submitted_at: datetime | None
    """When it was frozen for review."""
    effective_from: datetime | None
    """From when it is to be, or was, in force."""
    activated_at: datetime | None
    """When it came into force."""
    superseded_at: datetime | None
    """When another version took its place."""
    moves_open_work: bool
    """True if open work passes to it when it comes into force, or passed."""
    document_json: JSON
    """The whole document as it is exchanged: what updateDraft takes and templates hold."""
    _version: strawberry.Private[domain.Version]

    @classmethod
    def of(cls, record: domain.Version) -> SlaVersion:
        """The version as it is shown."""
        return shown(
            cls,
            record,
            id=global_id("SlaVersion", record.id),
            document_json=JSON(record.document),
            _version=record,
        )

    @field
    async def agreement(self, info: Info) -> Agreement:
        """The agreement it belongs to."""
        found = await info.context.load(agreements, self._version.agreement_id)
        assert found is not None  # noqa: S101 - a version belongs to an agreement
        return found

    @field
    def document(self) -> SlaDocument:
        """The document, typed, section by section."""
        return self._document

    @field
    async def findings(self, info: Info) -> list[SlaFinding]:
        """The findings about the document with the teams there are, beside the other agreements in
        force and, until it is in force itself, for the leads there are now; days are compared with the one on which
        it was submitted.
        """
        return await self.all_findings(info.context)

    async def all_findings(self, context: Context) -> list[SlaFinding]:
        """The same, for payloads."""
        today = (self.submitted_at or context.application.time.now()).date()
        own: UUID | None = self._version.agreement_id
        drafting = self._version.state in (SlaVersionState.DRAFT, SlaVersionState.IN_REVIEW)
        surroundings = replace(await context.load(surroundings_of, own), drafting=drafting)
        if self._version.state in PENDING:
            surroundings = replace(surroundings, living=await context.load(living_of, self._version.id))
        return findings_of(await aside(lambda: check_document(self._document, today=today, surroundings=surroundings)))

    @field
    async def signatures(self, info: Info) -> list[SlaSignature]:
        """Who signed it, in order of time."""
        return await info.context.load(signatures, self._version.id)

    @field
    async def comments(
        self,
        info: Info,
        section: Annotated[str | None, argument("On this section only, such as handover.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SectionComment]:
        """The comments on its sections, the oldest first."""
        return await comments_of_version(
            info, self._version.id, section, first=first, after=after, last=last, before=before
        )

    @field
    async def movement(self, info: Info) -> OpenWorkMovementLink | None:
        """The moving of open work to it, where that was asked for at the activation, and how far it has come."""
        return await info.context.load(open_work_types.movements, self._version.id)

    @field
    async def based_on(self, info: Info) -> SlaVersion | None:
        """The version it began as a copy of."""
        base = self._version.based_on
        return await info.context.load(versions, base) if base else None

    @cached_property
    def _document(self) -> SlaDocument:
        return SlaDocument.model_validate(self._version.document)


async def surroundings_of(context: Context, agreement_ids: list[UUID | None]) -> Sequence[Surroundings]:
    """The surroundings that versions of agreements are checked against; for None what any document is."""
    return await around_each(context.application, agreement_ids)


async def living_of(context: Context, version_ids: list[UUID]) -> Sequence[Living | None]:
    """The effects of waiting versions on living leads."""
    return await living_each(context.application, context.principal, version_ids)


@nodes.loads("Agreement")
async def agreements(context: Context, ids: list[UUID]) -> Sequence[Agreement | None]:
    """Agreements by id."""
    return [None if a is None else Agreement.of(a) for a in await single.agreements(context.application, ids)]


@nodes.loads("SlaVersion")
async def versions(context: Context, ids: list[UUID]) -> Sequence[SlaVersion | None]:
    """Versions by id."""
    return [None if v is None else SlaVersion.of(v) for v in await single.versions_by_ids(context.application, ids)]


async def active_versions(context: Context, agreement_ids: list[UUID]) -> Sequence[SlaVersion | None]:
    """The version in force of each agreement."""
    found = await single.active_versions(context.application, agreement_ids)
    return [None if v is None else SlaVersion.of(v) for v in found]


async def compiled_versions(context: Context, ids: list[UUID]) -> Sequence[CompiledVersion]:
    """Versions by id, at work."""
    return await single.compiled_versions(context.application, ids)


async def signatures(context: Context, version_ids: list[UUID]) -> Sequence[list[SlaSignature]]:
    """The signatures of each version."""
    found = await single.signatures_of(context.application, version_ids)
    return [[_signature(s) for s in of_version] for of_version in found]


def _signature(record: domain.Signature) -> SlaSignature:
    return SlaSignature(
        party=record.party, person=record.person, approved=record.approved, comment=record.comment, at=record.at
    )
