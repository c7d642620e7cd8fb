"""Documents that take words away which living leads carry, for the samples of findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.agreements.heirs import StagePosition
from domain.checking.removed_words import Carried, Carriers, Living, LostWord
from domain.document.findings import Severity
from domain.document.sections.journey import StageKind
from tests.domain.document_samples import document, small

CALL = {"label": "C", "kind": "SALES_QUALIFIED", "owner": "SALES", "next": ["won"]}
BEFORE = document(journey__stages__call=CALL, journey__stages__sal__next=["call", "won", "lost"])
"""The document in force: the small one with a stage more."""
FIRST = (UUID(int=7),)


def standing(stage: str = "", kind: str = "PROSPECT") -> Living:
    """Three leads at a stage of the document in force."""
    leads = {StagePosition(stage, StageKind(kind)): 3} if stage else {}
    return Living(BEFORE, leads, {stage: FIRST})


def carrying(carried: Carried, word: str, path: str) -> Living:
    """Two leads that carry a word of it."""
    return Living(document(), carriers={LostWord(carried, word, path, "is gone"): Carriers(2, FIRST)})


def calls_to(stage: str) -> dict[str, Any]:
    """The small document, in which another stage takes the place of calls."""
    return small(replaced={"stages": {"call": {"to": stage}}})


WITH_LEADS: list[tuple[Severity, str, str, Callable[[], Any], Living]] = [
    (Severity.WARNING, "STAGE_IN_USE", "journey.stages[call]", small, standing("call", "SALES_QUALIFIED")),
    (
        Severity.ERROR,
        "STAGE_WITHOUT_HEIR",
        "journey.stages[lost]",
        lambda: small(journey__stages__lost=None, journey__stages__sal__next=["won"]),
        standing("lost", "LOST"),
    ),
    (
        Severity.ERROR,
        "REPLACED_BEHIND_HANDOVER",
        "replaced.stages[call].to",
        lambda: calls_to("mql"),
        standing(),
    ),
    (
        Severity.WARNING,
        "REPLACED_UNUSED",
        "replaced.stages[tour]",
        lambda: small(replaced={"stages": {"tour": {"to": "sal"}}}),
        standing(),
    ),
    (
        Severity.WARNING,
        "FIELD_IN_USE",
        "fields[budget]",
        small,
        carrying(Carried.LEAD_FIELD, "budget", "fields[budget]"),
    ),
    (
        Severity.WARNING,
        "ACTIVITY_TYPE_IN_USE",
        "activityTypes[fair]",
        small,
        carrying(Carried.ACTIVITY, "fair", "activityTypes[fair]"),
    ),
    (
        Severity.WARNING,
        "REASON_IN_USE",
        "handover.returnReasons[late]",
        small,
        carrying(Carried.REASON, "late", "handover.returnReasons[late]"),
    ),
    (Severity.WARNING, "TEAM_IN_USE", "handover.routing", small, carrying(Carried.TEAM, "desk", "handover.routing")),
]
