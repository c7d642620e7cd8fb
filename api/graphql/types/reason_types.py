"""A reason, as decisions and permissions give it."""

from __future__ import annotations

from api.graphql.parts.published import published


@published
class Reason:
    """Why something is so."""

    code: str
    """The kind of reason."""
    message: str
    """A sentence for people."""
    rule: str | None
    """The key of the rule in the document, where it is one."""
