"""A decision as it is stored and read back, without loss."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.leads.decision import (
    Block,
    Blocked,
    Contribution,
    Decision,
    Dimension,
    Missing,
    MissingKind,
    Nurture,
    Score,
    Verdict,
)
from persistence.as_of.known import DecisionRow


def decision_json(decision: Decision) -> dict[str, Any]:
    """All of a decision but what has columns of its own: moment, end of validity, digest; and but for the ways to
    become due, which are found from the facts when somebody asks."""
    verdict = decision.verdict
    return {
        "fit": _score_json(decision.fit),
        "interest": _score_json(decision.interest),
        "grade": decision.grade,
        "stage": decision.stage,
        "exclusions": list(decision.exclusions),
        "route": list(decision.route),
        "persona": decision.persona,
        "segment": decision.segment,
        "skills": list(decision.skills),
        "signs": list(decision.signs),
        "verdict": {
            "due": verdict.due,
            "trigger": verdict.trigger,
            "priority": verdict.priority,
            "handRaiser": verdict.hand_raiser,
            "missing": [] if verdict.trigger is None else [_missing_json(missing) for missing in verdict.missing],
            "blockedBy": [
                {"code": b.code, "rule": b.rule, "until": b.until.isoformat() if b.until else None}
                for b in verdict.blocked_by
            ],
        },
        "nurture": _nurture_json(decision.nurture),
        "contributions": [_contribution_json(c) for c in decision.contributions],
    }


def read_decision(stored: Mapping[str, Any], *, at: datetime, valid_until: datetime | None, digest: str) -> Decision:
    """The decision that was stored."""
    verdict = stored["verdict"]
    return Decision(
        at=at,
        valid_until=valid_until,
        digest=digest,
        fit=_score(stored["fit"]),
        interest=_score(stored["interest"]),
        grade=stored["grade"],
        stage=stored["stage"],
        exclusions=tuple(stored["exclusions"]),
        route=tuple(stored["route"]),
        persona=stored.get("persona"),
        segment=stored.get("segment"),
        skills=tuple(stored.get("skills", ())),
        signs=tuple(stored.get("signs", ())),
        verdict=Verdict(
            due=verdict["due"],
            trigger=verdict["trigger"],
            priority=verdict["priority"],
            hand_raiser=verdict["handRaiser"],
            missing=tuple(Missing(MissingKind(m["kind"]), m["path"], m["detail"]) for m in verdict["missing"]),
            blocked_by=tuple(
                Blocked(Block(b["code"]), b["rule"], datetime.fromisoformat(b["until"]) if b["until"] else None)
                for b in verdict["blockedBy"]
            ),
        ),
        contributions=tuple(_contribution(c) for c in stored["contributions"]),
        nurture=_nurture(stored.get("nurture")),
    )


def stored_decision(row: DecisionRow) -> Decision:
    """The decision of a row."""
    return read_decision(row.result, at=row.at, valid_until=row.valid_until, digest=row.digest)


def _missing_json(missing: Missing) -> dict[str, Any]:
    return {"kind": missing.kind, "path": missing.path, "detail": dict(missing.detail)}


def _nurture_json(nurture: Nurture | None) -> list[Any] | None:
    if nurture is None:
        return None
    due_at = nurture.due_at.isoformat() if nurture.due_at else None
    return list(nurture._replace(passed_over=list(nurture.passed_over), due_at=due_at))  # type: ignore[arg-type]


def _nurture(stored: list[Any] | None) -> Nurture | None:
    if stored is None:
        return None
    found = Nurture(*stored)
    due_at = datetime.fromisoformat(stored[4]) if stored[4] else None
    return found._replace(due_at=due_at, passed_over=tuple(found.passed_over))


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "points": str(score.points),
        "maximum": None if score.maximum is None else str(score.maximum),
        "percent": None if score.percent is None else str(score.percent),
        "band": score.band,
    }


def _score(stored: Mapping[str, Any]) -> Score:
    maximum, percent = (None if stored[name] is None else Decimal(stored[name]) for name in ("maximum", "percent"))
    return Score(points=Decimal(stored["points"]), maximum=maximum, percent=percent, band=stored["band"])


def _contribution_json(contribution: Contribution) -> list[Any]:
    return [
        contribution.dimension.value,
        contribution.rule,
        str(contribution.points),
        contribution.band,
        contribution.activity,
        contribution.age_days,
        contribution.occurred_at.isoformat() if contribution.occurred_at else None,
    ]


def _contribution(stored: list[Any]) -> Contribution:
    dimension, rule, points, band, activity, age_days, *more = stored
    occurred_at = datetime.fromisoformat(more[0]) if more and more[0] else None
    return Contribution(Dimension(dimension), rule, Decimal(points), band, activity, age_days, occurred_at)
