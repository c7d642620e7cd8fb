"""One readable line for each event of handovers and breaches, and what is asked of the API for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from api.cli.output import Text

_LEAD_FIELDS = "id keys { externalId } fields account { key name }"
_LEAD = f"lead {{ {_LEAD_FIELDS} }}"
HANDOVERS = f"""
subscription Handovers($after: Cursor) {{
  handovers(after: $after) {{
    id cursor at type
    handover {{
      id state round trigger grade team assignee answerDueAt returnReason comment escalationLevel {_LEAD}
    }}
  }}
}}
"""
BREACHES = f"""
subscription Breaches($after: Cursor) {{
  breaches(after: $after) {{
    id cursor at type
    breach {{
      id state severity kind party dueAt detectedAt acknowledgedBy explanation
      obligation {{ team assignee }}
      subject {{
        ... on Handover {{ id team assignee {_LEAD} }}
        ... on Lead {{ {_LEAD_FIELDS} }}
      }}
    }}
  }}
}}
"""
HANDOVER_STYLES = {
    "OFFERED": "bold cyan",
    "QUEUED": "bold magenta",
    "ASSIGNED": "blue",
    "WARNED": "bold yellow",
    "ESCALATED": "dark_orange",
    "ACCEPTED": "bold green",
    "RETURNED": "bold red",
    "DISCARDED": "red",
    "WITHDRAWN": "dim",
    "CONTACTED": "green",
    "CLOSED": "dim",
}
BREACH_STYLES = {"OPENED": "bold white on red", "ACKNOWLEDGED": "magenta", "RESOLVED": "green"}
BREACH_WORDS = {"OPENED": "BREACH", "ACKNOWLEDGED": "EXPLAINED", "RESOLVED": "RESOLVED"}
_NAMES = (("firstName", "lastName"), ("lastName",), ("name",), ("fullName",), ("email",))


def line(field: str, event: Mapping[str, Any], *, zone: tzinfo | None = None) -> Text | None:
    """The line of an event of `handovers` or `breaches`; None for a checkpoint."""
    if event["type"] == "CHECKPOINT":
        return None
    at = Text(_moment(event["at"], zone, "%a %d %b %H:%M:%S"), style="dim")
    rest = _handover(event, zone) if field == "handovers" else _breach(event, zone)
    return Text.assemble(at, "  ", rest)


def _moment(text: str | None, zone: tzinfo | None, form: str = "%a %H:%M") -> str:
    return "" if text is None else datetime.fromisoformat(text).astimezone(zone).strftime(form)


def _handover(event: Mapping[str, Any], zone: tzinfo | None) -> Text:
    kind, handover = event["type"], event["handover"]
    word = Text(f"{kind:<10}", style=HANDOVER_STYLES.get(kind, ""))
    if handover is None:
        return Text.assemble(word, (" a handover that this key no longer sees", "dim"))
    return Text.assemble(word, " ", _lead(handover["lead"]), ("  " + _details(kind, handover, zone), "dim"))


def _details(kind: str, handover: Mapping[str, Any], zone: tzinfo | None) -> str:
    holder = _holder(handover) or "nobody has room"
    due = _moment(handover["answerDueAt"], zone)
    said = {
        "OFFERED": f"{handover['grade']} {handover['trigger']} → {holder}, answer due {due}",
        "QUEUED": f"{handover['grade']} {handover['trigger']}: nobody has room, it waits",
        "ASSIGNED": f"→ {holder}",
        "WARNED": f"{holder} has not answered, due {due}",
        "ESCALATED": f"step {handover['escalationLevel']}, with {holder}",
        "RETURNED": f"by {holder}: {handover['returnReason']}",
        "DISCARDED": f"by {holder}: {handover['returnReason']}",
    }.get(kind, f"by {holder}")
    return said + (f" “{handover['comment']}”" if handover["comment"] and kind in {"ACCEPTED", "RETURNED"} else "")


def _breach(event: Mapping[str, Any], zone: tzinfo | None) -> Text:
    kind, breach = event["type"], event["breach"]
    word = Text(f"{BREACH_WORDS.get(kind, kind):<10}", style=BREACH_STYLES.get(kind, ""))
    if breach is None:
        return Text.assemble(word, (" a breach that this key no longer sees", "dim"))
    subject = breach["subject"] or {}
    lead = subject.get("lead") or (subject if "fields" in subject else None)
    holder = _holder(breach["obligation"] or subject) or breach["party"].lower()
    said = {
        "OPENED": f"{holder} owed {breach['kind']} by {_moment(breach['dueAt'], zone)}",
        "ACKNOWLEDGED": f"{breach['kind']}, by {breach['acknowledgedBy']}: {breach['explanation']}",
    }.get(kind, f"{breach['kind']} of {holder}")
    return Text.assemble(word, " ", _lead(lead) if lead else Text(""), ("  " + said, "dim"))


def _holder(where: Mapping[str, Any]) -> str:
    return "/".join(filter(None, (where.get("team"), where.get("assignee"))))


def _lead(lead: Mapping[str, Any]) -> Text:
    fields, account = lead["fields"] or {}, lead["account"] or {}
    named = next((names for names in _NAMES if all(isinstance(fields.get(name), str) for name in names)), ())
    person = " ".join(fields[name] for name in named)
    parts = [part for part in (person, account.get("name") or account.get("key")) if part]
    return Text(", ".join(parts) or "lead " + ", ".join(key["externalId"] for key in lead["keys"]))
