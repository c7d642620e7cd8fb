"""Why a contact is not allowed, in words of the asker's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.document.base import text_in
from domain.document.sections.caps import CapPer
from domain.document.sections.contact import ContactSection
from domain.leads.contact import ContactRefusal, Refused
from domain.party import Party
from rules.contact.consent_record import REST
from rules.differences.change_words import Words, length, said

SHOWN = 80
"""The length up to which an unknown text is shown."""

WORDS: dict[str, Words] = {
    "NOT_OWNER": ("{owner} owns contact with this lead", "{owner} hat den Kontakt zu diesem Lead"),
    "FREQUENCY_CAP": (
        "The lead had {contacts} contacts in {span}; again from {until}",
        "Der Lead hatte {contacts} Kontakte, Zeitraum {span}; wieder ab {until}",
    ),
    "FREQUENCY_CAP.ACCOUNT": (
        "The lead's company had {contacts} contacts in {span}; again from {until}",
        "Das Unternehmen des Leads hatte {contacts} Kontakte, Zeitraum {span}; wieder ab {until}",
    ),
    "NO_CONSENT": ("No consent to: {purpose}", "Keine Einwilligung: {purpose}"),
    "NO_CONSENT.*": (
        "The lead does not want to be contacted on this channel",
        "Der Lead will auf diesem Kanal nicht kontaktiert werden",
    ),
    "UNKNOWN_CHANNEL": (
        "No agreement in force knows the channel {channel}; known: {known}",
        "Keine geltende Vereinbarung kennt den Kanal {channel}; bekannt: {known}",
    ),
    "CLOSED_STAGE": ("The lead is disqualified", "Der Lead ist ausgeschieden"),
    "MARKETING": ("Marketing", "Das Marketing"),
    "SALES": ("Sales", "Der Vertrieb"),
}
"""Why a contact is not allowed."""


@dataclass(frozen=True, slots=True)
class ContactReason:
    """One reason why a contact is not allowed, in words."""

    code: ContactRefusal
    message: str
    rule: str | None
    until: datetime | None
    """When it ends by itself, where it does."""


def reason_words(
    refused: Refused,
    section: ContactSection,
    owner: Party,
    language: str,
    zone: ZoneInfo | None,
    channels: Sequence[str] = (),
) -> ContactReason:
    """A reason in words; `channels` are those that are known."""
    parts: dict[str, object] = {}
    name, rule = refused.code.value, refused.rule
    if refused.code is ContactRefusal.NOT_OWNER:
        parts["owner"] = said(WORDS[owner.value], language)
    elif refused.code is ContactRefusal.NO_CONSENT:
        known = next((found for found in section.consents if found.key == rule), None)
        parts["purpose"] = text_in(known.label, language) if known else rule
        name += ".*" if rule == REST else ""
    elif refused.code is ContactRefusal.UNKNOWN_CHANNEL:
        parts |= {"channel": repr((rule or "")[:SHOWN]), "known": ", ".join(channels) or "-"}
        rule = None
    elif refused.code is ContactRefusal.FREQUENCY_CAP and refused.until is not None:
        cap = section.caps[int(rule or 0)]
        span = length((cap.within.days, cap.within.seconds), "ELAPSED", language)
        until = refused.until.astimezone(zone or UTC).strftime("%Y-%m-%d %H:%M %Z")
        parts |= {"contacts": refused.contacts or cap.contacts, "span": span, "until": until}
        name, rule = f"{name}.ACCOUNT" if cap.per is CapPer.ACCOUNT else name, f"caps[{rule}]"
    return ContactReason(refused.code, said(WORDS[name], language, **parts), rule, refused.until)
