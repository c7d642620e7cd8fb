"""Where leads go whose stage a version takes away [X.2]."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from domain.agreements.heirs import ENDS, FITTING, WORKED, StagePosition, Words, heir
from domain.document.sections.journey import Journey, Stage, StageKind
from domain.handovers.handover import HandoverState
from domain.party import Party

KINDS = [kind.value for kind in StageKind]
HANDOVERS = (None, HandoverState.OFFERED, HandoverState.ACCEPTED)
NEEDED = ("PROSPECT", "QUALIFIED", "ACCEPTED", "RECYCLED", "DISQUALIFIED")


def journey(**kinds: str) -> Journey:
    """A journey of stages, each with its kind."""
    stages = [
        Stage.model_construct(key=key, label=(), kind=StageKind(kind), owner=Party.SALES) for key, kind in kinds.items()
    ]
    return Journey.model_construct(stages=tuple(stages))


OLD = journey(
    prospect="PROSPECT",
    mql="QUALIFIED",
    sal="ACCEPTED",
    sql="SALES_QUALIFIED",
    demo="OPPORTUNITY",
    offer="OPPORTUNITY",
    customer="WON",
    lost="LOST",
    out="DISQUALIFIED",
    recycled="RECYCLED",
)


def without(*keys: str, **more: str) -> Words:
    """The old journey without some stages, and with more."""
    kinds = {s.key: s.kind.value for s in OLD.stages if s.key not in keys}
    return Words(journey(**kinds, **more))


def at(stage: str, handover: HandoverState | None = None) -> StagePosition:
    """A lead at a stage of the old journey."""
    found = OLD.stage(stage)
    assert found is not None
    return StagePosition(stage, found.kind, handover)


def goes(standing: StagePosition, words: Words, before: Words | None = None) -> str | None:
    """The key of the stage it goes to."""
    found = heir(standing, words, before or Words(OLD))
    return found.key if found else None


def test_a_lead_goes_to_its_key_its_replacement_its_kind_or_the_nearest_stage_before() -> None:
    """In this order; the nearest stage that is left is one of the old journey."""
    assert goes(at("sql"), without("offer")) == "sql"
    assert goes(at("offer"), without("offer")) == "demo"
    assert goes(at("offer"), replace(without("offer"), replaced={"offer": "sql"})) == "sql"
    assert goes(at("offer"), without("offer", "demo")) == "sql"
    assert goes(at("offer"), without("offer", "demo", "sql")) == "sal"
    assert goes(at("mql"), without("mql", warm="QUALIFIED")) == "warm"


def test_a_replacement_that_is_taken_back_brings_leads_back() -> None:
    """Also where the first stage of the kind is another one."""
    renamed = Words(without("offer", proposal="OPPORTUNITY").journey, {"offer": "proposal"})
    assert goes(at("offer"), renamed) == "proposal"
    assert goes(StagePosition("proposal", StageKind.OPPORTUNITY), Words(OLD), renamed) == "offer"


def test_an_end_goes_to_an_end_only() -> None:
    """By itself to one of its kind; a customer never becomes a lost one because a stage is gone."""
    assert goes(at("customer"), without("customer")) is None
    assert goes(at("customer"), without("customer", buyer="WON")) == "buyer"
    assert goes(at("lost"), replace(without("lost"), replaced={"lost": "out"})) == "out"
    assert goes(at("lost"), replace(without("lost"), replaced={"lost": "sql"})) is None


def _changed(chance: Random) -> Words:
    """The old journey with stages taken away, added, of other kinds, and replaced, as it falls out."""
    kinds = {s.key: s.kind.value for s in OLD.stages if chance.random() < 0.6}
    kinds |= {key: chance.choice(KINDS) for key in (*kinds, "x", "y") if chance.random() < 0.2}
    kinds |= {f"new-{kind}": kind for kind in NEEDED if kind not in kinds.values()}
    replaced = {s.key: chance.choice(sorted(kinds)) for s in OLD.stages if chance.random() < 0.2}
    return Words(journey(**kinds), replaced)


def test_no_version_leaves_a_lead_behind_its_handover_or_brings_it_back_from_an_end() -> None:
    """Whatever is taken away, renamed, replaced or given another kind, for every stage and every open handover."""
    for seed in range(500):
        words = _changed(Random(seed))
        for old in OLD.stages:
            fitting = [h for h in HANDOVERS if h is None or old.kind in FITTING[h]]
            for handover in fitting:
                _holds(StagePosition(old.key, old.kind, handover), words)


def _holds(standing: StagePosition, words: Words) -> None:
    found, own = heir(standing, words, Words(OLD)), words.journey.stage(standing.stage)
    if own is not None and own.kind is standing.kind:
        assert found is own
    if found is None:
        assert standing.kind in ENDS
        assert words.journey.of_kind(standing.kind) is None
        return
    assert words.journey.stage(found.key) is found
    assert (standing.kind in ENDS) <= (found.kind in ENDS)
    assert standing.handover is not HandoverState.ACCEPTED or found.kind in WORKED
    assert standing.handover is None or found.kind in FITTING[standing.handover]
