"""The difference of two versions, and where it is asked for."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.graphql.parts.context import Info
from api.graphql.parts.published import argument, field, published
from api.graphql.types.ids import row_of
from application.agreements.comparing import ToldChange, compare_versions


@published
class SlaChange:
    """One difference between two versions, by meaning."""

    path: str
    """Where it is, such as handover.triggers[hot].when.all[1].value: in the newer version; of what is gone, in the
    older one.
    """
    kind: str
    """ADDED, REMOVED, CHANGED, or MOVED where the order of a list counts."""
    before: JSON | None
    """The value in the older version; of what moved, its place there, from 0; null where there was nothing."""
    after: JSON | None
    """The same of the newer version."""
    summary: str
    """The difference in a sentence."""

    @classmethod
    def of(cls, told: ToldChange) -> SlaChange:
        """The difference as it is shown."""
        change = told.change
        return cls(
            path=change.path,
            kind=change.kind.value,
            before=change.before,
            after=change.after,
            summary=told.summary,
        )


@published
class SlaDiff:
    """The differences of a version from another one."""

    changes: list[SlaChange]
    """The differences, in the order of the sections; none where both agree the same."""


@published
class Comparing:
    """Versions held against each other."""

    @field
    async def sla_diff(
        self,
        info: Info,
        from_: Annotated[strawberry.ID, argument("The id of the older version.", name="from")],
        to: Annotated[strawberry.ID, argument("The id of the newer version; of any agreement.")],
    ) -> SlaDiff:
        """The differences of one version from another, by meaning and not by line."""
        told = await compare_versions(
            info.context.application,
            older=row_of(from_, "SlaVersion"),
            newer=row_of(to, "SlaVersion"),
            language=info.context.language,
        )
        return SlaDiff(changes=[SlaChange.of(one) for one in told])
