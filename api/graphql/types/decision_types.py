"""Decisions: scores, grade and verdict, in words of the asker's language where it asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid5

import strawberry

from api.graphql.lists.connections import Connection
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import argument, field, published
from api.graphql.types import version_types
from api.graphql.types.links import SlaVersionLink
from api.graphql.types.nurture_types import Nurture
from api.graphql.types.pages import Branch, listed_below
from api.graphql.types.reason_types import Reason
from api.graphql.types.trace_types import TracedRule
from api.graphql.types.verdict_types import Contribution, HandoverVerdict, MissingItem, Score
from application.history.as_of import LeadSnapshot, known_at, known_to
from application.history.explaining import Explained, explain, explain_missing
from application.history.tracing import told_trace
from application.judging.decision_record import stored_decision
from application.reading import lists, single
from application.runtime.page import Key
from domain.document.document import SlaDocument
from domain.leads import decision as domain
from domain.leads.decision import Missing

CURSORS = Cursors("decisions", datetime, UUID)
OF_LEADS = Branch(lambda context: lists.decisions_of_leads(context.application))


_NOT_STORED = UUID("6f1d8f5e-8a43-4c1b-9d5c-3f0a7c2b9e11")
"""The namespace of the ids of decisions that are not stored: equal ones have the same, and no row has it."""


@published
class Decision(Node):
    """The conclusion of the engine about a lead under one version at one moment."""

    stored: bool
    """True if it is stored, so that `node` and `replayDecision` know its id; not what was judged as a dry run."""
    at: datetime
    """The moment of the judgement."""
    valid_until: datetime | None
    """The first moment at which time alone could change it; null: never."""
    digest: str
    """Over version, facts used and result: equal digests are equal decisions."""
    fit: Score
    """The fit of the lead."""
    interest: Score
    """The interest of the lead."""
    grade: str
    """Both bands together, such as A1."""
    stage: str
    """The key of the stage the lead belongs in."""
    persona: str | None
    """The key of the persona that the lead is, if any."""
    segment: str | None
    """The key of the segment that the lead belongs to, if any."""
    signs: list[str]
    """Of a customer: the keys of the signs that hold, the case studies asked of it, the silences that have lasted."""
    _decision: strawberry.Private[domain.Decision]
    _version_id: strawberry.Private[UUID]
    _id: strawberry.Private[UUID | None] = None
    _then: strawberry.Private[LeadSnapshot | None] = None
    _explained: strawberry.Private[Explained | None] = None

    @classmethod
    def of(
        cls,
        decision: domain.Decision,
        *,
        version_id: UUID,
        stored_as: UUID | None = None,
        then: LeadSnapshot | None = None,
    ) -> Decision:
        """A decision under a version; of one that is not stored it is given what it was made of."""
        return cls(
            id=global_id("Decision", stored_as or uuid5(_NOT_STORED, f"{decision.digest} {decision.at.isoformat()}")),
            stored=stored_as is not None,
            at=decision.at,
            valid_until=decision.valid_until,
            digest=decision.digest,
            fit=_score(decision.fit),
            interest=_score(decision.interest),
            grade=decision.grade,
            stage=decision.stage,
            persona=decision.persona,
            segment=decision.segment,
            signs=list(decision.signs),
            _decision=decision,
            _version_id=version_id,
            _id=stored_as,
            _then=then,
        )

    @classmethod
    def made(cls, then: LeadSnapshot) -> Decision:
        """The decision that follows from what was known, as it is shown; it is not stored."""
        return cls.of(then.decision, version_id=then.compiled_version.version_id, then=then)

    @classmethod
    def stored_row(cls, row: single.DecisionRow) -> Decision:
        """A stored decision as it is shown."""
        return cls.of(stored_decision(row), version_id=row.version_id, stored_as=row.id)

    @field
    async def sla_version(self, info: Info) -> SlaVersionLink | None:
        """The version by which it was judged."""
        return await info.context.load(version_types.versions, self._version_id)

    @field
    async def exclusions(self, info: Info) -> list[Reason]:
        """Why the lead is screened out, if it is."""
        explained = await self._words(info)
        return [Reason(code=r.code, message=r.message, rule=r.rule) for r in explained.exclusions]

    @field
    async def handover(self, info: Info) -> HandoverVerdict:
        """True if a handover is due."""
        explained, verdict = await self._words(info), self._decision.verdict
        return HandoverVerdict(
            due=verdict.due,
            trigger=verdict.trigger,
            priority=verdict.priority,
            blocked_by=[Reason(code=r.code, message=r.message, rule=r.rule) for r in explained.blocked_by],
            _asked=self,
        )

    @field
    async def nurture(self, info: Info) -> Nurture | None:
        """The content that the lead gets meanwhile; null where it is handed over, screened out, or gets nothing."""
        return await self.nurtured(info)

    @field
    async def contributions(self, info: Info) -> list[Contribution]:
        """The contribution of each rule to the scores."""
        return [
            Contribution(dimension=c.dimension, rule=c.rule, label=c.label, points=c.points, because=c.because)
            for c in (await self._words(info)).contributions
        ]

    @field
    async def trace(
        self,
        info: Info,
        counted: Annotated[
            bool | None, argument("Only the rules that counted, or only those that did not; all, if absent.")
        ] = None,
    ) -> list[TracedRule] | None:
        """Every rule of the document with what became of it, and of each comparison what it saw; null where the facts
        were erased.
        """
        then = await self._known(info)
        if then is None:
            return None
        told = told_trace(then.compiled_version.compiled_rules, then.facts, info.context.language, now=then.at)
        rules = [TracedRule.of(rule, recorded=then.recorded) for rule in told]
        return [rule for rule in rules if counted is None or rule.counted is counted]

    async def nurtured(self, info: Info) -> Nurture | None:
        """The same for whoever has the decision at hand."""
        found = self._decision.nurture
        return None if found is None else Nurture.of(found, await self._document(info), info.context.language)

    @property
    def judged(self) -> domain.Decision:
        """The decision itself."""
        return self._decision

    async def found(self, info: Info) -> domain.Verdict:
        """The verdict with the ways to become due: found from what was known, none where that was erased."""
        then = None if self._decision.verdict.due else await self._known(info)
        if then is None:
            return self._decision.verdict
        await asyncio.to_thread(len, then.decision.verdict.ways)  # a page of leads takes a while to try
        await asyncio.to_thread(len, then.decision.verdict.missing)
        return then.decision.verdict

    async def told(self, missing: Sequence[Missing], info: Info) -> list[MissingItem]:
        """The gap, in words."""
        told = explain_missing(missing, await self._document(info), info.context.language)
        return [MissingItem(kind=one.kind, path=one.path, message=one.message) for one in told]

    async def _known(self, info: Info) -> LeadSnapshot | None:
        """The material of the decision; None where it was erased."""
        if self._then is None and self._id is not None:
            self._then = await info.context.load(facts_of, self._id)
        return self._then

    async def _words(self, info: Info) -> Explained:
        document = await self._document(info)
        if self._explained is None:
            self._explained = explain(self._decision, document, info.context.language)
        return self._explained

    async def _document(self, info: Info) -> SlaDocument:
        compiled_version = (
            self._then.compiled_version
            if self._then
            else await info.context.load(version_types.compiled_versions, self._version_id)
        )
        return compiled_version.document


@nodes.loads("Decision")
async def decisions_seen(context: Context, ids: list[UUID]) -> Sequence[Decision | None]:
    """Stored decisions by id, about leads that the asker sees."""
    found = await single.decisions_seen(context.application, context.principal, ids)
    return [None if row is None else Decision.stored_row(row) for row in found]


def _score(score: domain.Score) -> Score:
    return Score(points=score.points, maximum=score.maximum, percent=score.percent, band=score.band)


def by_time(row: single.DecisionRow) -> Key:
    """The sort key of decisions."""
    return (row.at, row.id)


async def of_lead(info: Info, lead_id: UUID, **page: Any) -> Connection[Decision]:
    """The stored decisions about a lead, the newest first; `page` are first, after, last and before."""
    return await listed_below(info, lead_id, OF_LEADS, cursors=CURSORS, key=by_time, node=Decision.stored_row, **page)


async def decisions(context: Context, ids: list[UUID]) -> Sequence[Decision | None]:
    """Stored decisions by id."""
    found = await single.decisions(context.application, ids)
    return [None if row is None else Decision.stored_row(row) for row in found]


async def decisions_then(context: Context, moments: list[tuple[UUID, datetime]]) -> Sequence[Decision | None]:
    """The decisions on leads at moments, as far as an agreement governed them."""
    return [None if then is None else Decision.made(then) for then in await known_at(context.application, moments)]


async def facts_of(context: Context, ids: list[UUID]) -> Sequence[LeadSnapshot | None]:
    """The material of stored decisions; None where it was erased."""
    rows = {row.id: row for row in await single.decisions(context.application, ids) if row is not None}
    found = dict(zip(rows, await known_to(context.application, list(rows.values())), strict=True))
    return [found.get(id_) for id_ in ids]
