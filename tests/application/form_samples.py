"""For every code about form, text and conditions a document that makes it appear."""

from __future__ import annotations

from tests.application.finding_documents import (
    KNOWN,
    MEETING,
    Sample,
    bands,
    counting,
    deep,
    employees,
    points,
    trigger,
    two_signals,
    yaml,
)
from tests.domain.document_samples import small

PHONE = {"field": "activity.channel", "op": "eq", "value": "phone"}
CAMPAIGN = {"field": "activity.campaign", "op": "exists"}

FORM: list[Sample] = [
    # form
    ("MISSING", "title", lambda: small(title=None)),
    ("MISSING", "handover.returnReasons[x].destination", lambda: small(handover__returnReasons__x={"label": "X"})),
    ("UNKNOWN_SECTION", "sales", lambda: small(sales={})),
    ("UNKNOWN_PROPERTY", "handover.speed", lambda: small(handover__speed=1)),
    ("WRONG_TYPE", "priority", lambda: small(priority="high")),
    ("VALUE_NOT_ALLOWED", "journey.stages[won].kind", lambda: small(journey__stages__won__kind="HAPPY")),
    ("OUT_OF_RANGE", "handover.warnAt", lambda: small(handover__warnAt=2)),
    ("TOO_FEW_ITEMS", "handover.routing", lambda: small(handover__routing=[])),
    ("TOO_MANY_ITEMS", "handover.required", lambda: small(handover__required=["email"] * 5000)),
    ("TEXT_NOT_ALLOWED", "title", lambda: small(title="a\x00b")),
    ("MALFORMED_KEY", "handover.routing[0].team", lambda: small(handover__routing=[{"team": "a b"}])),
    ("KEY_REPEATED", "fields[email]", lambda: small(fields=[{"key": "email", "label": "E", "type": "TEXT"}] * 2)),
    ("KEY_MISMATCH", "fields", lambda: small(fields__email__key="mail")),
    ("BANDS_ORDER", "scoring.fit", lambda: small(scoring__fit__bands={"A": {"from": 0}, "B": {"from": 50}})),
    ("DATE_FORMAT", "reviewOn", lambda: small(reviewOn="2027-02-30")),
    ("DECIMAL_RANGE", "scoring.interest.maximum", lambda: small(scoring__interest__maximum="0.1234567")),
    ("DURATION_FORMAT", "handover.answerWithin.duration", lambda: small(handover__answerWithin={"duration": "4h"})),
    ("LIMIT_ZERO", "handover.answerWithin", lambda: small(handover__answerWithin={"duration": "PT0S"})),
    ("SPAN_ZERO", "scope.within", lambda: small(scope=KNOWN | {"within": "P0D"})),
    ("WHOLE_DAYS", "scoring.interest.signals[call]", lambda: small(scoring__interest__signals__call__window="PT5H")),
    ("EFFORT_WHEN", "activityTypes[call].effort", lambda: small(activityTypes__call__effort={"contact": "WHEN"})),
    ("FIELD_SCALE", "fields[email]", lambda: small(fields__email__scale=2)),
    ("FIELD_VALUES", "fields[email]", lambda: small(fields__email__type="ENUM")),
    ("LABEL_EMPTY", "fields[email].label", lambda: small(fields__email__label={})),
    ("LABEL_REPEATED", "title", lambda: small(title=[{"language": "en", "text": "A"}] * 2)),
    ("HOLIDAYS_UNKNOWN", "calendars[office].holidays", lambda: small(calendars__office__holidays={"country": "XX"})),
    ("TIME_ZONE_UNKNOWN", "calendars[office].timeZone", lambda: small(calendars__office__timeZone="Mars/Base")),
    ("INTERVAL_FORMAT", "calendars[office].hours.mon[0]", lambda: small(calendars__office__hours={"mon": ["9-17"]})),
    (
        "INTERVAL_ORDER",
        "calendars[office].hours.mon[0]",
        lambda: small(calendars__office__hours={"mon": ["17:00-09:00"]}),
    ),
    (
        "INTERVAL_OVERLAP",
        "calendars[office].hours.mon",
        lambda: small(calendars__office__hours={"mon": ["09:00-12:00", "11:00-13:00"]}),
    ),
    ("NEVER_OPEN", "calendars[office].hours", lambda: small(calendars__office__hours={})),
    (
        "TIME_FORMAT",
        "feedback.meetings[m].rhythm.beginsAt",
        lambda: small(
            feedback__meetings={"m": MEETING | {"rhythm": {"every": "MONTH", "workingDay": 3, "beginsAt": "25:00"}}}
        ),
    ),
    (
        "RHYTHM_DAY",
        "feedback.meetings[m].rhythm",
        lambda: small(feedback__meetings={"m": MEETING | {"rhythm": {"every": "MONTH"}}}),
    ),
    ("VALUE_SHAPE", "scope.value", lambda: small(scope={"field": "email", "op": "eq", "value": {"a": 1}})),
    ("VALUE_RANGE", "scope.value", lambda: small(scope={"field": "email", "op": "eq", "value": 10**40})),
    ("CONDITION_TOO_DEEP", "scope", lambda: small(scope=deep(30, KNOWN))),
    ("CONDITION_TOO_LARGE", "scope", lambda: small(scope={"any": [KNOWN] * 3000})),
    ("DOCUMENT_TOO_DEEP", "", lambda: small(scope=deep(80, KNOWN))),
    ("DOCUMENT_TOO_LARGE", "", lambda: small(title="x" * 1_100_000)),
    ("MORE_FINDINGS", "", lambda: small(**{f"s{n}": 1 for n in range(600)})),
    # text
    ("YAML_SYNTAX", "", lambda: "title: [A\n"),
    ("YAML_KEY", "", lambda: "? [a]\n: b\n"),
    ("YAML_KEY_REPEATED", "title", lambda: yaml("title: B\n")),
    ("YAML_ALIAS", "scope", lambda: yaml("scope: *x\n")),
    ("YAML_TAG", "", lambda: "title: !!python/name:os.system ''\n"),
    ("YAML_DOCUMENTS", "", lambda: "title: A\n---\ntitle: B\n"),
    # conditions
    ("UNKNOWN_FIELD", "scope.field", lambda: small(scope={"field": "x", "op": "exists"})),
    ("UNKNOWN_OPERATOR", "scope.op", lambda: small(scope={"field": "email", "op": "like", "value": "x"})),
    ("OPERATOR_NOT_FOR_TYPE", "scope.op", lambda: small(scope={"field": "email", "op": "gt", "value": 5})),
    ("FIELD_NOT_ALLOWED_HERE", "scope.field", lambda: small(scope={"field": "stage", "op": "eq", "value": "mql"})),
    ("SCORE_NOT_ALLOWED_HERE", "scope.field", lambda: small(scope=points("gte", 5))),
    ("NOT_FOR_THIS_FIELD", "scope.within", lambda: small(scope=KNOWN | {"within": "P5D"})),
    ("TOO_MANY_AGGREGATES", "", lambda: counting(201)),
    ("NAME_RESERVED", "fields[grade].key", lambda: small(fields__grade={"label": "G", "type": "TEXT"})),
    ("NEVER_HOLDS", "scope.value", lambda: small(scope={"field": "email", "op": "in", "value": []})),
    ("CONTRADICTION", "scope", lambda: small(scope={"all": [employees("gt", 9), employees("lt", 5)]})),
    ("ALWAYS_HOLDS", "handover.triggers[hot].when", lambda: trigger({"any": [KNOWN, {"not": KNOWN}]})),
    (
        "THRESHOLD_UNREACHABLE",
        "handover.triggers[hot].when.value",
        lambda: trigger({"field": "fit.percent", "op": "gt", "value": 100}),
    ),
    *(
        ("DECIMAL_RANGE", path, lambda change=change: small(**change))
        for path, change in {
            "scoring.interest.signals[call].points": {"scoring__interest__signals__call__points": 0.005},
            "scoring.interest.maximum": {"scoring__interest__maximum": 10.333},
            "scoring.interest.groups[g].maximum": {"scoring__interest__groups": {"g": {"maximum": 5.125}}},
            "scoring.fit.criteria[size].bands[0].points": {
                "scoring__fit__criteria__size__bands": [{"when": employees("gte", 5), "points": 0.333}]
            },
        }.items()
    ),
    *(
        ("SIGNALS_OVERLAP", "scoring.interest.signals[again]", lambda when=when: two_signals(*when))
        for when in ((None, None), (None, PHONE), (PHONE, CAMPAIGN))
    ),
    (
        "SCORE_SKIPPED",
        "handover.triggers[hot].when.all[0]",
        lambda: trigger({"all": [points("gte", 5), KNOWN]}, handRaiser=True),
    ),
    (
        "BAND_UNREACHABLE",
        "scoring.fit.bands[A].from",
        lambda: small(scoring__fit__bands={"A": {"from": 101}, "B": {"from": 0}}),
    ),
    (
        "BAND_NEVER_COUNTS",
        "scoring.fit.criteria[size].bands[1].when",
        lambda: bands(employees("gte", 5), employees("gte", 9)),
    ),
    *(
        (
            f"{kind.upper()}_NEVER_COUNTS",
            f"{kind}s[few].when",
            lambda kind=kind: small(
                **{
                    f"{kind}s": {
                        "some": {"label": "S", "when": employees("gte", 5)},
                        "few": {"label": "F", "when": employees("gte", 9)},
                    }
                }
            ),
        )
        for kind in ("persona", "segment")
    ),
    (
        "TRIGGER_NEVER_COUNTS",
        "handover.triggers[low].when",
        lambda: small(handover__triggers__low={"label": "L", "priority": -1, "when": points("gte", 20)}),
    ),
    (
        "TRIGGER_EXCLUDED",
        "handover.triggers[hot].when",
        lambda: (
            trigger(employees("lt", 5))
            | {"scoring": small(scoring__exclusions={"x": {"reason": "X", "when": employees("lt", 9)}})["scoring"]}
        ),
    ),
]
