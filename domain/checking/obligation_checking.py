"""The findings about the rules for single kinds of obligations [X.1]."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, warning
from domain.document.sections.handover import EscalationAction
from domain.obligations.all_kinds import KINDS


def watching(document: SlaDocument) -> Iterator[Finding]:
    """Rules for kinds that there are not, escalations out of order, without audience or of no use."""
    words = [kind.key for kind in KINDS]
    for rule in document.obligations:
        path = f"obligations[{rule.key}]"
        if rule.key not in words:
            yield error("UNKNOWN_OBLIGATION", path, f"Known kinds of obligations: {', '.join(words)}.")
        if rule.key == "answer" and rule.escalation:
            yield warning("ESCALATION_UNUSED", f"{path}.escalation", "An answer escalates by handover.escalation.")
        for index, (earlier, later) in enumerate(pairwise(rule.escalation), start=1):
            if later.at < earlier.at:
                message = "Steps stand in the order they fall due."
                yield error("ESCALATION_ORDER", f"{path}.escalation[{index}].at", message)
        for index, step in enumerate(rule.escalation):
            place = f"{path}.escalation[{index}]"
            if step.action is not EscalationAction.NOTIFY:
                message = "Only an unanswered handover is given to somebody else or taken back; here a step notifies."
                yield error("ESCALATION_ACTION", f"{place}.action", message)
            elif step.audience is None:
                yield error("ESCALATION_WITHOUT_AUDIENCE", f"{place}.audience", "A step that notifies says whom.")
