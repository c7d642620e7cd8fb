"""A simulation from the middle of the past on, of one agreement beside ten others, against plain counting [X.3]."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_agreement, create_draft, update_draft
from application.runtime.page import PageRequest
from application.simulation.sentences import summary
from application.simulation.simulate import differences, simulate, simulation
from domain.agreements.simulation import Difference, SimulationState, StoredDifference
from domain.document.reading.reading import read_document
from domain.facts import LeadFacts
from domain.leads.decision import Decision
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.application import simulation_past as past
from tests.application.scene import MONDAY, Scene, leads_only, starter_document

HERE = {"field": "country", "op": "in", "value": ["DE", "US"]}
START = MONDAY + timedelta(days=8, minutes=7, seconds=13)
BEGUN = """select k.external_id as key, l.created_at,
  (select to_stage from stage_change s where s.lead_id = l.id and s.at <= :start order by at desc, id desc limit 1)
    as stage, exists (select from handover h where h.lead_id = l.id and offered_at <= :start
    and (closed_at is null or closed_at > :start)) as open,
  (select count(*) from handover h where h.lead_id = l.id and offered_at <= :start) as rounds,
  exists (select from stage_change s where s.lead_id = l.id and s.at > :start and to_kind = 'ACCEPTED') as accepted,
  exists (select from handover h where h.lead_id = l.id and offered_at > :start and answered_at is not null) as answered
  from lead l join lead_key k on k.lead_id = l.id"""


def here(*thresholds: float) -> dict[str, Any]:
    """The starter for German and American leads, whose triggers ask for that much interest."""
    data = leads_only(starter_document(scope=HERE))
    first, second = thresholds
    data["handover"]["triggers"] = [
        {"key": "asks", "label": "x", "priority": 9, "when": _at_least("activities.contact-form", 2)},
        {"key": "hot", "label": "x", "priority": 2, "when": _at_least("interest.points", first)},
        {
            "key": "fits",
            "label": "x",
            "priority": 1,
            "when": {"all": [_at_least("fit.percent", 70), {"any": [_at_least("interest.points", second)]}]},
        },
    ]
    return data


def _at_least(field: str, value: float) -> dict[str, Any]:
    return {"field": field, "op": "gte", "value": value}


@dataclass(frozen=True)
class Naive:
    """What one version makes of one lead in the period."""

    due: tuple[datetime, Decision] | None
    waiting: bool
    """Whether it was due already as the period began."""
    grade: str | None

    @property
    def handed(self) -> bool:
        """Whether it would be handed over in the period."""
        return self.due is not None and not self.waiting


def compiled(data: dict[str, Any]) -> CompiledRules:
    """A document, ready to judge by."""
    loaded = read_document(data)
    assert loaded.document is not None
    return CompiledRules.of(loaded.document, version="naive")


def naive(compiled_version: CompiledRules, one: past.Kept, then: Any, end: datetime) -> Naive | None:
    """A lead judged at each moment of the period at which something happened, as it was known then."""
    happened = {at for at, _ in one.changes} | {activity.occurred_at for activity in one.done}
    begin = max(START, then.created_at)
    due, waiting, grade, governed = None, False, None, False
    for now in sorted(at for at in happened | {begin, end} if begin <= at <= end):
        account = next(fields for at, fields in reversed(one.changes) if at <= now)
        facts = LeadFacts(
            one.fields, account, activities=one.done, stage=then.stage, open_handover=then.open, rounds=then.rounds
        )
        if not compiled_version.governs(facts):
            continue
        decision = judge_plain(compiled_version, facts, now=now)
        governed, grade = True, decision.grade
        if decision.verdict.due and due is None:
            due, waiting = (now, decision), now == START and then.created_at < START
    return Naive(due, waiting, grade) if governed else None


def quality(found: Mapping[str, Naive | None], then: Mapping[str, Any], governed: set[str]) -> dict[str, Any]:
    """Precision and recall among the leads that either version governs."""
    asked = [key for key in governed if not (by := found[key]) or not by.waiting]
    due = [key for key in asked if (by := found[key]) and by.handed]
    good, known = sum(then[key].accepted for key in due), sum(_answered(then[key]) for key in due)
    wanted = sum(then[key].accepted for key in asked)
    shares = {"precision": past.share(good, known), "recall": past.share(good, wanted)}
    return shares | {"known": known, "good": good, "missed": wanted - good}


def _answered(then: Any) -> bool:
    return bool(then.answered or then.accepted)


def others() -> Iterator[dict[str, Any]]:
    """Ten small documents of other agreements: for French leads by the size of their company, for rare countries."""
    french = _equal("country", "FR")
    sizes = [{"all": [french, _equal("account.employees", size)]} for size in (3, 30, 60, 700)]
    rare = [_equal("country", country) for country in ("ES", "IT", "NL", "BE", "LU")]
    for number, scope in enumerate([*sizes, french, *rare]):
        data = leads_only(starter_document(scope=scope, priority=20 - number))
        data["handover"]["triggers"] = [
            {"key": "hot", "label": "x", "priority": 1, "when": _at_least("interest.points", 5 * (number + 1))}
        ]
        yield data


def _equal(field: str, value: object) -> dict[str, Any]:
    return {"field": field, "op": "eq", "value": value}


async def agreements(scene: Scene) -> None:
    """One for German and American leads, ten others beside, and a past under all of them."""
    version = await scene.new_version("main", document=here(40, 30))
    await activate_version(scene.application, scene.management, version_id=version)
    for number, document in enumerate(others()):
        key = f"other-{number}"
        _, beside = await create_agreement(scene.application, scene.marketing, key=key, title=key, document=document)
        assert beside is not None
        await scene.approve(beside)
        await activate_version(scene.application, scene.management, version_id=beside)
    await scene.tick()


async def simulated(
    scene: Scene, document: dict[str, Any], start: datetime
) -> tuple[dict[str, Any], Sequence[StoredDifference]]:
    """The result of simulating a document since a moment, and the differences."""
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft(document=document))
    begun = await simulate(scene.application, scene.marketing, version_id=draft, start=start)
    await asyncio.gather(*scene.application.background)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert found.state is SimulationState.DONE, found.fault
    assert found.result is not None
    return found.result, (await differences(scene.application, begun, None).page(PageRequest(first=1000))).items


async def begun_as(scene: Scene) -> dict[str, Any]:
    """How leads stood when the period began, by their key."""
    async with scene.application.database.reading() as connection:
        return {row.key: row for row in await connection.execute(text(BEGUN), {"start": START})}


async def test_the_middle_of_the_past_is_that_of_plain_counting(scene: Scene) -> None:
    """Counts, quality, load, and every point of the curve; leads of ten other agreements count nowhere."""
    await agreements(scene)
    kept = await past.bring_about(scene)
    end, then = scene.time.now(), await begun_as(scene)

    def judged(data: dict[str, Any]) -> dict[str, Naive | None]:
        compiled_version = compiled(data)
        return {one.key: naive(compiled_version, one, then[one.key], end) for one in kept}

    document = here(25.5, 15.5)
    result, _ = await simulated(scene, document, START)
    new, old = judged(document), judged(here(40, 30))
    governed = {key for key in new if new[key] or old[key]}
    assert len(governed) < len(kept)
    assert any(then[key].accepted for key in then.keys() - governed), "some were accepted elsewhere"
    pairs = [(new[key], old[key]) for key in governed]
    assert result["counts"] == {
        "leads": len(governed),
        "handovers": sum(n is not None and n.handed for n, _ in pairs),
        "handoversBefore": sum(o is not None and o.handed for _, o in pairs),
        "dueAtStart": sum(n is not None and n.waiting for n, _ in pairs),
        "dueAtStartBefore": sum(o is not None and o.waiting for _, o in pairs),
        "newlyDue": sum(bool(n and n.due) and not (o and o.due) for n, o in pairs),
        "noLongerDue": sum(bool(o and o.due) and not (n and n.due) for n, o in pairs),
        "changedGrade": sum((n and n.grade) != (o and o.grade) for n, o in pairs),
    }
    assert min(result["counts"][name] for name in ("handovers", "dueAtStart")) > 0
    expected = {"after": quality(new, then, governed), "before": quality(old, then, governed)}
    assert result["quality"]["accepted"] == expected
    weeks: Counter[str] = Counter()
    for by in new.values():
        if by is not None and by.handed and by.due is not None:
            weeks[(by.due[0] - timedelta(days=by.due[0].weekday())).date().isoformat()] += 1
    load: Counter[str] = Counter()
    for row in result["load"]:
        load[row["week"]] += int(Decimal(row["handovers"])) if row["person"] is None else 0
    assert load == weeks
    own = next(point for point in result["curve"] if point["threshold"] == "25.5")
    assert own["handovers"] == result["counts"]["handovers"]
    for point in result["curve"]:
        more = float(point["threshold"]) - 25.5
        told = quality(other := judged(here(25.5 + more, 15.5 + more)), then, governed)
        assert point["handovers"] == sum(by is not None and by.handed for by in other.values())
        assert (point["precision"], point["recall"]) == (told["precision"], told["recall"])
    assert len(result["curve"]) > 2


async def test_what_was_due_before_a_period_is_none_of_its_handovers(scene: Scene) -> None:
    """In a week in which nothing happens there are none, though somebody waits; the difference is told all the same."""
    await scene.lead("lead-1")
    await scene.activity("lead-1", "webinar-attended")
    scene.time.pass_by(days=3)
    start = scene.time.now()
    scene.time.pass_by(days=7)
    always = leads_only(starter_document())
    always["handover"]["triggers"] = [{"key": "all", "label": "All", "priority": 1, "when": {"all": []}}]
    result, (new,) = await simulated(scene, always, start)
    assert (result["counts"]["handovers"], result["counts"]["dueAtStart"], result["load"]) == (0, 1, [])
    assert (new.kind, new.at) == (Difference.NEWLY_DUE, start)
    assert result["curve"] == [], "no trigger asks for interest"


async def test_the_reasons_begin_with_the_rule_that_differs(scene: Scene) -> None:
    """A new criterion raises the maximum, so that the grade falls: that is said, in one sentence on top."""
    await scene.lead("lead-1")
    scene.time.pass_by(hours=1)
    draft = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    scoring = starter_document()["scoring"]
    never = {"when": {"field": "role", "op": "eq", "value": "Astronaut"}, "points": 400}
    scoring["fit"]["criteria"].append(
        {"key": "space", "label": [{"language": "en", "text": "Space"}], "weight": 1, "bands": [never]}
    )
    await update_draft(
        scene.application, scene.marketing, version_id=draft, expected_revision=1, sections={"scoring": scoring}
    )
    begun = await simulate(
        scene.application, scene.marketing, version_id=draft, start=scene.time.now() - timedelta(days=1)
    )
    await asyncio.gather(*scene.application.background)
    (found,) = (await differences(scene.application, begun, None).page(PageRequest(first=9))).items
    first, *_ = found.detail["reasons"]
    assert (found.kind, first["code"], first["path"]) == (Difference.GRADE, "RULE", "scoring.fit.criteria[space]")
    assert summary(found, "en") == "Grade A4 becomes B4: Criterion 'space' is new: Space."
    assert summary(found, "de").startswith("Aus Einstufung A4 wird B4: ")
