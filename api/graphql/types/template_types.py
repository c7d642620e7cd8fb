"""Templates of agreements."""

from __future__ import annotations

from strawberry.scalars import JSON

from api.graphql.parts.published import published
from application.documents.templates import SlaTemplate as Template


@published
class SlaTemplate:
    """A document to begin with."""

    key: str
    """Its key."""
    title: str
    """Its title."""
    description: str
    """The kind of business that it suits."""
    document: JSON
    """The document as it is exchanged."""

    @classmethod
    def of(cls, template: Template, language: str) -> SlaTemplate:
        """The template, in a language."""
        return cls(
            key=template.key,
            title=template.title(language),
            description=template.description(language),
            document=JSON(template.document.to_json()),
        )
