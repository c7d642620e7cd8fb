"""A decision in words, in the asker's language; made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.document.document import SlaDocument
from domain.leads.decision import Decision, Dimension, Missing, MissingKind
from rules.explaining.explain import Explainer, ReasonText


@dataclass(frozen=True, slots=True)
class ExplainedContribution:
    """One rule's share of a score, with the rule's label and why it gave its points."""

    dimension: Dimension
    rule: str
    label: str
    points: Decimal
    because: str


@dataclass(frozen=True, slots=True)
class ExplainedMissing:
    """One thing that is missing for a handover."""

    kind: MissingKind
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The words of a decision."""

    contributions: tuple[ExplainedContribution, ...]
    blocked_by: tuple[ReasonText, ...]
    exclusions: tuple[ReasonText, ...]


def explain_missing(found: Iterable[Missing], document: SlaDocument, language: str) -> list[ExplainedMissing]:
    """Return what is missing for a handover under a document, in a language (en, de)."""
    words = Explainer(document, language)
    return [ExplainedMissing(missing.kind, missing.path, words.missing(missing)) for missing in found]


def explain(decision: Decision, document: SlaDocument, language: str) -> Explained:
    """The words of a decision made under a document, in a language (en, de)."""
    words = Explainer(document, language)
    shares = []
    for share in decision.contributions:
        text = words.contribution(share)
        shares.append(ExplainedContribution(share.dimension, share.rule, text.label, share.points, text.because))
    return Explained(
        contributions=tuple(shares),
        blocked_by=tuple(words.blocked(blocked) for blocked in decision.verdict.blocked_by),
        exclusions=tuple(words.exclusion(key) for key in decision.exclusions),
    )
