"""The words of explanations, in English and German."""

from __future__ import annotations

LANGUAGES = ("en", "de")

WORDS: dict[str, tuple[str, str]] = {
    "operator.unknown": ("{subject} {operator} {value}", "{subject} {operator} {value}"),
    "not": ("not ({condition})", "nicht ({condition})"),
    "all": (" and ", " und "),
    "any": (" or ", " oder "),
    "nothing": ("always", "immer"),
    "never": ("never", "nie"),
    "true": ("yes", "ja"),
    "false": ("no", "nein"),
    "points": ("{points} points", "{points} Punkte"),
    "point": ("1 point", "1 Punkt"),
    "share": ("{condition}: {points}", "{condition}: {points}"),
    "weighted": ("{condition}: {points} (weight {weight})", "{condition}: {points} (Gewicht {weight})"),
    "dated": ("{activity} on {date}: {points}", "{activity} am {date}: {points}"),
    "undated": ("{activity}: {points}", "{activity}: {points}"),
    "faded": ("{share}, faded from {full}", "{share}, verblasst von {full}"),
    "if": ("{share} ({condition})", "{share} ({condition})"),
    "maximum": ("At most {points} count", "Höchstens {points} zählen"),
    "cut": ("Maximum", "Höchstwert"),
    "cut.group": ("Maximum of the group {group}", "Höchstwert der Gruppe {group}"),
    "gone": ("A rule of an earlier version", "Eine Regel einer früheren Fassung"),
    "missing.field": ("{subject} is missing", "{subject} fehlt"),
    "missing.value": ("{subject} is missing; needed: {condition}", "{subject} fehlt; nötig: {condition}"),
    "missing.condition": ("Needed: {condition}", "Nötig: {condition}"),
    "missing.trigger": (
        "No lead can meet what “{trigger}” asks for",
        "Kein Lead kann erfüllen, was „{trigger}“ verlangt",
    ),
    "missing.consent": ("Consent is missing: {purpose} ({channel})", "Einwilligung fehlt: {purpose} ({channel})"),
    "missing.fit": ("{points} more fit points", "{points} Passungspunkte mehr"),
    "missing.interest": ("{points} more interest points", "{points} Interessenpunkte mehr"),
    "missing.fit.one": ("1 more fit point", "1 Passungspunkt mehr"),
    "missing.interest.one": ("1 more interest point", "1 Interessenpunkt mehr"),
    "OUT_OF_SCOPE": ("Outside of the agreement's scope", "Außerhalb des Geltungsbereichs der Vereinbarung"),
    "EXCLUDED": ("Screened out: {reason}", "Ausgesiebt: {reason}"),
    "OPEN_HANDOVER": ("A handover of the lead is open", "Eine Übergabe des Leads ist offen"),
    "COOLING_OFF": ("Returned; not offered again before {until}", "Zurückgegeben; nicht vor {until} wieder angeboten"),
    "NOTHING_NEW": ("Nothing new since sales returned it", "Nichts Neues, seit der Vertrieb ihn zurückgab"),
    "DATA_AWAITED": (
        "Returned for missing data; not yet known anew: {subject}",
        "Wegen fehlender Angaben zurückgegeben; noch nicht neu bekannt: {subject}",
    ),
    "MAX_ROUNDS": ("Handed over as often as agreed", "So oft übergeben wie vereinbart"),
    "CLOSED_STAGE": ("Won, lost or disqualified", "Gewonnen, verloren oder ausgeschieden"),
    "trace.test": ("{condition}: {observed}", "{condition}: {observed}"),
    "trace.missing": ("unknown", "unbekannt"),
    "trace.COUNTED": ("Holds and counts", "Trifft zu und zählt"),
    "trace.NOT_MET": ("Does not hold", "Trifft nicht zu"),
    "trace.ANOTHER_FIRST": ("Holds, but another one comes first", "Trifft zu, aber ein anderes geht vor"),
    "trace.NO_ACTIVITY": ("There was no such activity", "Es gab keine solche Aktivität"),
    "trace.NOTHING_COUNTS": ("None of the activities counts", "Keine der Aktivitäten zählt"),
    "trace.OFTEN_ENOUGH": ("Counted as often as agreed", "So oft gezählt wie vereinbart"),
    "trace.TOO_OLD": ("Too long ago", "Zu lange her"),
    "trace.FADED": ("Faded to nothing", "Ganz verblasst"),
    "trace.AHEAD": ("Lies ahead", "Liegt in der Zukunft"),
    "trace.NO_WAY": ("Holds, but no transition leads there", "Trifft zu, aber kein Übergang führt dorthin"),
    "trace.HELD_BACK": (
        "Holds, but an open handover holds the lead",
        "Trifft zu, aber eine offene Übergabe hält den Lead",
    ),
    "trace.NOT_USED": ("Entered by sales' answer only", "Nur durch Antwort des Vertriebs erreicht"),
    "trace.OTHER_LEADS": ("Is for other leads, or was left", "Gilt anderen Leads oder wurde verlassen"),
    "trace.NOT_NURTURED": (
        "Would take the lead, but it is handed over or screened out",
        "Nähme den Lead auf, doch er ist übergeben oder ausgesiebt",
    ),
    "activity.channel": ("Channel", "Kanal"),
    "activity.campaign": ("Campaign", "Kampagne"),
    "activity.content": ("Content", "Inhalt"),
    "activity.type": ("Kind of activity", "Art der Aktivität"),
    "count": ("{activity} (number in {span})", "{activity} (Anzahl in {span})"),
    "count.ever": ("{activity} (number)", "{activity} (Anzahl)"),
    "lastDays": ("{activity} (days since the last one in {span})", "{activity} (Tage seit dem Letzten in {span})"),
    "lastDays.ever": ("{activity} (days since the last one)", "{activity} (Tage seit dem Letzten)"),
    "distinct": (
        "{activity} (number of different values of {attribute} in {span})",
        "{activity} (Anzahl verschiedener Werte von {attribute} in {span})",
    ),
    "where": ("{activity} with {condition}", "{activity} mit {condition}"),
    "any.activity": ("Activities", "Aktivitäten"),
    "days": ("{count} days", "{count} Tagen"),
    "hours": ("{count} hours", "{count} Stunden"),
    "minutes": ("{count} minutes", "{count} Minuten"),
    "seconds": ("{count} seconds", "{count} Sekunden"),
    "days.one": ("1 day", "1 Tag"),
    "hours.one": ("1 hour", "1 Stunde"),
    "minutes.one": ("1 minute", "1 Minute"),
    "seconds.one": ("1 second", "1 Sekunde"),
    "fit.points": ("Fit points", "Passungspunkte"),
    "fit.percent": ("Fit in percent", "Passung in Prozent"),
    "fit.band": ("Fit band", "Passungsklasse"),
    "interest.points": ("Interest points", "Interessenpunkte"),
    "interest.band": ("Interest band", "Interessenklasse"),
    "grade": ("Grade", "Einstufung"),
    "stage": ("Stage", "Stufe"),
    "persona": ("Persona", "Persona"),
    "segment": ("Segment", "Segment"),
    "buyingCentre.size": ("Leads of the account", "Leads des Unternehmens"),
    "buyingCentre.bestFit": (
        "Best fit band among the account's other leads",
        "Beste Passungsklasse unter den übrigen Leads des Unternehmens",
    ),
    "buyingCentre.bestGrade": (
        "Best grade among the account's other leads",
        "Beste Einstufung unter den übrigen Leads des Unternehmens",
    ),
}


def phrase(name: str, language: str, **parts: object) -> str:
    """A phrase in a language, English where it is another one."""
    return in_language(WORDS[name], language, **parts)


def in_language(words: tuple[str, str], language: str, **parts: object) -> str:
    """Words in a language, English where it is another one, with what belongs into them."""
    text = words[LANGUAGES.index(language) if language in LANGUAGES else 0]
    return text.format(**parts) if parts else text
