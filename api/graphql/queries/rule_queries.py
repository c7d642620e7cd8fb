"""The questions of a rule editor: operators, subjects, and conditions in the shape of its own tools."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.graphql.parts.context import Info
from api.graphql.parts.published import argument, field, published
from api.graphql.types.ids import row_of
from api.graphql.types.rule_types import ConditionSubject, RuleOperator
from application.documents import rule_operators
from application.documents.querybuilder import UnreadableQuery, condition_of, from_querybuilder, to_querybuilder
from application.history import dry_run
from domain.document.conditions import condition_json
from domain.refusal import BadRequest, Refusal


@published
class RuleWriting:
    """Everything a rule editor needs beside the document itself."""

    @field
    def rule_operators(self, info: Info) -> list[RuleOperator]:
        """The operators of conditions, labels in the language of the asker."""
        return [RuleOperator.of(row) for row in rule_operators.rule_operators(info.context.language)]

    @field
    async def condition_subjects(
        self,
        info: Info,
        agreement: Annotated[str | None, argument("The key of the agreement whose version in force counts.")] = None,
        version: Annotated[strawberry.ID | None, argument("The id of the version that counts.")] = None,
    ) -> list[ConditionSubject]:
        """The names that conditions of a version may use, labels in the language of the asker."""
        key = None if version is None else row_of(version, "SlaVersion")
        async with info.context.application.database.reading() as connection:
            compiled_version = await dry_run.named_version(info.context.application, connection, agreement, key)
        subjects = rule_operators.condition_subjects(compiled_version.document, info.context.language)
        return [ConditionSubject.of(subject) for subject in subjects]

    @field
    def condition_to_querybuilder(
        self, condition: Annotated[JSON, argument("A condition as documents hold it.")]
    ) -> JSON:
        """A condition as a group of react-querybuilder: {combinator, not, rules: [{field, operator, value}]}."""
        try:
            return JSON(to_querybuilder(condition_of(condition)))
        except UnreadableQuery as unreadable:
            raise _refused(unreadable, "condition") from None

    @field
    async def condition_from_querybuilder(
        self, info: Info, query: Annotated[JSON, argument("A group of react-querybuilder.")]
    ) -> JSON:
        """The condition of a group of react-querybuilder, as documents hold it. Lists that were written with commas
        are read by the type that the versions in force give the field.
        """
        async with info.context.application.database.reading() as connection:
            compiled_versions = (await info.context.application.version_cache.active(connection)).compiled_versions
        types = rule_operators.types_of(compiled_version.document for compiled_version in compiled_versions)
        try:
            return JSON(condition_json(from_querybuilder(query, types)))
        except UnreadableQuery as unreadable:
            raise _refused(unreadable, "query") from None


def _refused(unreadable: UnreadableQuery, name: str) -> BadRequest:
    faults = unreadable.faults
    return BadRequest([Refusal(f.code, f.message, (name, f.path) if f.path else (name,)) for f in faults])
