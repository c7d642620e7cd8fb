"""The examples in a template's file, held against what its document decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from application.documents.template_examples import ExpectedNurture, TemplateExample
from domain.document.document import SlaDocument
from domain.document.findings import Finding, warning
from domain.leads.decision import Decision
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules


def failing_examples(document: SlaDocument, examples: tuple[TemplateExample, ...]) -> Iterator[Finding]:
    """Return a warning for every example that comes out otherwise than it says, with what differs."""
    compiled_rules = CompiledRules.of(document, version="examples")
    for index, example in enumerate(examples):
        facts = example.given.facts(document)
        differences = differing(example, judge_plain(compiled_rules, facts, now=example.given.now), document)
        if not compiled_rules.governs(facts):
            differences = {"scope": (False, True)}
        if differences:
            told = "; ".join(
                f"{name} is {_shown(is_)}, not {_shown(said)}" for name, (is_, said) in differences.items()
            )
            yield warning("EXAMPLE_FAILS", f"examples[{index}]", f"{example.name}: {told}.")


def differing(example: TemplateExample, decision: Decision, document: SlaDocument) -> dict[str, tuple[Any, Any]]:
    """Return where a decision differs from what an example expects: what it is, and what was expected.

    Exclusions and blocks always count, the rest where the example names it.
    """
    said = _told(decision, document)
    named = example.expect.model_fields_set | {"exclusions", "blocked_by"}
    wanted = {name: getattr(example.expect, name) for name in sorted(named)}
    return {name: (said[name], one) for name, one in wanted.items() if not _agrees(said[name], one)}


def _told(decision: Decision, document: SlaDocument) -> dict[str, Any]:
    """A decision in the words of an example."""
    verdict = decision.verdict
    return {
        "grade": decision.grade,
        "fit": decision.fit.percent,
        "interest": decision.interest.points,
        "stage": decision.stage,
        "due": verdict.due,
        "trigger": verdict.trigger,
        "team": document.handover.routing[decision.route[0]].team if decision.route else None,
        "persona": decision.persona,
        "segment": decision.segment,
        "missing": sorted(missing.path for missing in verdict.missing),
        "exclusions": sorted(decision.exclusions),
        "blocked_by": sorted(block.code.value for block in verdict.blocked_by),
        "nurture": decision.nurture and decision.nurture._asdict(),
    }


def _agrees(said: Any, wanted: Any) -> bool:
    """Return whether what a decision says is what an example expects; of nurturing what the example names of it."""
    if isinstance(wanted, ExpectedNurture):
        return said is not None and all(said[name] == getattr(wanted, name) for name in wanted.model_fields_set)
    return bool(said == (sorted(wanted) if isinstance(wanted, tuple) else wanted))


def _shown(value: Any) -> str:
    if isinstance(value, ExpectedNurture):
        value = {name: getattr(value, name) for name in sorted(value.model_fields_set)}
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)
