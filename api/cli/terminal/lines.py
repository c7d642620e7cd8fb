"""One readable line for each event of handovers and breaches, and what is asked of the API for it.

Handovers and breaches come as one stream of the log, so that they stand in the order in which they happened. Who had a
handover and what was due is taken from the event, as it was then; names come from the lead as it stands now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from api.cli.client.stream import Subscription
from api.cli.terminal.output import Text

FIELD = "events"
_LEAD_FIELDS = "id keys { externalId } fields account { key name }"
_LEAD = f"lead {{ {_LEAD_FIELDS} }}"
_QUERY = f"""
subscription Watch($after: Cursor) {{
  events(types: [%s], after: $after) {{
    id cursor at type payload
    subject {{
      ... on Handover {{ id {_LEAD} }}
      ... on Breach {{
        id
        subject {{
          ... on Handover {{ id {_LEAD} }}
          ... on Lead {{ {_LEAD_FIELDS} }}
        }}
      }}
    }}
  }}
}}
"""
REMINDED = "REMINDED"
"""An escalation step that only tells the person who has the handover: nothing has gone up yet."""
HANDOVER_STYLES = {
    "OFFERED": "bold cyan",
    "QUEUED": "bold magenta",
    "ASSIGNED": "blue",
    "WARNED": "bold yellow",
    REMINDED: "yellow",
    "ESCALATED": "dark_orange",
    "ACCEPTED": "bold green",
    "RETURNED": "bold red",
    "DISCARDED": "red",
    "WITHDRAWN": "dim",
    "ATTEMPTED": "dim",
    "CONTACTED": "green",
    "REOPENED": "green",
    "CLOSED": "dim",
    "MOVED": "dim",
    "PAUSED": "dim",
    "RESUMED": "dim",
    "RETURN_ANSWERED": "green",
}
BREACH_STYLES = {"OPENED": "bold white on red", "ACKNOWLEDGED": "magenta", "RESOLVED": "green"}
BREACH_WORDS = {"OPENED": "BREACH", "ACKNOWLEDGED": "EXPLAINED", "RESOLVED": "RESOLVED"}
_NAMES = (("firstName", "lastName"), ("lastName",), ("name",), ("fullName",), ("email",))
_ACTIONS = {"REASSIGN": "it goes to somebody else", "RETURN": "it goes back to marketing"}
_BEGINS = "%a %d %b %H:%M:%S %Z"
_DUE = "%a %d %b %H:%M %Z"


def watched(after: str | None, *, handovers: bool = True, breaches: bool = True) -> Subscription:
    """The subscription to follow for lines about handovers, breaches or both."""
    wanted = [f"handover.{word.lower()}" for word in HANDOVER_STYLES if handovers and word != REMINDED]
    wanted += [f"breach.{word.lower()}" for word in BREACH_STYLES if breaches]
    return Subscription(FIELD, _QUERY % ", ".join(f'"{each}"' for each in wanted), after)


def word_of(event: Mapping[str, Any]) -> str:
    """The event, in a word; of a handover's escalation that reaches only its assignee, that it was a reminder."""
    about, _, what = event["type"].partition(".")
    if about == "breach":
        return BREACH_WORDS[what.upper()]
    payload = event["payload"]
    if what == "escalated" and payload.get("action") == "NOTIFY" and payload.get("audience") == "PERSON":
        return REMINDED
    return str(what.upper())


def line(event: Mapping[str, Any], *, zone: tzinfo | None = None) -> Text | None:
    """The line of an event of the log; None for a checkpoint and for what it is not about."""
    about, _, what = event["type"].partition(".")
    if about not in {"handover", "breach"}:
        return None
    word, payload = word_of(event), event["payload"]
    style = HANDOVER_STYLES.get(word, "") if about == "handover" else BREACH_STYLES[what.upper()]
    said = _handover(word, payload, zone) if about == "handover" else _breach(word, payload, zone)
    at = Text(_moment(event["at"], zone, _BEGINS), style="dim")
    return Text.assemble(at, "  ", (f"{word:<10}", style), " ", _whom(event), ("  " + said, "dim"))


def _moment(text: str | None, zone: tzinfo | None, form: str = _DUE) -> str:
    return "" if text is None else datetime.fromisoformat(text).astimezone(zone).strftime(form)


def _handover(word: str, payload: Mapping[str, Any], zone: tzinfo | None) -> str:
    holder = _holder(payload) or "nobody has room"
    why = f"{payload['grade']} {payload['trigger']}"
    due = _moment(payload.get("dueAt") or payload["answerDueAt"], zone)
    said = {
        "OFFERED": f"{why} → {holder}, answer due {due}" if due else f"{why} → {holder}",
        "QUEUED": f"{why}: nobody has room, it waits",
        "ASSIGNED": f"→ {holder}",
        "WARNED": f"{holder} owes {payload.get('obligation', 'answer')}, due {due}",
        REMINDED: f"{holder} is reminded: {payload.get('obligation', 'answer')}, due {due}",
        "ESCALATED": f"step {payload.get('step', '')}: {_reached(payload)}, with {holder}",
        "RETURNED": f"by {holder}: {payload.get('reason')}",
        "DISCARDED": f"by {holder}: {payload.get('reason')}",
    }.get(word, f"by {holder}")
    comment = payload.get("comment")
    return said + (f" “{comment}”" if comment and word in {"ACCEPTED", "RETURNED", "DISCARDED"} else "")


def _reached(payload: Mapping[str, Any]) -> str:
    """Return whom an escalation step tells, and what it does with the handover."""
    told = [each["person"] or (each["party"] or "management").lower() for each in payload.get("recipients", ())]
    heard = [f"{', '.join(told)} told"] if told else []
    done = [_ACTIONS[payload["action"]]] if payload.get("action") in _ACTIONS else []
    return ", ".join([*heard, *done]) or "nobody told"


def _breach(word: str, payload: Mapping[str, Any], zone: tzinfo | None) -> str:
    holder, kind = _holder(payload) or payload["party"].lower(), payload["kind"]
    return {
        "BREACH": f"{holder} owed {kind} by {_moment(payload['dueAt'], zone)}",
        "EXPLAINED": f"{kind} of {holder}: {payload.get('explanation')}",
    }.get(word, f"{kind} of {holder}")


def _holder(where: Mapping[str, Any]) -> str:
    return "/".join(filter(None, (where.get("team"), where.get("assignee"))))


def _whom(event: Mapping[str, Any]) -> Text:
    """The lead that it is about."""
    subject = event["subject"]
    if subject is None:
        return Text("what this key no longer sees", style="dim")
    about = subject.get("subject") if "subject" in subject else subject
    lead = (about or {}).get("lead") or (about if about and "fields" in about else None)
    return _lead(lead) if lead else Text("")


def _lead(lead: Mapping[str, Any]) -> Text:
    fields, account = lead["fields"] or {}, lead["account"] or {}
    named = next((names for names in _NAMES if all(isinstance(fields.get(name), str) for name in names)), ())
    person = " ".join(fields[name] for name in named)
    parts = [part for part in (person, account.get("name") or account.get("key")) if part]
    return Text(", ".join(parts) or "lead " + ", ".join(key["externalId"] for key in lead["keys"]))
