"""A past that a test has brought about and keeps an account of, and what two versions make of it by plain counting."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from application.handovers.answer_handover import accept_handover
from domain.document.reading.reading import read_document
from domain.facts import ActivityFact, LeadFacts
from domain.handovers.handover import HandoverState
from domain.leads.decision import Decision
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.application.scene import MONDAY, Scene

KINDS = ["webinar-attended", "whitepaper-download", "pricing-page-visit", "contact-form"]
LEADS, DAYS = 24, 20


@dataclass
class Kept:
    """What happened to one lead."""

    key: str
    fields: dict[str, Any]
    account: dict[str, Any]
    changes: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    """From when on the account had which fields."""
    done: list[ActivityFact] = field(default_factory=list)
    accepted: bool = False
    answered: bool = False


async def bring_about(scene: Scene) -> list[Kept]:
    """Leads of all sizes that do this and that for some weeks; of each two handovers sales accepts one at once."""
    chance = random.Random(5)
    kept = []
    for number in range(LEADS):
        size, country = chance.choice([3, 30, 60, 700]), chance.choice(["DE", "FR", "US"])
        key = f"lead-{number}"
        fields = {"email": f"{key}@example.org", "country": country, "role": "Owner"}
        kept.append(Kept(key, fields, {"employees": size, "industry": "machinery"}))
    moments = sorted(chance.randrange(DAYS * 24 * 60) for _ in range(LEADS * 4))
    for place, minutes in enumerate(moments):
        scene.time.at = MONDAY + timedelta(minutes=minutes)
        one = kept[place] if place < LEADS else chance.choice(kept)
        await _happens(scene, one, chance, first=place < LEADS)
    scene.time.at = MONDAY + timedelta(days=DAYS, hours=1)
    return kept


async def _happens(scene: Scene, one: Kept, chance: random.Random, *, first: bool) -> None:
    now = scene.time.now()
    if first or chance.random() < 0.2:
        one.account = one.account | ({} if first else {"employees": chance.choice([3, 60, 700])})
        one.changes.append((now, one.account))
        await scene.lead(one.key, employees=one.account["employees"], country=one.fields["country"])
        return
    kind = chance.choice(KINDS)
    result = await scene.activity(one.key, kind)
    one.done.append(ActivityFact(f"{one.key}-{len(one.done)}", kind, now))
    offered = [h for h in await scene.handovers() if h.lead_id == result.lead_id and h.state is HandoverState.OFFERED]
    if offered and chance.random() < 0.5:
        await accept_handover(scene.application, scene.admin, handover_id=offered[0].id, comment=None)
        one.accepted = one.answered = True


@dataclass(frozen=True)
class Judged:
    """What one version makes of one lead."""

    due: tuple[datetime, Decision] | None
    """The first moment at which it would be handed over."""
    grade: str
    best: Decimal | None
    """The most interest it had while nothing else stood against a handover."""


def judged(data: dict[str, Any], one: Kept, end: datetime) -> Judged:
    """A lead judged at every moment at which something happened to it, and at the end."""
    loaded = read_document(data)
    assert loaded.document is not None
    compiled_version = CompiledRules.of(loaded.document, version="naive")
    moments = sorted({at for at, _ in one.changes} | {a.occurred_at for a in one.done} | {end})
    due, best, last = None, None, None
    for now in moments:
        account = next(fields for at, fields in reversed(one.changes) if at <= now)
        last = judge_plain(compiled_version, LeadFacts(one.fields, account, activities=one.done), now=now)
        complete = not any(name not in one.fields for name in data["handover"]["required"])
        if complete and not last.verdict.blocked_by:
            best = last.interest.points if best is None else max(best, last.interest.points)
        if last.verdict.due and due is None:
            due = (now, last)
    assert last is not None
    return Judged(due, last.grade, best)


def counted(new: list[Judged], old: list[Judged]) -> dict[str, int]:
    """The sums of both versions."""
    pairs = list(zip(new, old, strict=True))
    return {
        "leads": len(pairs),
        "handovers": sum(n.due is not None for n in new),
        "handoversBefore": sum(o.due is not None for o in old),
        "dueAtStart": 0,
        "dueAtStartBefore": 0,
        "newlyDue": sum(n.due is not None and o.due is None for n, o in pairs),
        "noLongerDue": sum(n.due is None and o.due is not None for n, o in pairs),
        "changedGrade": sum(n.grade != o.grade for n, o in pairs),
    }


def share(part: int, whole: int) -> str | None:
    """A share as a simulation tells it."""
    return None if whole == 0 else str(round(Decimal(part) / whole, 4).quantize(Decimal("0.0001")))


def quality(kept: list[Kept], found: list[Judged]) -> dict[str, Any]:
    """Precision and recall against what sales accepted."""
    due = [one for one, by in zip(kept, found, strict=True) if by.due is not None]
    hits = sum(one.accepted for one in due)
    told = sum(one.answered for one in due)
    wanted = sum(one.accepted for one in kept)
    shares = {"precision": share(hits, told), "recall": share(hits, wanted)}
    return shares | {"known": told, "good": hits, "missed": wanted - hits}


def curve(kept: list[Kept], found: list[Judged], own: int) -> list[dict[str, Any]]:
    """For each whole number of points that some lead had at most, and for the version's own threshold: the handovers
    from there on, how good they are."""
    wanted = sum(one.accepted for one in kept)
    points = []
    for step in sorted({own, *(int(by.best // 1) for by in found if by.best is not None)}):
        over = [one for one, by in zip(kept, found, strict=True) if by.best is not None and by.best >= step]
        hits, told = sum(one.accepted for one in over), sum(one.answered for one in over)
        quality_ = {"precision": share(hits, told), "recall": share(hits, wanted)}
        points.append({"threshold": str(step), "handovers": len(over), **quality_})
    return points


def weekly_load(data: dict[str, Any], found: list[Judged], members: dict[str, int]) -> dict[tuple[str, str, bool], str]:
    """By Monday, team and whether it is one of its members: the handovers, split evenly."""
    weeks: Counter[tuple[str, str]] = Counter()
    for by in found:
        if by.due is not None:
            at, decision = by.due
            monday = (at - timedelta(days=at.weekday())).date().isoformat()
            weeks[monday, data["handover"]["routing"][decision.route[0]]["team"]] += 1
    load = {}
    for (monday, team), number in weeks.items():
        load[monday, team, False] = str(Decimal(number).quantize(Decimal("0.1")))
        each = Fraction(number, members[team])
        load[monday, team, True] = str((Decimal(each.numerator) / each.denominator).quantize(Decimal("0.1")))
    return load


def start_of(scene: Scene) -> datetime:
    """When the period begins: before everything."""
    return MONDAY.astimezone(UTC) - timedelta(days=1)


def kinds(new: Judged, old: Judged) -> set[str]:
    """The differences that there are about a lead."""
    found = {"GRADE"} if new.grade != old.grade else set()
    if (new.due is None) != (old.due is None):
        found.add("NEWLY_DUE" if old.due is None else "NO_LONGER_DUE")
    return found
