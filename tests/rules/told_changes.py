"""Changes of a document, each with the sentence for it in English and in German."""

from __future__ import annotations

from typing import Any

from tests.domain.document_samples import small

HOT = "handover__triggers__hot__when"


POINTS = {"field": "interest.points", "op": "gte", "value": 50}


SIZE = {"field": "account.employees", "op": "gte", "value": 50}


MAIL = {"field": "email", "op": "exists"}


CALLS = {"field": "activities.call.count", "op": "gte", "value": 2, "within": "P30D"}


LIMIT = {"duration": "P1D", "clock": "ELAPSED"}


OURS = {"party": "MARKETING", "person": "anna.berg"}


STORY = {"label": "Story", "publishOn": "2027-05-03", "owner": OURS}


REVIEW = {"label": "Review", "rhythm": {"every": "MONTH", "workingDay": 3}, "owner": OURS, "teams": ["inside"]}


QUIET = {"label": "Quiet", "silentFor": "P180D", "within": {"duration": "P5D"}, "owner": OURS}


CAP = {"contacts": 2, "within": "P7D"}


STEPS = [{"content": "guide", "channel": "email"}, {"content": "call", "channel": "phone", "wait": "P7D"}]


TRACK = {"label": "All", "steps": STEPS}


TOLD: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    (
        "a longer time in which activities count",
        {HOT: CALLS},
        {HOT: CALLS | {"within": "P60D"}},
        "Trigger 'hot' now needs Call (number in 60 days) at least 2 (was Call (number in 30 days) at least 2)",
        "Auslöser „hot“ verlangt jetzt Call (Anzahl in 60 Tagen) mindestens 2"
        " (vorher Call (Anzahl in 30 Tagen) mindestens 2)",
    ),
    (
        "another owner of a stage",
        {},
        {"journey__stages__prospect__owner": "SALES"},
        "Stage 'prospect': owner is now sales (was marketing)",
        "Stufe „prospect“: Zuständigkeit ist jetzt Vertrieb (vorher Marketing)",
    ),
    (
        "a step of the escalation more",
        {"handover__escalation": []},
        {"handover__escalation": [{"at": 1.5, "action": "NOTIFY", "audience": "TEAM_LEAD"}]},
        "Escalation step 1 is new: at 150%: tell somebody (the leader of the team)",
        "Eskalationsschritt 1 ist neu: bei 150 %: jemanden benachrichtigen (die Teamleitung)",
    ),
    (
        "a stage that is replaced",
        {},
        {"replaced": {"stages": {"demo": {"to": "sal"}}}},
        "Replaced stage 'demo' is new: by sal",
        "Ersetzte Stufe „demo“ ist neu: durch sal",
    ),
    (
        "another stage in its place",
        {"replaced": {"stages": {"demo": {"to": "sal"}}}},
        {"replaced": {"stages": {"demo": {"to": "mql"}}}},
        "Replaced stage 'demo': stage in its place is now mql (was sal)",
        "Ersetzte Stufe „demo“: Stufe an ihrer Stelle ist jetzt mql (vorher sal)",
    ),
    (
        "another digest of notices",
        {"notices": {"digest": "PT15M"}},
        {"notices": {"digest": "PT4H"}},
        "Time for which notices are gathered is now 4 hours (was 15 minutes)",
        "Dauer, für die Mitteilungen gesammelt werden ist jetzt 4 Stunden (vorher 15 Minuten)",
    ),
    (
        "another day of publication",
        {"material": {"story": STORY}},
        {"material": {"story": STORY | {"publishOn": "2027-06-01"}}},
        "Material 'story': day of publication is now 2027-06-01 (was 2027-05-03)",
        "Material „story“: Tag der Veröffentlichung ist jetzt 2027-06-01 (vorher 2027-05-03)",
    ),
    (
        "a piece of material more",
        {},
        {"material": {"story": STORY}},
        "Material 'story' is new: Story",
        "Material „story“ ist neu: Story",
    ),
    (
        "another owner of a meeting",
        {"feedback": {"meetings": {"review": REVIEW}}},
        {"feedback": {"meetings": {"review": REVIEW | {"owner": OURS | {"person": "tim.richter"}}}}},
        "Meeting 'review': person is now tim.richter (was anna.berg)",
        "Besprechung „review“: Person ist jetzt tim.richter (vorher anna.berg)",
    ),
    (
        "another rhythm",
        {"feedback": {"meetings": {"review": REVIEW}}},
        {"feedback": {"meetings": {"review": REVIEW | {"rhythm": {"every": "MONTH", "workingDay": -1}}}}},
        "Meeting 'review': working day is now -1 (was 3)",
        "Besprechung „review“: Arbeitstag ist jetzt -1 (vorher 3)",
    ),
    (
        "a longer silence",
        {"afterSales": {"reactivations": {"quiet": QUIET}}},
        {"afterSales": {"reactivations": {"quiet": QUIET | {"silentFor": "P90D"}}}},
        "Re-activation 'quiet': silence is now 90 days (was 180 days)",
        "Wiederbelebung „quiet“: Funkstille ist jetzt 90 Tage (vorher 180 Tage)",
    ),
    (
        "a frequency cap",
        {"nurturing": {"cap": CAP | {"contacts": 1}}},
        {"nurturing": {"cap": CAP}},
        "Limit of contacts is now 2 contacts within 7 days (was 1 contact within 7 days)",
        "Kontaktgrenze ist jetzt 2 Kontakte, Zeitraum 7 Tage (vorher 1 Kontakt, Zeitraum 7 Tage)",
    ),
    (
        "how long a step waits",
        {"nurturing": {"tracks": {"all": TRACK}}},
        {"nurturing": {"tracks": {"all": TRACK | {"steps": [STEPS[0], STEPS[1] | {"wait": "P9D"}]}}}},
        "Nurture track 'all', step 2: wait before is now 9 days (was 7 days)",
        "Nurture-Strecke „all“, Schritt 2: Wartezeit davor ist jetzt 9 Tage (vorher 7 Tage)",
    ),
    (
        "a threshold",
        {HOT: {"all": [MAIL, POINTS]}},
        {HOT: {"all": [MAIL, POINTS | {"value": 60}]}},
        "Trigger 'hot' now needs at least 60 interest points (was 50)",
        "Auslöser „hot“ verlangt jetzt mindestens 60 Interessenpunkte (vorher 50)",
    ),
    (
        "an operator",
        {HOT: SIZE},
        {HOT: SIZE | {"op": "gt"}},
        "Trigger 'hot' now needs Employees over 50 (was Employees at least 50)",
        "Auslöser „hot“ verlangt jetzt Employees über 50 (vorher Employees mindestens 50)",
    ),
    (
        "one more condition",
        {HOT: {"all": [POINTS]}},
        {HOT: {"all": [POINTS, MAIL]}},
        "Trigger 'hot' now also needs E-mail is known",
        "Auslöser „hot“ verlangt jetzt auch E-mail ist bekannt",
    ),
    (
        "one choice less",
        {HOT: {"any": [POINTS, MAIL]}},
        {HOT: {"any": [POINTS]}},
        "Trigger 'hot' no longer holds for E-mail is known",
        "Auslöser „hot“ gilt nicht mehr für E-mail ist bekannt",
    ),
    (
        "inside of a negation",
        {HOT: {"not": {"all": [SIZE]}}},
        {HOT: {"not": {"all": [SIZE, MAIL]}}},
        "Trigger 'hot': condition has a new part: E-mail is known",
        "Auslöser „hot“: Bedingung hat einen neuen Teil: E-mail ist bekannt",
    ),
    (
        "a new scope",
        {},
        {"scope": SIZE},
        "Scope is now Employees at least 50 (was not set)",
        "Geltungsbereich ist jetzt Employees mindestens 50 (vorher nicht gesetzt)",
    ),
    (
        "the points of a band",
        {},
        {"scoring__fit__criteria__size__bands": [{"when": SIZE, "points": 62.5}]},
        "Criterion 'size', band 1: points are now 62.5 (was 100)",
        "Kriterium „size“, Stufe 1: Punkte sind jetzt 62,5 (vorher 100)",
    ),
    (
        "a time limit",
        {},
        {"handover__answerWithin": {"duration": "PT1H30M"}},
        "Time to answer is now 1 opening hour and 30 opening minutes (was 4 opening hours)",
        "Antwortfrist ist jetzt 1 Öffnungsstunde und 30 Öffnungsminuten (vorher 4 Öffnungsstunden)",
    ),
    (
        "a limit that is gone",
        {"handover__contactWithin": LIMIT},
        {},
        "Time to first contact is no longer set (was 1 day)",
        "Frist für den ersten Kontakt ist nicht mehr gesetzt (vorher 1 Tag)",
    ),
    (
        "a length of time",
        {},
        {"handover__returnReasons__no-need__coolOff": "P14D"},
        "Return reason 'no-need': cooling-off is now 14 days (was 30 days)",
        "Rückgabegrund „no-need“: Ruhezeit ist jetzt 14 Tage (vorher 30 Tage)",
    ),
    (
        "a label in a language",
        {"title": {"en": "Small", "de": "Klein"}},
        {"title": {"en": "Small", "de": "Kleiner"}},
        "Title (de) is now 'Kleiner' (was 'Klein')",
        "Titel (de) ist jetzt „Kleiner“ (vorher „Klein“)",
    ),
    (
        "a value of several",
        {},
        {"journey__stages__mql__next": ["sal", "out"]},
        "Stage 'mql': next stages now also: out",
        "Stufe „mql“: nächste Stufen jetzt auch: out",
    ),
    (
        "a new trigger",
        {},
        {"handover__triggers": {**small()["handover"]["triggers"], "call": {"label": "Calls", "when": MAIL}}},
        "Trigger 'call' is new: Calls",
        "Auslöser „call“ ist neu: Calls",
    ),
    (
        "a route in front",
        {},
        {"handover__routing": [{"team": "west", "when": SIZE}, {"team": "inside"}]},
        "Route 1 (west) is new: Employees at least 50",
        "Weg 1 (west) ist neu: Employees mindestens 50",
    ),
    (
        "a share",
        {},
        {"handover__warnAt": 0.5},
        "Warning after this share of the time is now 50% (was 75%)",
        "Warnung nach diesem Anteil der Frist ist jetzt 50 % (vorher 75 %)",
    ),
    (
        "a yes",
        {},
        {"handover__triggers__hot__handRaiser": True},
        "Trigger 'hot': hand-raiser is now yes (was no)",
        "Auslöser „hot“: Kontaktwunsch ist jetzt ja (vorher nein)",
    ),
]
