"""Decisions in words; made when somebody asks for them, from the document and the decision alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.document.base import text_in
from domain.document.conditions import ConditionValue, read_condition
from domain.document.document import SlaDocument
from domain.document.sections.scoring import Signal
from domain.leads.decision import Block, Blocked, Contribution, Dimension, Missing, MissingKind
from domain.time.duration import Duration
from rules.conditions.operators import OPERATORS
from rules.explaining.phrases import phrase
from rules.explaining.rendering import Wording
from rules.scoring.points import amount, hundredths
from rules.scoring.scoring import GROUP, MAXIMUM


@dataclass(frozen=True, slots=True)
class ContributionText:
    """A contribution in words."""

    label: str
    """The people's name of the rule."""
    because: str
    """Why it gave these points."""


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason in words."""

    code: str
    message: str
    rule: str | None


class Explainer:
    """Explains decisions made under a document, in a language (`en`, `de`)."""

    def __init__(self, document: SlaDocument, language: str = "en") -> None:
        self._document = document
        self._language = language
        self._words = Wording(document, language)

    def contribution(self, share: Contribution) -> ContributionText:
        """A contribution: its rule's label, and why it gave its points."""
        if share.dimension is Dimension.FIT:
            return self._fit(share)
        if share.rule == MAXIMUM and share.activity is None:
            return self._cut()
        if share.rule.startswith(GROUP):
            return self._group_cut(share.rule.removeprefix(GROUP))
        return self._interest(share)

    def exclusion(self, key: str) -> ReasonText:
        """An exclusion that holds."""
        found = next((e for e in self._document.scoring.exclusions if e.key == key), None)
        reason = text_in(found.reason, self._language) if found else phrase("gone", self._language)
        return ReasonText("EXCLUDED", reason, key)

    def blocked(self, blocked: Blocked) -> ReasonText:
        """A reason why no handover happens."""
        parts: dict[str, object] = {}
        if blocked.rule is not None and blocked.code is Block.DATA_AWAITED:
            parts["subject"] = self._words.subject(blocked.rule)
        elif blocked.rule is not None:
            parts["reason"] = self.exclusion(blocked.rule).message
        if blocked.until is not None:
            parts["until"] = blocked.until.astimezone(self._zone()).strftime("%Y-%m-%d %H:%M")
        return ReasonText(blocked.code.value, phrase(blocked.code.value, self._language, **parts), blocked.rule)

    def missing(self, missing: Missing) -> str:
        """Return what is missing, as a sentence."""
        if missing.kind is MissingKind.POINTS:
            points = Decimal(str(missing.detail.get("points", "0")))
            side = f"missing.{missing.path.partition('.')[0]}"
            name = f"{side}.one" if points == 1 else side
            return phrase(name, self._language, points=self._words.number(points))
        if missing.kind is MissingKind.FIELD:
            subject = self._words.subject(missing.path)
            op = missing.detail.get("op")
            if op is None or OPERATORS[str(op)].presence:
                return phrase("missing.field", self._language, subject=subject)
            return phrase("missing.value", self._language, subject=subject, condition=self._needed(missing))
        if missing.kind is MissingKind.CONSENT:
            return self._consent(missing)
        if "trigger" in missing.detail:
            return phrase("missing.trigger", self._language, trigger=self._trigger(str(missing.detail["trigger"])))
        return phrase("missing.condition", self._language, condition=self._needed(missing))

    def _trigger(self, key: str) -> str:
        found = next((trigger for trigger in self._document.handover.triggers if trigger.key == key), None)
        return text_in(found.label, self._language) if found else key

    def _consent(self, missing: Missing) -> str:
        rules = self._document.contact.consents
        rule = next((rule for rule in rules if rule.key == missing.detail.get("purpose")), None)
        purpose = text_in(rule.label, self._language) if rule else str(missing.detail.get("purpose", missing.path))
        channel = missing.detail.get("channel", "")
        return phrase("missing.consent", self._language, purpose=purpose, channel=channel)

    def _needed(self, missing: Missing) -> str:
        detail = missing.detail
        written = detail.get("value")
        value: ConditionValue = tuple(written) if isinstance(written, list) else written
        if self._words.is_number(str(detail.get("field", missing.path))):
            value = tuple(map(Decimal, value)) if isinstance(value, tuple) else value and Decimal(str(value))
        within, where = detail.get("within"), detail.get("where")
        subject = self._words.subject(
            str(detail.get("field", missing.path)),
            within=Duration.parse(str(within)) if within else None,
            where=read_condition(json.loads(str(where))) if where else None,
        )
        words = self._words.compared(subject, str(detail["op"]), value)
        return phrase("not", self._language, condition=words) if detail.get("not") else words

    def _fit(self, share: Contribution) -> ContributionText:
        criterion = next((c for c in self._document.scoring.fit.criteria if c.key == share.rule), None)
        if criterion is None or share.band is None or share.band >= len(criterion.bands):
            return self._gone(share)
        parts: dict[str, object] = {
            "condition": self._words.condition(criterion.bands[share.band].when),
            "points": self._words.points(share.points),
            "weight": self._words.number(criterion.weight),
        }
        because = phrase("share" if criterion.weight == 1 else "weighted", self._language, **parts)
        return ContributionText(text_in(criterion.label, self._language), because)

    def _interest(self, share: Contribution) -> ContributionText:
        signal = next((s for s in self._document.scoring.interest.signals if s.key == share.rule), None)
        if signal is None:
            return self._gone(share)
        return ContributionText(text_in(signal.label, self._language), self._because(signal, share))

    def _because(self, signal: Signal, share: Contribution) -> str:
        kind = next((k for k in self._document.activity_types if k.key == signal.activity), None)
        parts: dict[str, object] = {
            "activity": text_in(kind.label, self._language) if kind else signal.activity,
            "points": self._words.points(share.points),
        }
        if share.occurred_at is not None:
            parts["date"] = share.occurred_at.astimezone(self._zone()).date().isoformat()
        because = phrase("undated" if share.occurred_at is None else "dated", self._language, **parts)
        full = amount(hundredths(signal.points))
        if share.points != full:
            because = phrase("faded", self._language, share=because, full=self._words.number(full))
        if signal.when is not None:
            condition = self._words.condition(signal.when, signal.activity)
            because = phrase("if", self._language, share=because, condition=condition)
        return because

    def _cut(self) -> ContributionText:
        maximum = self._document.scoring.interest.maximum or Decimal(0)
        because = phrase("maximum", self._language, points=self._words.points(maximum))
        return ContributionText(phrase("cut", self._language), because)

    def _group_cut(self, key: str) -> ContributionText:
        group = next((g for g in self._document.scoring.interest.groups if g.key == key), None)
        label = phrase("cut.group", self._language, group=key)
        if group is None:
            return ContributionText(label, phrase("gone", self._language))
        because = phrase("maximum", self._language, points=self._words.points(group.maximum))
        return ContributionText(label, because)

    def _gone(self, share: Contribution) -> ContributionText:
        return ContributionText(share.rule, phrase("gone", self._language))

    def _zone(self) -> ZoneInfo:
        named = (c for c in self._document.calendars if c.key == self._document.default_calendar)
        calendar = next(named, None)
        return ZoneInfo(calendar.time_zone) if calendar else ZoneInfo(UTC.tzname(None) or "UTC")
