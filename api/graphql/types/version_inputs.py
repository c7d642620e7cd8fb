"""The inputs about agreements and their versions."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from api.graphql.parts.published import published_input
from domain.party import Party


@published_input
class CreateAgreementInput:
    """A new agreement, with a first draft where a template or a document is given."""

    key: str
    """Its key: letters, digits, - and _, at most 64."""
    title: str
    """Its title."""
    template: str | None = None
    """The key of the template that the first draft begins as."""
    document: JSON | None = None
    """The document of the first draft."""
    idempotency_key: str | None = None
    """Under this key the same is done once; asked again, it is answered alike."""


@published_input
class CreateDraftInput:
    """A new draft: of another version, a template or a document; of the version in force, if none is given."""

    agreement: str
    """The key of the agreement."""
    from_version: strawberry.ID | None = None
    """The id of the version that it begins as a copy of."""
    template: str | None = None
    """The key of the template that it begins as."""
    document: JSON | None = None
    """Its document."""
    note: str | None = None
    """The comment."""
    idempotency_key: str | None = None
    """Under this key the same is done once; asked again, it is answered alike."""


@published_input
class UpdateDraftInput:
    """An edit of a draft: document replaces the whole, sections replaces those that it names."""

    version: strawberry.ID
    """The id of the draft."""
    expected_revision: int
    """The revision that the editor saw."""
    document: JSON | None = None
    """The whole document."""
    sections: JSON | None = None
    """An object: section and its new content."""
    note: str | None = None
    """The comment; absent, it stays as it is."""


@published_input
class SubmitVersionInput:
    """A draft that is to be frozen for review."""

    version: strawberry.ID
    """The id of the draft."""
    expected_revision: int
    """The revision that is to be submitted."""


@published_input
class SignVersionInput:
    """A party's yes or no."""

    version: strawberry.ID
    """The id of the version."""
    party: Party
    """The party that signs; it has to be the signer's own."""
    approve: bool
    """True if it is a yes."""
    comment: str | None = None
    """The comment."""


@published_input
class WithdrawVersionInput:
    """A version that is to be given up."""

    version: strawberry.ID
    """The id of the version."""
    reason: str | None = None
    """Why."""


@published_input
class ActivateVersionInput:
    """A version that is to come into force."""

    version: strawberry.ID
    """The id of the version, which both parties have signed."""
    at: datetime | None = None
    """When; now, if absent or past."""
    move_open_work: bool | None = None
    """True if open handovers, and clocks about leads at their stage, pass to it when it comes into force; if not, they
    stay under the version under which they were opened."""
    preview_only: bool | None = None
    """True if nothing is changed, and only told what moving open work would change if it came into force now."""
