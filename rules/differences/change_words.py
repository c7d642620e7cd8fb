"""The words in which differences of documents are told, in English and German."""

from __future__ import annotations

from rules.explaining.phrases import LANGUAGES

Words = tuple[str, str]

THINGS: dict[str, Words] = {
    "calendars": ("Calendar", "Kalender"),
    "open": ("Extra opening", "Zusätzliche Öffnung"),
    "fields": ("Field", "Feld"),
    "activityTypes.fields": ("field", "Feld"),
    "activityTypes": ("Activity type", "Aktivitätsart"),
    "buyingStages": ("Buying stage", "Kaufphase"),
    "stages": ("Stage", "Stufe"),
    "personas": ("Persona", "Persona"),
    "segments": ("Segment", "Segment"),
    "criteria": ("Criterion", "Kriterium"),
    "criteria.bands": ("band", "Stufe"),
    "fit.bands": ("Fit band", "Passungsklasse"),
    "interest.bands": ("Interest band", "Interessenklasse"),
    "signals": ("Signal", "Signal"),
    "groups": ("Group of signals", "Signalgruppe"),
    "exclusions": ("Exclusion", "Ausschluss"),
    "tracks": ("Nurture track", "Nurture-Strecke"),
    "steps": ("step", "Schritt"),
    "returns": ("Entry of leads returned for", "Einstieg von Rückgaben wegen"),
    "questions": ("Question", "Frage"),
    "triggers": ("Trigger", "Auslöser"),
    "routing": ("Route", "Weg"),
    "obligations": ("Rule for obligations", "Regel für Pflichten"),
    "skills": ("needed skill", "benötigte Fähigkeit"),
    "escalation": ("Escalation step", "Eskalationsschritt"),
    "channels": ("Channel", "Kanal"),
    "caps": ("Frequency cap", "Kontaktgrenze"),
    "consents": ("Consent for", "Einwilligung für"),
    "requiredConsents": ("Required consent", "Verlangte Einwilligung"),
    "systems": ("System", "System"),
    "returnReasons": ("Return reason", "Rückgabegrund"),
    "targets": ("Target", "Ziel"),
    "material": ("Material", "Material"),
    "measures": ("measure", "Maßnahme"),
    "meetings": ("Meeting", "Besprechung"),
    "agenda": ("agenda item", "Tagesordnungspunkt"),
    "touchpoints": ("Touchpoint", "Kundenkontakt"),
    "caseStudies": ("Case study", "Anwenderbericht"),
    "reactivations": ("Re-activation", "Wiederbelebung"),
    "signs": ("Sign in customers", "Zeichen bei Kunden"),
    "replaced.stages": ("Replaced stage", "Ersetzte Stufe"),
}
"""The names of the items of a list; `criteria.bands` are the bands of an item of criteria."""

PROPERTIES: dict[str, Words] = {
    "title": ("title", "Titel"),
    "signatories": ("signatories", "Unterzeichnende"),
    "marketing": ("persons who sign for marketing", "Unterzeichnende des Marketings"),
    "sales": ("persons who sign for sales", "Unterzeichnende des Vertriebs"),
    "accountable": ("accountable person", "verantwortliche Person"),
    "scope": ("scope", "Geltungsbereich"),
    "priority": ("priority", "Rang"),
    "reviewOn": ("review date", "Termin der Überprüfung"),
    "defaultCalendar": ("default calendar", "Standardkalender"),
    "timeZone": ("time zone", "Zeitzone"),
    "hours": ("opening hours", "Öffnungszeiten"),
    "mon": ("hours on Monday", "Zeiten am Montag"),
    "tue": ("hours on Tuesday", "Zeiten am Dienstag"),
    "wed": ("hours on Wednesday", "Zeiten am Mittwoch"),
    "thu": ("hours on Thursday", "Zeiten am Donnerstag"),
    "fri": ("hours on Friday", "Zeiten am Freitag"),
    "sat": ("hours on Saturday", "Zeiten am Samstag"),
    "sun": ("hours on Sunday", "Zeiten am Sonntag"),
    "holidays": ("public holidays", "Feiertage"),
    "closed": ("closed days", "geschlossene Tage"),
    "day": ("day", "Tag"),
    "label": ("name", "Name"),
    "reason": ("reason", "Grund"),
    "type": ("type", "Typ"),
    "scale": ("decimal places", "Nachkommastellen"),
    "values": ("allowed values", "erlaubte Werte"),
    "personal": ("personal data", "personenbezogen"),
    "of": ("belongs to", "Zugehörigkeit"),
    "owner": ("owner", "Zuständigkeit"),
    "direction": ("direction", "Richtung"),
    "channel": ("channel", "Kanal"),
    "definition": ("definition", "Erklärung"),
    "aliases": ("other words", "andere Wörter"),
    "kind": ("kind", "Art"),
    "buyingStages": ("buying stages", "Kaufphasen"),
    "winProbability": ("win probability", "Abschlusswahrscheinlichkeit"),
    "timeLimit": ("time limit", "Verweildauer"),
    "entry": ("entry condition", "Eintrittsbedingung"),
    "next": ("next stages", "nächste Stufen"),
    "journey": ("journey", "Weg des Leads"),
    "weight": ("weight", "Gewicht"),
    "points": ("points", "Punkte"),
    "from": ("lowest value", "niedrigster Wert"),
    "maximum": ("maximum of interest", "Höchstwert des Interesses"),
    "group": ("group", "Gruppe"),
    "activity": ("activity type", "Aktivitätsart"),
    "maxCount": ("how often it counts", "Höchstzahl"),
    "window": ("window", "Zeitfenster"),
    "halfLife": ("half-life", "Halbwertszeit"),
    "when": ("condition", "Bedingung"),
    "handRaiser": ("hand-raiser", "Kontaktwunsch"),
    "startWithin": ("time to start nurturing", "Frist für den Beginn des Nurturing"),
    "cap": ("limit of contacts", "Kontaktgrenze"),
    "remembers": ("time that content counts as sent", "Zeit, in der Inhalte als gesendet gelten"),
    "personas": ("personas", "Personas"),
    "stages": ("lead stages", "Lead-Stufen"),
    "leaveWhen": ("condition to leave", "Bedingung zum Verlassen"),
    "content": ("content", "Inhalt"),
    "wait": ("wait before", "Wartezeit davor"),
    "track": ("track", "Strecke"),
    "step": ("first step", "erster Schritt"),
    "field": ("field", "Feld"),
    "question": ("question", "Frage"),
    "required": ("required data", "Pflichtangaben"),
    "answerWithin": ("time to answer", "Antwortfrist"),
    "contactWithin": ("time to first contact", "Frist für den ersten Kontakt"),
    "effort": ("rule for contacts", "Regel für Kontakte"),
    "contact": ("contact", "Kontakt"),
    "attempts": ("attempts", "Versuche"),
    "count": ("number of attempts", "Zahl der Versuche"),
    "spacing": ("time between attempts", "Abstand der Versuche"),
    "requires": ("required evidence", "verlangte Nachweise"),
    "comment": ("comment", "Kommentar"),
    "oneRep": ("one person for a company", "eine Person je Unternehmen"),
    "on": ("in force", "in Kraft"),
    "anyTeam": ("also outside the route", "auch außerhalb des Wegs"),
    "overCapacity": ("also beyond capacity", "auch über die Kapazität hinaus"),
    "takeOverWithin": ("time to take over what somebody left", "Frist für die Übernahme nach einem Weggang"),
    "reopenWithin": ("time in which a handover opens again", "Zeit, in der eine Übergabe wieder auflebt"),
    "maxPause": ("longest pause of the clocks", "längste Pause der Uhren"),
    "warnAt": ("warning after this share of the time", "Warnung nach diesem Anteil der Frist"),
    "maxRounds": ("most rounds of handover", "höchste Zahl der Übergaben"),
    "at": ("moment as a share of the time", "Zeitpunkt als Anteil der Frist"),
    "action": ("action", "Handlung"),
    "audience": ("audience", "Empfänger"),
    "contacts": ("limit of contacts", "Kontaktgrenze"),
    "per": ("counted for", "gezählt für"),
    "purpose": ("purpose", "Zweck"),
    "team": ("team", "Team"),
    "strategy": ("strategy", "Verteilung"),
    "overflow": ("overflow teams", "Ausweichteams"),
    "skill": ("skill", "Fähigkeit"),
    "severity": ("severity of a miss", "Schwere eines Versäumnisses"),
    "afterHours": ("after hours", "nach Geschäftsschluss"),
    "destination": ("destination", "Verbleib"),
    "coolOff": ("cooling-off", "Ruhezeit"),
    "fields": ("awaited fields", "erwartete Angaben"),
    "outcomeUpdateEvery": ("rhythm of outcome updates", "Rhythmus der Rückmeldungen"),
    "wonLostReasonWithin": ("time to tell why it was won or lost", "Frist für den Grund von Gewinn oder Verlust"),
    "answerReturnWithin": ("time to answer a return", "Frist für die Antwort auf eine Rückgabe"),
    "sources": ("sources", "Absender"),
    "syncWithin": ("time to take over a change", "Frist für die Übernahme einer Änderung"),
    "needs": ("fields it must have", "Felder, die es haben muss"),
    "notices": ("notices", "Mitteilungen"),
    "digest": ("time for which notices are gathered", "Dauer, für die Mitteilungen gesammelt werden"),
    "metric": ("metric", "Kennzahl"),
    "party": ("party", "Partei"),
    "person": ("person", "Person"),
    "period": ("period", "Zeitraum"),
    "value": ("value", "Wert"),
    "topic": ("topic", "Thema"),
    "persona": ("persona", "Persona"),
    "buyingStage": ("buying stage", "Kaufphase"),
    "publishOn": ("day of publication", "Tag der Veröffentlichung"),
    "placements": ("placements", "Platzierungen"),
    "channels": ("channels", "Kanäle"),
    "goal": ("goal", "Zweck"),
    "callToAction": ("call to action", "Handlungsaufforderung"),
    "confirmedBy": ("person who confirms it", "bestätigende Person"),
    "dueOn": ("day by which it is done", "Tag der Fertigstellung"),
    "every": ("rhythm", "Rhythmus"),
    "weekday": ("weekday", "Wochentag"),
    "workingDay": ("working day", "Arbeitstag"),
    "beginsAt": ("beginning", "Beginn"),
    "calendar": ("calendar", "Kalender"),
    "teams": ("teams that take part", "teilnehmende Teams"),
    "people": ("people who take part", "teilnehmende Personen"),
    "after": ("beginning of its time", "Beginn der Frist"),
    "within": ("time limit", "Frist"),
    "activities": ("activities that count", "zählende Aktivitäten"),
    "silentFor": ("silence", "Funkstille"),
    "to": ("stage in its place", "Stufe an ihrer Stelle"),
    "callsFor": ("what it calls for", "geforderte Handlung"),
}
"""The name of a property inside a sentence."""

IS: Words = ("is", "ist")
ARE: Words = ("are", "sind")
PLURAL = frozenset(
    {
        *("points", "personas", "stages", "overflow", "sources", "needs", "notices", "hours", "holidays"),
        "scale",
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        *("attempts", "placements", "channels", "teams", "people", "activities", "signatories", "marketing", "sales"),
    }
)
"""The properties whose names stand for several."""

SENTENCES: dict[str, Words] = {
    "new": ("{thing} is new", "{thing} ist neu"),
    "new.about": ("{thing} is new: {about}", "{thing} ist neu: {about}"),
    "gone": ("{thing} is gone", "{thing} entfällt"),
    "moved": (
        "{thing} now stands at place {after} (was {before})",
        "{thing} steht jetzt an Stelle {after} (vorher {before})",
    ),
    "moved.around": (
        "{thing} keeps place {after}, but what stood before it now stands behind it",
        "{thing} bleibt an Stelle {after}, aber was davor stand, steht jetzt dahinter",
    ),
    "set": ("{place} {verb} now {after} (was {before})", "{place} {verb} jetzt {after} (vorher {before})"),
    "set.first": ("{place} {verb} now {after} (was not set)", "{place} {verb} jetzt {after} (vorher nicht gesetzt)"),
    "unset": ("{place} {verb} no longer set (was {before})", "{place} {verb} nicht mehr gesetzt (vorher {before})"),
    "value.new": ("{place} now also: {after}", "{place} jetzt auch: {after}"),
    "value.gone": ("{place} no longer: {before}", "{place} nicht mehr: {before}"),
    "part.new": ("{place} has a new part: {after}", "{place} hat einen neuen Teil: {after}"),
    "part.gone": ("{place} is without a part: {before}", "{place} hat einen Teil nicht mehr: {before}"),
    "all.new": ("{place} now also asks for: {after}", "{place} verlangt jetzt auch: {after}"),
    "all.gone": ("{place} no longer asks for: {before}", "{place} verlangt nicht mehr: {before}"),
    "any.new": ("{place} now also allows: {after}", "{place} lässt jetzt auch zu: {after}"),
    "any.gone": ("{place} no longer allows: {before}", "{place} lässt nicht mehr zu: {before}"),
    "trigger.set": ("{thing} now needs {after} (was {before})", "{thing} verlangt jetzt {after} (vorher {before})"),
    "trigger.all.new": ("{thing} now also needs {after}", "{thing} verlangt jetzt auch {after}"),
    "trigger.all.gone": ("{thing} no longer needs {before}", "{thing} verlangt nicht mehr {before}"),
    "trigger.any.new": ("{thing} now also holds for {after}", "{thing} gilt jetzt auch für {after}"),
    "trigger.any.gone": ("{thing} no longer holds for {before}", "{thing} gilt nicht mehr für {before}"),
}
"""Whole sentences."""

SCORED: dict[str, Words] = {
    "interest.points": ("{amount} interest points", "{amount} Interessenpunkte"),
    "fit.points": ("{amount} fit points", "{amount} Passungspunkte"),
}
"""Comparisons that read better with the number first: at least 60 interest points."""

LENGTHS: dict[str, tuple[Words, Words]] = {
    "BUSINESS.D": (("working day", "working days"), ("Arbeitstag", "Arbeitstage")),
    "BUSINESS.H": (("opening hour", "opening hours"), ("Öffnungsstunde", "Öffnungsstunden")),
    "BUSINESS.M": (("opening minute", "opening minutes"), ("Öffnungsminute", "Öffnungsminuten")),
    "BUSINESS.S": (("opening second", "opening seconds"), ("Öffnungssekunde", "Öffnungssekunden")),
    "ELAPSED.D": (("day", "days"), ("Tag", "Tage")),
    "ELAPSED.H": (("hour", "hours"), ("Stunde", "Stunden")),
    "ELAPSED.M": (("minute", "minutes"), ("Minute", "Minuten")),
    "ELAPSED.S": (("second", "seconds"), ("Sekunde", "Sekunden")),
}
"""Lengths of time by clock and unit: of one, of several."""

ABOUT: dict[str, Words] = {
    "from": ("from {from}", "ab {from}"),
    "content": ("{content}", "{content}"),
    "question": ("{question}", "{question}"),
    "at.audience": ("at {at}: {action} ({audience})", "bei {at}: {action} ({audience})"),
    "at": ("at {at}: {action}", "bei {at}: {action}"),
    "track": ("{track}, step {step}", "{track}, Schritt {step}"),
    "severity": ("severity {severity}", "Schwere {severity}"),
    "team": ("{team}", "{team}"),
    "to": ("by {to}", "durch {to}"),
    "skill": ("{skill}", "{skill}"),
    "maximum": ("at most {maximum} points", "höchstens {maximum} Punkte"),
}
"""The property most worth knowing of a thing without a name."""
CONTACTS: tuple[Words, Words] = (
    ("{count} contact within {span}", "{count} Kontakt, Zeitraum {span}"),
    ("{count} contacts within {span}", "{count} Kontakte, Zeitraum {span}"),
)
"""A frequency cap: of one contact, of several."""
QUOTED: Words = ("'{text}'", "„{text}“")
AND: Words = (" and ", " und ")


def said(words: Words, language: str, **parts: object) -> str:
    """Words in a language, English where it is another one."""
    text = words[LANGUAGES.index(language) if language in LANGUAGES else 0]
    return text.format(**parts) if parts else text


def length(duration: tuple[int, int], clock: str, language: str) -> str:
    """Days and seconds in words: 4 opening hours, 1 day and 30 minutes."""
    days, seconds = duration
    counts = {"D": days, "H": seconds // 3600, "M": seconds // 60 % 60, "S": seconds % 60}
    several = LANGUAGES.index(language) if language in LANGUAGES else 0
    parts = [f"{count} {LENGTHS[f'{clock}.{unit}'][several][count != 1]}" for unit, count in counts.items() if count]
    return said(AND, language).join(parts) or f"0 {LENGTHS[f'{clock}.D'][several][1]}"
