"""The words for values that a document chooses from a list of its own, in English and German."""

from __future__ import annotations

from rules.differences.change_words import Words

VALUES: dict[str, Words] = {
    "MARKETING": ("marketing", "Marketing"),
    "SALES": ("sales", "Vertrieb"),
    "TEXT": ("text", "Text"),
    "INTEGER": ("whole number", "ganze Zahl"),
    "DECIMAL": ("decimal number", "Dezimalzahl"),
    "BOOLEAN": ("yes or no", "ja oder nein"),
    "DATE": ("date", "Datum"),
    "DATE_TIME": ("date and time", "Datum mit Uhrzeit"),
    "ENUM": ("one of a list", "eines aus einer Liste"),
    "LIST": ("list", "Liste"),
    "LEAD": ("the lead", "Lead"),
    "ACCOUNT": ("the company", "Unternehmen"),
    "INBOUND": ("from the lead to us", "vom Lead zu uns"),
    "OUTBOUND": ("from us to the lead", "von uns zum Lead"),
    "PROSPECT": ("prospect", "Interessent"),
    "QUALIFIED": ("qualified by marketing", "vom Marketing qualifiziert"),
    "ACCEPTED": ("accepted by sales", "vom Vertrieb angenommen"),
    "SALES_QUALIFIED": ("qualified by sales", "vom Vertrieb qualifiziert"),
    "OPPORTUNITY": ("opportunity", "Verkaufschance"),
    "WON": ("won", "gewonnen"),
    "LOST": ("lost", "verloren"),
    "DISQUALIFIED": ("disqualified", "ausgeschieden"),
    "RECYCLED": ("back with marketing", "zurück beim Marketing"),
    "PULL": ("leads come by themselves", "Leads kommen von selbst"),
    "PUSH": ("somebody turns to leads", "jemand geht auf Leads zu"),
    "NOTIFY": ("tell somebody", "jemanden benachrichtigen"),
    "REASSIGN": ("give it to somebody else", "jemand anderem geben"),
    "RETURN": ("take it back to marketing", "ans Marketing zurückholen"),
    "PERSON": ("the assignee", "die zuständige Person"),
    "TEAM_LEAD": ("the leader of the team", "die Teamleitung"),
    "PARTY": ("the whole party", "die ganze Partei"),
    "MANAGEMENT": ("management", "die Geschäftsleitung"),
    "ROUND_ROBIN": ("one after the other", "reihum"),
    "WEIGHTED": ("by weight", "nach Gewicht"),
    "LEAST_LOADED": ("whoever has the fewest", "wer am wenigsten hat"),
    "OVERFLOW": ("overflow teams that are open come first", "geöffnete Ausweichteams zuerst"),
    "KEEP": ("the team keeps it", "das Team behält ihn"),
    "NURTURE": ("back to marketing to be nurtured", "zurück ans Marketing ins Nurturing"),
    "DISCARD": ("discarded for good", "endgültig verworfen"),
    "DATA": ("back to marketing for missing data", "zurück ans Marketing wegen fehlender Angaben"),
    "LOW": ("low", "gering"),
    "MEDIUM": ("medium", "mittel"),
    "HIGH": ("high", "hoch"),
    "WEEK": ("week", "Woche"),
    "MONTH": ("month", "Monat"),
    "QUARTER": ("quarter", "Quartal"),
    "YEAR": ("year", "Jahr"),
    "MON": ("Monday", "Montag"),
    "TUE": ("Tuesday", "Dienstag"),
    "WED": ("Wednesday", "Mittwoch"),
    "THU": ("Thursday", "Donnerstag"),
    "FRI": ("Friday", "Freitag"),
    "SAT": ("Saturday", "Samstag"),
    "SUN": ("Sunday", "Sonntag"),
    "MARKETING_AUTOMATION": ("marketing automation", "Marketing-Automatisierung"),
    "CRM": ("CRM", "CRM"),
    "OTHER": ("another one", "ein anderes"),
    "OFFER": ("an offer", "ein Angebot"),
    "TOUCHPOINT": ("a touchpoint", "ein Kundenkontakt"),
    "CONTACT": ("prompt contact", "rasche Kontaktaufnahme"),
}
"""The meaning of a value to people; the same word means the same wherever it stands."""

CHOSEN = frozenset(
    {
        *("party", "owner", "type", "of", "per", "direction", "kind", "action", "audience", "strategy", "afterHours"),
        *("destination", "severity", "period", "every", "weekday", "callsFor"),
    }
)
"""The properties whose values are chosen from such a list."""
