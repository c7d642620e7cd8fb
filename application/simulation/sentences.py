"""A difference that a simulation found, in one sentence: what became of the lead, and which rules made it so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.agreements.simulation import Difference, StoredDifference
from rules.differences.change_words import Words, said

RULE = "RULE"
"""The code of a reason that names a change of a rule; the others tell what came of it."""
SHOWN = 2
"""The number of changes in the sentence."""
WORDS: dict[str, Words] = {
    "NEWLY_DUE": ("Newly handed over", "Neu übergeben"),
    "NO_LONGER_DUE": ("No longer handed over", "Nicht mehr übergeben"),
    "GRADE.before": ("Grade {after}, and none before", "Einstufung {after}, vorher keine"),
    "GRADE.after": ("No grade any more, was {before}", "Keine Einstufung mehr, vorher {before}"),
    "GRADE": ("Grade {before} becomes {after}", "Aus Einstufung {before} wird {after}"),
    "NOT_GOVERNED.before": (
        "{effect}: only the newer version governs the lead",
        "{effect}: nur die neue Version gilt für den Lead",
    ),
    "NOT_GOVERNED.after": (
        "{effect}: the newer version does not govern the lead",
        "{effect}: die neue Version gilt nicht für den Lead",
    ),
    "because": ("{effect}: {causes}", "{effect}: {causes}"),
    "more": ("{causes}; and {number} more", "{causes}; und {number} weitere"),
}
"""The finding of a simulation about a lead."""


def summary(found: StoredDifference, language: str) -> str:
    """The sentence about a lead."""
    grades = {side: (found.detail[side] or {}).get("grade") for side in ("before", "after")}
    name = found.kind.value
    if found.kind is Difference.GRADE:
        name += "".join(f".{side}" for side, grade in grades.items() if grade is None)
    effect = said(WORDS[name], language, **grades)
    causes = [one["message"] for one in reasons(found, language) if one["code"] == RULE]
    missing = next((one["by"] for one in found.detail["reasons"] if one["code"] == "NOT_GOVERNED"), None)
    if missing is not None:
        effect = said(WORDS[f"NOT_GOVERNED.{missing}"], language, effect=effect)
    if not causes:
        return f"{effect}."
    return f"{said(WORDS['because'], language, effect=effect, causes=_listed(causes, language))}."


def _listed(causes: Sequence[str], language: str) -> str:
    told = "; ".join(causes[:SHOWN])
    more = len(causes) - SHOWN
    return told if more <= 0 else said(WORDS["more"], language, causes=told, number=more)


def reasons(found: StoredDifference, language: str) -> list[dict[str, Any]]:
    """The reasons, with the changes of rules in a language."""
    return [_in(one, language) if one["code"] == RULE else one for one in found.detail["reasons"]]


def _in(reason: dict[str, Any], language: str) -> dict[str, Any]:
    sentences = reason["sentences"]
    return {"code": RULE, "path": reason["path"], "message": sentences.get(language, sentences["en"])}
