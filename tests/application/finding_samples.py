"""For every other code of a finding a document that makes it appear; some need teams or other agreements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from application.documents.surroundings import NOTHING, Surroundings
from domain.people.team import Member
from tests.application.finding_documents import (
    FAIR,
    HOUR,
    INSIDE,
    KNOWN,
    MEETING,
    STEP,
    STORY,
    TRACK,
    Sample,
    beside,
    employees,
    nurturing,
    systems,
    team,
)
from tests.application.form_samples import FORM
from tests.domain.document_samples import small

PROMISES: list[Sample] = [
    # journey and groups
    ("UNKNOWN_STAGE", "journey.stages[won].next[0]", lambda: small(journey__stages__won__next=["x"])),
    (
        "UNKNOWN_BUYING_STAGE",
        "journey.stages[won].buyingStages[0]",
        lambda: small(journey__stages__won__buyingStages=["x"]),
    ),
    ("STAGE_NEXT_ITSELF", "journey.stages[won].next[0]", lambda: small(journey__stages__won__next=["won"])),
    ("STAGE_KIND_MISSING", "journey.stages", lambda: small(journey__stages__won=None)),
    (
        "STAGE_UNREACHABLE",
        "journey.stages[island]",
        lambda: small(journey__stages__island={"label": "I", "kind": "OPPORTUNITY", "owner": "SALES"}),
    ),
    (
        "STAGE_LOOP",
        "journey.stages[prospect].entry",
        lambda: small(
            journey__stages__prospect__entry=KNOWN,
            journey__stages__mql__entry=KNOWN,
            journey__stages__mql__next=["sal", "prospect"],
        ),
    ),
    ("ENTRY_WITHOUT_TRANSITION", "journey.stages[out].entry", lambda: small(journey__stages__out__entry=KNOWN)),
    ("ENTRY_NOT_USED", "journey.stages[sal].entry", lambda: small(journey__stages__sal__entry=KNOWN)),
    (
        "STAGE_ORDER",
        "segments[s].journey[1]",
        lambda: small(segments={"s": {"label": "S", "when": KNOWN, "journey": ["mql", "prospect"]}}),
    ),
    (
        "STAGE_TWICE",
        "segments[s].journey[1]",
        lambda: small(segments={"s": {"label": "S", "when": KNOWN, "journey": ["mql", "mql"]}}),
    ),
    ("CLOCK_NEVER_STOPS", "journey.stages[won].timeLimit", lambda: small(journey__stages__won__timeLimit=HOUR)),
    (
        "CLOCK_NEVER_STARTS",
        "feedback.outcomeUpdateEvery",
        lambda: small(feedback__outcomeUpdateEvery=HOUR, journey__stages__sal__kind="QUALIFIED"),
    ),
    (
        "MEASURE_FOR_NOTHING",
        "journey.stages[lost].measures[fair]",
        lambda: small(journey__stages__lost__measures={"fair": FAIR}),
    ),
    (
        "KEY_AMBIGUOUS",
        "journey.stages[sal].measures[fair]",
        lambda: small(journey__stages__mql__measures={"fair": FAIR}, journey__stages__sal__measures={"fair": FAIR}),
    ),
    ("UNKNOWN_CALENDAR", "defaultCalendar", lambda: small(defaultCalendar="nowhere")),
    # scoring
    (
        "UNKNOWN_ACTIVITY_TYPE",
        "scoring.interest.signals[call].activity",
        lambda: small(scoring__interest__signals__call__activity="fax"),
    ),
    (
        "UNKNOWN_GROUP",
        "scoring.interest.signals[call].group",
        lambda: small(scoring__interest__signals__call__group="x"),
    ),
    ("GROUP_UNUSED", "scoring.interest.groups[g]", lambda: small(scoring__interest__groups={"g": {"maximum": 5}})),
    # handover
    ("REQUIRED_TWICE", "handover.required[1]", lambda: small(handover__required=["email", "email"])),
    ("ESCALATION_ORDER", "handover.escalation[1].at", lambda: small(handover__escalation=[STEP, STEP | {"at": 0.5}])),
    (
        "ESCALATION_WITHOUT_AUDIENCE",
        "handover.escalation[0].audience",
        lambda: small(handover__escalation=[{"at": 0.5, "action": "NOTIFY"}, STEP]),
    ),
    ("ESCALATION_MISSING", "handover.escalation", lambda: small(handover__escalation=[])),
    (
        "ESCALATION_ENDS_WITH_NOBODY",
        "handover.escalation[0]",
        lambda: small(handover__escalation=[STEP | {"audience": "PERSON"}]),
    ),
    (
        "OVERFLOW_TO_ITSELF",
        "handover.routing[0].overflow[0]",
        lambda: small(handover__routing=[{"team": "a", "overflow": ["a"]}]),
    ),
    (
        "OVERFLOW_TWICE",
        "handover.routing[0].overflow[1]",
        lambda: small(handover__routing=[{"team": "a", "overflow": ["b", "b"]}]),
    ),
    ("ROUTE_UNREACHABLE", "handover.routing[1]", lambda: small(handover__routing=[{"team": "a"}, {"team": "b"}])),
    ("ROUTING_GAP", "handover.routing[0].when", lambda: small(handover__routing=[{"team": "a", "when": KNOWN}])),
    (
        "SKILL_TWICE",
        "handover.routing[0].skills[1]",
        lambda: small(handover__routing=[{"team": "a", "skills": [{"skill": "english"}] * 2}]),
    ),
    (
        "UNKNOWN_PURPOSE",
        "handover.requiredConsents[0].purpose",
        lambda: small(handover__requiredConsents=[{"purpose": "calls", "channel": "phone"}]),
    ),
    (
        "CHANNELS_FOLD_ALIKE",
        "channels[post].aliases[0]",
        lambda: small(channels={"email": {"label": "E"}, "post": {"label": "P", "aliases": ["E-Mail"]}}),
    ),
    (
        "PURPOSES_FOLD_ALIKE",
        "contact.consents[News_Mail]",
        lambda: small(contact={"consents": {"news-mail": {"label": "N"}, "News_Mail": {"label": "N"}}}),
    ),
    (
        "CONSENT_NOT_ASKED",
        "activityTypes[mail].channel",
        lambda: small(activityTypes__mail={"label": "Mail", "direction": "OUTBOUND", "channel": "email"}),
    ),
    ("ALIAS_EMPTY", "channels[post].aliases[0]", lambda: small(channels={"post": {"label": "P", "aliases": [" -"]}})),
    (
        "FIELDS_UNUSED",
        "handover.returnReasons[no-need].fields",
        lambda: small(**{"handover__returnReasons__no-need__fields": ["email"]}),
    ),
    (
        "COOL_OFF_UNUSED",
        "handover.returnReasons[no-need].coolOff",
        lambda: small(**{"handover__returnReasons__no-need__destination": "DISCARD"}),
    ),
    (
        "COOL_OFF_MISSING",
        "handover.returnReasons[no-need]",
        lambda: small(**{"handover__returnReasons__no-need__coolOff": None}),
    ),
    (
        "ATTEMPTS_UNCOUNTABLE",
        "handover.returnReasons[x].requires.channels",
        lambda: small(handover__returnReasons__x={"label": "X", "destination": "NURTURE", "requires": {"channels": 9}}),
    ),
    (
        "EVIDENCE_BEYOND_LIMIT",
        "handover.returnReasons[x].requires.after",
        lambda: small(
            handover__returnReasons__x={"label": "X", "destination": "NURTURE", "requires": {"after": "P9D"}}
        ),
    ),
    ("PAUSE_UNBOUNDED", "handover", lambda: small(handover__maxPause=None)),
    (
        "PARTY_UNKNOWN",
        "activityTypes[mail]",
        lambda: small(activityTypes__mail={"label": "Mail", "direction": "OUTBOUND"}),
    ),
    # nurturing
    (
        "UNKNOWN_PERSONA",
        "nurturing.tracks[a].personas[0]",
        lambda: nurturing(tracks={"a": TRACK | {"personas": ["x"]}}),
    ),
    (
        "CONTENT_TWICE",
        "nurturing.tracks[a].steps[1].content",
        lambda: nurturing(tracks={"a": TRACK | {"steps": TRACK["steps"] * 2}}),
    ),
    ("TRACK_NEVER_ADVANCES", "nurturing.tracks", lambda: small(nurturing={"tracks": {"a": TRACK}})),
    (
        "UNKNOWN_RETURN_REASON",
        "nurturing.returns[x]",
        lambda: nurturing(tracks={"a": TRACK}, returns={"x": {"track": "a"}}),
    ),
    ("UNKNOWN_TRACK", "nurturing.returns[no-need].track", lambda: nurturing(returns={"no-need": {"track": "x"}})),
    (
        "UNKNOWN_STEP",
        "nurturing.returns[no-need].step",
        lambda: nurturing(tracks={"a": TRACK}, returns={"no-need": {"track": "a", "step": 2}}),
    ),
    (
        "NURTURE_WITHOUT_TRACK",
        "handover.returnReasons[no-need]",
        lambda: nurturing(tracks={"a": TRACK | {"stages": ["prospect"]}}),
    ),
    (
        "QUESTION_NOT_NEEDED",
        "nurturing.questions[0].field",
        lambda: nurturing(questions=[{"field": "account.employees", "question": "?"}]),
    ),
    (
        "QUESTION_TWICE",
        "nurturing.questions[1].field",
        lambda: nurturing(questions=[{"field": "email", "question": "?"}] * 2),
    ),
    # systems and obligations
    ("UNKNOWN_SYSTEM", "fields[email].owner", lambda: systems({"owner": "fax"})),
    ("SOURCE_TWICE", "systems[mail].sources[0]", lambda: systems(sources=["crm"])),
    (
        "NEED_WITHOUT_OWNER",
        "systems[mail].needs[0]",
        lambda: systems({"owner": None}, needs=["email"], syncWithin=HOUR),
    ),
    ("NEEDS_WITHOUT_LIMIT", "systems[mail].needs", lambda: systems(needs=["email"])),
    ("UNKNOWN_OBLIGATION", "obligations[x]", lambda: small(obligations={"x": {}})),
    (
        "ESCALATION_UNUSED",
        "obligations[answer].escalation",
        lambda: small(obligations={"answer": {"escalation": [STEP]}}),
    ),
    (
        "ESCALATION_ACTION",
        "obligations[meeting].escalation[0].action",
        lambda: small(obligations={"meeting": {"escalation": [{"at": 1, "action": "REASSIGN"}]}}),
    ),
    # promises and targets
    ("OWNER_MISSING", "material[s].owner", lambda: small(material={"s": STORY | {"owner": {"party": "MARKETING"}}})),
    (
        "CONFIRMED_BY_OWNER",
        "material[s].confirmedBy",
        lambda: small(material={"s": STORY | {"confirmedBy": "anna.berg"}}),
    ),
    ("NOBODY_TAKES_PART", "feedback.meetings[m]", lambda: small(feedback__meetings={"m": MEETING | {"people": []}})),
    ("DATE_OUT_OF_RANGE", "reviewOn", lambda: small(reviewOn="9999-12-31")),
    ("DATE_PAST", "reviewOn", lambda: small(reviewOn="2020-01-01")),
    (
        "SIGNATORY_FOR_BOTH",
        "signatories.sales[1]",
        lambda: small(signatories={"marketing": ["Mara"], "sales": ["x", "mara "]}),
    ),
    ("REPLACED_UNKNOWN", "replaced.stages[x].to", lambda: small(replaced={"stages": {"x": {"to": "y"}}})),
    ("REPLACED_UNUSED", "replaced.stages[sal]", lambda: small(replaced={"stages": {"sal": {"to": "won"}}})),
    ("TARGET_FOR_NOBODY", "targets[t]", lambda: small(targets={"t": {"metric": "won", "period": "YEAR", "value": 3}})),
    (
        "TARGETS_DO_NOT_MEET",
        "targets[orders].value",
        lambda: small(
            journey__stages__sal__winProbability=0.1,
            targets={
                "accepted": {"metric": "accepted-leads", "party": "MARKETING", "period": "QUARTER", "value": 10},
                "orders": {"metric": "won", "party": "SALES", "period": "YEAR", "value": 5},
            },
        ),
    ),
    ("LANGUAGE_MISSING", "journey.stages[mql].label", lambda: small(title={"en": "Small", "de": "Klein"})),
]


WITH_OTHERS: list[tuple[str, str, Callable[[], Any], Surroundings]] = [
    (
        "TARGETS_DO_NOT_ADD_UP",
        "targets[all].value",
        lambda: small(
            targets={
                "all": {"metric": "won", "party": "SALES", "period": "YEAR", "value": 9},
                "one": {"metric": "won", "party": "SALES", "team": "inside", "period": "YEAR", "value": 5},
            }
        ),
        NOTHING,
    ),
    (
        "TARGET_EXCEEDS_CAPACITY",
        "targets[t].value",
        lambda: small(targets={"t": INSIDE | {"value": 31}}),
        team(Member("jonas", max_per_month=10)),
    ),
    ("TEAM_WITHOUT_MEMBERS", "handover.routing[0].team", small, team(Member("jonas", active=False))),
    ("ESCALATION_ENDS_WITH_NOBODY", "handover.escalation[0].audience", small, team(Member("jonas"), leader=None)),
    ("UNKNOWN_TEAM", "handover.routing[0].team", small, team(Member("jonas"), key="others")),
    ("UNKNOWN_PERSON", "accountable", lambda: small(accountable="ana"), team(Member("jonas"))),
    ("UNKNOWN_CALENDAR", "calendars", small, team(Member("jonas"), calendar="elsewhere")),
    ("PRIORITY_TIE", "priority", lambda: small(scope=employees("gte", 5)), beside(scope=employees("lt", 9))),
]


SAMPLES = [*FORM, *PROMISES]
