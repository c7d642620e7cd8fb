"""The words of explanations, in English and German."""

from __future__ import annotations

LANGUAGES = ("en", "de")

WORDS: dict[str, tuple[str, str]] = {
    "eq": ("{subject} is {value}", "{subject} ist {value}"),
    "neq": ("{subject} is not {value}", "{subject} ist nicht {value}"),
    "in": ("{subject} is {value}", "{subject} ist {value}"),
    "notIn": ("{subject} is none of {value}", "{subject} ist nichts von {value}"),
    "lt": ("{subject} under {value}", "{subject} unter {value}"),
    "lte": ("{subject} at most {value}", "{subject} höchstens {value}"),
    "gt": ("{subject} over {value}", "{subject} über {value}"),
    "gte": ("{subject} at least {value}", "{subject} mindestens {value}"),
    "between": ("{subject} {value}", "{subject} {value}"),
    "exists": ("{subject} is known", "{subject} ist bekannt"),
    "contains": ("{subject} contains {value}", "{subject} enthält {value}"),
    "startsWith": ("{subject} begins with {value}", "{subject} beginnt mit {value}"),
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
    "today": ("{activity} today: {points}", "{activity} heute: {points}"),
    "yesterday": ("{activity} 1 day ago: {points}", "{activity} vor 1 Tag: {points}"),
    "ago": ("{activity} {days} days ago: {points}", "{activity} vor {days} Tagen: {points}"),
    "faded": ("{share}, faded from {full}", "{share}, verblasst von {full}"),
    "if": ("{share} ({condition})", "{share} ({condition})"),
    "maximum": ("At most {points} count", "Höchstens {points} zählen"),
    "cut": ("Maximum", "Höchstwert"),
    "gone": ("A rule of an earlier version", "Eine Regel einer früheren Fassung"),
    "missing.field": ("{subject} is missing", "{subject} fehlt"),
    "missing.condition": ("Needed: {condition}", "Nötig: {condition}"),
    "missing.consent": ("Consent is missing", "Einwilligung fehlt"),
    "missing.fit": ("{points} more fit points", "{points} Passungspunkte mehr"),
    "missing.interest": ("{points} more interest points", "{points} Interessenpunkte mehr"),
    "missing.fit.one": ("1 more fit point", "1 Passungspunkt mehr"),
    "missing.interest.one": ("1 more interest point", "1 Interessenpunkt mehr"),
    "EXCLUDED": ("Screened out: {reason}", "Ausgesiebt: {reason}"),
    "OPEN_HANDOVER": ("A handover of the lead is open", "Eine Übergabe des Leads ist offen"),
    "COOLING_OFF": ("Returned; not offered again before {until}", "Zurückgegeben; nicht vor {until} wieder angeboten"),
    "NOTHING_NEW": ("Nothing new since sales returned it", "Nichts Neues, seit der Vertrieb ihn zurückgab"),
    "MAX_ROUNDS": ("Handed over as often as agreed", "So oft übergeben wie vereinbart"),
    "CLOSED_STAGE": ("Won, lost or disqualified", "Gewonnen, verloren oder ausgeschieden"),
    "activity.channel": ("Channel", "Kanal"),
    "activity.campaign": ("Campaign", "Kampagne"),
    "activity.content": ("Content", "Inhalt"),
    "count": ("{activity} (number in 90 days)", "{activity} (Anzahl in 90 Tagen)"),
    "fit.points": ("Fit points", "Passungspunkte"),
    "fit.percent": ("Fit in percent", "Passung in Prozent"),
    "fit.band": ("Fit band", "Passungsklasse"),
    "interest.points": ("Interest points", "Interessenpunkte"),
    "interest.band": ("Interest band", "Interessenklasse"),
    "grade": ("Grade", "Einstufung"),
    "stage": ("Stage", "Stufe"),
}


def phrase(name: str, language: str, **parts: object) -> str:
    """A phrase in a language, English where it is another one."""
    text = WORDS[name][LANGUAGES.index(language) if language in LANGUAGES else 0]
    return text.format(**parts) if parts else text
