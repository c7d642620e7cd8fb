"""Random documents and leads to judge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from domain.facts import ActivityFact, BuyingCentre, GivenConsent, LastReturn, LeadFacts
from tests.rules.samples import NOW, document_data, when
from tests.rules.strategies import small_conditions as conditions

NEWS = {"purpose": "news", "channel": "email"}
TYPES = ["download", "webinar", "form"]

points = st.sampled_from([-7.5, -1, 0, 0.01, 1, 2.5, 10, 33.333333, 100])
_spans = st.none() | st.sampled_from(["P1D", "P3D", "P7D", "P30D", "P90D"])
_scores = st.one_of(
    st.builds(
        when, st.sampled_from(["fit.points", "interest.points"]), st.sampled_from(["gte", "lt"]), st.integers(-5, 60)
    ),
    st.builds(when, st.just("fit.percent"), st.sampled_from(["gt", "lte"]), st.sampled_from([0, 33.33, 50, 99.995])),
    st.builds(when, st.just("grade"), st.just("in"), st.lists(st.sampled_from(["A1", "A2", "B1", "B2"]), max_size=3)),
    st.builds(when, st.just("stage"), st.sampled_from(["eq", "neq"]), st.sampled_from(["contact", "engaged", "mql"])),
    st.builds(when, st.just("buyingCentre.size"), st.sampled_from(["gte", "lt"]), st.integers(1, 4)),
    st.builds(when, st.just("buyingCentre.bestGrade"), st.just("in"), st.just(["A1", "B2"])),
)
_counts = st.builds(
    when, st.sampled_from(["activities.form", "activities.download"]), st.just("gte"), st.integers(0, 3)
)
_where = st.one_of(
    st.builds(when, st.just("activity.campaign"), st.sampled_from(["eq", "neq"]), st.sampled_from(["a", "abc"])),
    st.builds(when, st.just("activity.channel"), st.just("eq"), st.sampled_from(["website", "fair"])),
)
_spans_of_time = st.sampled_from(["PT4H", "P1D", "P7D", "P30D", "P90D", "P36500D"])
_names = st.builds(
    "activities.{}.{}".format,
    st.sampled_from([*TYPES, "*"]),
    st.sampled_from(["count", "lastDays", "distinct.campaign", "distinct.channel"]),
)
_operands = st.one_of(
    st.tuples(st.sampled_from(["eq", "neq", "lt", "lte", "gt", "gte"]), st.sampled_from([0, 1, 2, 7, 30, 2**53])),
    st.tuples(st.sampled_from(["in", "notIn"]), st.lists(st.integers(0, 9), max_size=3)),
    st.tuples(st.just("between"), st.lists(st.integers(0, 40), min_size=2, max_size=2)),
    st.just(("exists", None)),
)


@st.composite
def measured(draw: st.DrawFn) -> dict[str, Any]:
    """A comparison of a number over activities."""
    found = when(draw(_names), *draw(_operands))
    optional = {"within": draw(st.none() | _spans_of_time), "where": draw(st.none() | _where)}
    return found | {name: value for name, value in optional.items() if value is not None}


_late = st.one_of(
    _scores, _counts, conditions, st.lists(_scores, min_size=1, max_size=3).map(lambda found: {"all": found})
)
_of_activity = st.one_of(
    st.builds(when, st.just("activity.campaign"), st.sampled_from(["eq", "startsWith"]), st.sampled_from(["a", "ab"])),
    st.builds(when, st.just("activity.channel"), st.just("eq"), st.sampled_from(["website", "fair"])),
    st.builds(when, st.just("account.employees"), st.just("gt"), st.integers(0, 60)),
)


@st.composite
def signals(draw: st.DrawFn) -> dict[str, Any]:
    """A signal with or without cap, window, half-life and condition."""
    found: dict[str, Any] = {"label": "x", "activity": draw(st.sampled_from(TYPES)), "points": draw(points)}
    optional = {
        "maxCount": draw(st.none() | st.integers(1, 3)),
        "window": draw(_spans),
        "halfLife": draw(_spans),
        "when": draw(st.none() | _of_activity | conditions),
    }
    return found | {name: value for name, value in optional.items() if value is not None}


def _named(items: list[Any]) -> dict[str, Any]:
    return {f"k{number}": item for number, item in enumerate(items)}


_bands = st.lists(st.fixed_dictionaries({"when": conditions, "points": points}), min_size=1, max_size=3)
_criteria = st.fixed_dictionaries({"label": st.just("x"), "weight": st.sampled_from([0.5, 1, 3.3]), "bands": _bands})
_triggers = st.fixed_dictionaries(
    {"label": st.just("x"), "priority": st.integers(0, 2), "handRaiser": st.booleans(), "when": _late}
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document as JSON with random criteria, signals, exclusions, triggers, stage entries and routes."""
    data = document_data(
        scoring__fit__criteria=_named(draw(st.lists(_criteria, max_size=3))),
        scoring__interest__signals=_named(draw(st.lists(signals(), max_size=4))),
        scoring__exclusions=_named([{"reason": "x", "when": c} for c in draw(st.lists(conditions, max_size=2))]),
        handover__triggers=_named(draw(st.lists(_triggers, min_size=1, max_size=3))),
        handover__required=draw(st.sampled_from([[], ["phone"], ["phone", "account.employees"]])),
        handover__requiredConsents=draw(st.sampled_from([[], [], [NEWS], [NEWS, NEWS | {"channel": "phone"}]])),
        handover__routing=[{"team": "t", "when": c} for c in draw(st.lists(conditions | _scores, max_size=2))]
        + [{"team": "inside"}],
    )
    if draw(st.integers(0, 3)) == 3:
        data["scope"] = draw(conditions)
    if draw(st.booleans()):
        data["scoring"]["interest"]["maximum"] = draw(st.sampled_from([5, 20, 33.33]))
    stages = data["journey"]["stages"] = {key: dict(stage) for key, stage in data["journey"]["stages"].items()}
    for key in draw(st.lists(st.sampled_from(["engaged", "mql", "sal"]), unique=True)):
        stages[key]["entry"] = draw(_late)
    return data


@st.composite
def grouped_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document whose leads go ways of their own by segment, with stages that only some segments know."""
    data = draw(documents())
    stages, late = data["journey"]["stages"], st.none() | _late
    for key, kind, following in (("trial", "PROSPECT", ["pql", "mql"]), ("pql", "QUALIFIED", ["sal", "customer"])):
        entry = draw(late)
        added = {"label": "x", "kind": kind, "owner": "MARKETING", "next": following}
        stages = {key: added | ({} if entry is None else {"entry": entry})} | stages
    order = [key for key in ("contact", "trial", "engaged", "pql", "mql") if key in stages]
    data["journey"]["stages"] = {key: stages[key] for key in [*order, *(key for key in stages if key not in order)]}
    ways = st.lists(st.sampled_from(list(stages)), unique=True, max_size=6)
    employees = st.builds(when, st.just("account.employees"), st.sampled_from(["lt", "gte"]), st.integers(0, 60))
    drawn = draw(st.lists(st.tuples(conditions | employees, ways), min_size=1, max_size=3))
    data["segments"] = _named([{"label": "x", "when": condition, "journey": way} for condition, way in drawn])
    data["personas"] = _named([{"label": "x", "when": draw(conditions | employees)} for _ in drawn])
    return _asking_who(draw, data)


@st.composite
def _of_group(draw: st.DrawFn, keys: list[str]) -> dict[str, Any]:
    """A comparison of who the lead is."""
    name, key = draw(st.sampled_from(["persona", "segment"])), st.sampled_from(keys)
    one = st.tuples(st.sampled_from(["eq", "neq"]), key)
    several = st.tuples(st.sampled_from(["in", "notIn"]), st.lists(key, max_size=2))
    found = when(name, *draw(st.one_of(one, several, st.just(("exists", None)))))
    return {"not": found} if draw(st.booleans()) else found


def _asking_who(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """The document, some of whose conditions also ask who the lead is."""
    asked = _of_group(list(data["segments"]))
    joined = st.tuples(st.sampled_from(["all", "any"]), st.lists(asked | _late, min_size=1, max_size=2), asked)
    late = joined.map(lambda found: {found[0]: [*found[1], found[2]]})
    trigger = {"label": "x", "priority": draw(st.integers(0, 2)), "when": draw(late)}
    data["handover"]["triggers"] = data["handover"]["triggers"] | {"who": trigger}
    data["handover"]["routing"] = [{"team": "t", "when": draw(asked)}, *data["handover"]["routing"]]
    data["scoring"]["exclusions"] = data["scoring"]["exclusions"] | {"who": {"reason": "x", "when": draw(asked)}}
    of_activity = {"all": [draw(asked), draw(_of_activity)]}
    for key, condition in (("who", draw(asked)), ("whose", of_activity)):
        signal = {"label": "x", "activity": draw(st.sampled_from(TYPES)), "points": 4, "when": condition}
        data["scoring"]["interest"]["signals"] = data["scoring"]["interest"]["signals"] | {key: signal}
    bands = {"label": "x", "weight": 1, "bands": [{"when": draw(asked), "points": draw(points)}]}
    data["scoring"]["fit"]["criteria"] = data["scoring"]["fit"]["criteria"] | {"who": bands}
    return data


@st.composite
def measuring_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document whose triggers, exclusions, stage entries and signals speak of numbers over activities."""
    data = draw(documents())
    parts = st.lists(measured(), min_size=1, max_size=3)
    either = parts.map(lambda found: {"any": found}) | parts.map(lambda found: {"all": found})
    triggers = data["handover"]["triggers"]
    data["handover"]["triggers"] = triggers | {"measured": {"label": "x", "when": draw(either)}}
    data["scoring"]["exclusions"] = {"measured": {"reason": "x", "when": {"not": draw(measured())}}}
    stages = data["journey"]["stages"]
    data["journey"]["stages"] = stages | {"engaged": {**stages["engaged"], "entry": draw(either)}}
    signal = {"label": "x", "activity": draw(st.sampled_from(TYPES)), "points": 3, "when": draw(either)}
    found = data["scoring"]["interest"]["signals"] | {"measured": signal}
    group = st.none() | st.sampled_from(["few", "many"])
    found = {key: one | ({"group": name} if (name := draw(group)) else {}) for key, one in found.items()}
    groups = {"few": {"maximum": 2.5}, "many": {"maximum": draw(st.sampled_from([7, 33.33, 100]))}}
    data["scoring"]["interest"] |= {"signals": found, "groups": groups}
    return data


_ages = st.integers(-20 * 60, 100 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds)) | st.integers(
    0, 100
).map(lambda days: timedelta(days=days))


_said = st.builds(
    GivenConsent,
    st.booleans() | st.just(True),
    st.none() | st.sampled_from([-5, -1, 0, 1, 5]).map(lambda days: NOW + timedelta(days=days)),
)
_centres = st.none() | st.builds(
    BuyingCentre, st.integers(1, 5), st.lists(st.sampled_from(["A1", "A2", "B2", "C9"]), max_size=3).map(tuple)
)


@st.composite
def leads(draw: st.DrawFn) -> LeadFacts:
    """A lead with some fields, up to eight activities, perhaps returned before."""
    done = [
        ActivityFact(
            id=f"id{number}",
            type=draw(st.sampled_from([*TYPES, "other"])),
            occurred_at=NOW - draw(_ages),
            channel=draw(st.sampled_from([None, "fair", " "])),
            campaign=draw(st.sampled_from([None, "a", "abc", "b", ""])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    cool_off = draw(st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=3)))
    until = None if cool_off is None else NOW + cool_off
    returned = draw(st.booleans())
    return LeadFacts(
        fields=draw(fields),
        account={"employees": draw(st.integers(0, 80))} if draw(st.booleans()) else {},
        stage=draw(st.sampled_from([None, "contact", "engaged", "mql", "recycled", "customer", "trial", "unknown"])),
        activities=done,
        open_handover=draw(st.booleans()) and draw(st.booleans()),
        rounds=draw(st.integers(0, 4)),
        consents=draw(st.dictionaries(st.sampled_from([("news", "email"), ("news", "phone")]), _said)),
        last_return=LastReturn(NOW - timedelta(days=5), until, draw(st.booleans())) if returned else None,
        buying_centre=draw(_centres),
    )


fields: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["", "a", "ab", "abc", 'q"']) | st.text(max_size=4),
        "other": st.sampled_from(["ab c", "B"]),
        "phone": st.sampled_from(["", " ", "123"]),
        "whole": st.integers(-10, 60) | st.sampled_from([2**53, True, "5"]),
        "amount": st.sampled_from(["1.00", "1.01", "-2.50", "NaN", "1e5", "99.99"]),
        "truth": st.booleans() | st.just("true"),
        "day": st.sampled_from(["2026-03-10", "2024-02-30"]),
        "moment": st.sampled_from(["2026-03-10T09:00:00.000Z", "then"]),
        "choice": st.sampled_from(["red", "violet"]),
        "list": st.lists(st.sampled_from(["", "a", "ab"]), max_size=3),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2) | st.just("a"),
    },
)
