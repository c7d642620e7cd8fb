"""A house in which something of every kind is owed, and a call of every mutation of the schema in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.obligations.all_kinds import KINDS, MET_BY
from tests.api.house import World, document_in_force, ref
from tests.application.scene import starter_document

OURS = {"party": "MARKETING", "person": "anna.berg"}
THEIRS = {"party": "SALES", "team": "inside-sales"}
WEEK = {"duration": "P7D", "clock": "ELAPSED"}


def _sign(activity: str, calls_for: str) -> dict[str, Any]:
    when = {"field": f"activities.{activity}.count", "op": "gte", "value": 1, "within": "P10D"}
    return {"label": activity, "when": when, "callsFor": calls_for, "within": WEEK, "owner": THEIRS}


def document() -> dict[str, Any]:
    """The starter agreement with promises of every kind; and a type of mail of which nobody says whose it is."""
    base = starter_document()
    for one in base["fields"]:
        one["owner"] = "crm"
    base["activityTypes"].append({"key": "mail", "label": "Mail", "direction": "OUTBOUND", "channel": "email"})
    fair = {"label": "Fair", "direction": "PULL", "owner": OURS, "dueOn": "2027-05-03"}
    base["journey"]["stages"][0]["measures"] = {"fair": fair}
    base["feedback"]["meetings"] = {
        "weekly": {"label": "W", "rhythm": {"every": "WEEK", "weekday": "TUE"}, "owner": OURS, "people": ["anna.berg"]}
    }
    track = {"label": "T", "steps": [{"content": "welcome", "channel": "email"}]}
    return base | {
        "material": {"story": {"label": "Story", "publishOn": "2027-05-03", "owner": OURS}},
        "nurturing": {"startWithin": WEEK, "tracks": {"everybody": track}},
        "systems": {
            "crm": {"label": "C", "kind": "CRM"},
            "mail": {"label": "M", "kind": "OTHER", "sources": ["mail"], "needs": ["email"], "syncWithin": WEEK},
        },
        "afterSales": {
            "touchpoints": {"welcome": {"label": "Welcome", "within": WEEK, "owner": OURS}},
            "caseStudies": {"story": {"label": "Story", "within": WEEK, "owner": OURS}},
            "signs": {
                "asks": _sign("contact-form", "OFFER"),
                "trouble": _sign("whitepaper-download", "CONTACT"),
            },
        },
    }


@dataclass
class Ground:
    """The leads and handovers, by what became of them; and what was owed when all that was set."""

    world: World
    leads: dict[str, str] = field(default_factory=dict)
    handovers: dict[str, str] = field(default_factory=dict)
    owed: dict[str, str] = field(default_factory=dict)
    """The kind of each obligation by its id."""
    made: dict[str, Any] = field(default_factory=dict)
    """What calls have made, for those after them."""

    async def still_owed(self) -> dict[str, str]:
        """Those that are open, or missed and still owed."""
        query = "{ obligations(first: 100, filter: {state: [OPEN, BREACHED]}) { nodes { id kind } } }"
        nodes = (await self.world.admin.ask(query))["obligations"]["nodes"]
        return {node["id"]: node["kind"] for node in nodes}

    def of_kind(self, *kinds: str) -> list[str]:
        """What was owed of some kinds."""
        return [id_ for id_, kind in self.owed.items() if kind in kinds]


NAMES = (
    "accepted",
    "left",
    "lost",
    "returned",
    "customer",
    "offered",
    "to-accept",
    "to-return",
    "to-withdraw",
    "to-give-back",
)


async def _leave(world: World, handover: str) -> None:
    """Somebody leaves with a handover, once it is accepted."""
    members = [{"person": "mia.brandt"}, {"person": "jonas.keller"}]
    await world.admin.done("acceptHandover", "handover { id }", handover=handover)
    await world.management.done("upsertTeam", "team { key }", **TEAM, members=[*members, {"person": "zoe"}])
    given = {"handover": handover, "team": TEAM["key"], "assignee": "zoe", "reason": "x"}
    await world.management.done("reassignHandover", "handover { id }", **given)
    await world.management.done("upsertTeam", "team { key }", **TEAM, members=members)


async def set_ground(world: World) -> Ground:
    """Leads at every turn of their way, so that something of every kind is owed."""
    await document_in_force(world, document())
    ground = Ground(world)
    for name in NAMES:
        ground.leads[name], ground.handovers[name] = await world.offered()
    for name in ("accepted", "lost", "customer"):
        await world.admin.done("acceptHandover", "handover { id }", handover=ground.handovers[name])
    await world.admin.done("returnHandover", "handover { id }", handover=ground.handovers["returned"], reason="no-need")
    for name, stages in {"customer": ["sql", "opportunity", "customer"], "lost": ["lost"]}.items():
        for stage in stages:
            await world.admin.done("moveLead", "lead { id }", lead=ref(ground.leads[name]), stage=stage)
    await world.activity(ground.leads["customer"], "whitepaper-download")
    await _leave(world, ground.handovers["left"])
    ground.owed = await ground.still_owed()
    assert set(ground.owed.values()) == {kind.key for kind in KINDS}
    return ground


Inputs = Callable[[Ground], Iterator[dict[str, Any]]]


@dataclass(frozen=True)
class Call:
    """Calls of a mutation by somebody, and the kinds of obligations that they may end."""

    mutation: str
    caller: str
    inputs: Inputs
    ends: frozenset[str] = frozenset()


def one(**given: Any) -> Inputs:
    """One call with this input."""
    return lambda _ground: iter([given])


def _handovers(names: tuple[str, ...] = NAMES, **given: Any) -> Inputs:
    return lambda ground: ({"handover": ground.handovers[name], **given} for name in names)


def _activities(kind: str, **given: Any) -> Inputs:
    def made(ground: Ground) -> Iterator[dict[str, Any]]:
        at = ground.world.time.at.isoformat()
        items = [
            {"key": f"{kind} {given} {name}", "lead": lead, "type": kind, "occurredAt": at, **given}
            for name, lead in ground.leads.items()
        ]
        yield {"source": "crm", "activities": items}

    return made


def _moves(names: tuple[str, ...], *stages: str, **given: Any) -> Inputs:
    return lambda ground: (
        {"lead": ref(ground.leads[name]), "stage": stage, **given} for name in names for stage in stages
    )


def _leads(ground: Ground) -> Iterator[dict[str, Any]]:
    leads = [{"externalId": lead, "fields": {"phone": "+49 221 5550"}} for lead in ground.leads.values()]
    yield {"source": "crm", "leads": leads}


def _breaches(ground: Ground) -> Iterator[dict[str, Any]]:
    yield from ({"breach": id_, "explanation": "fair week"} for id_ in ground.made["breaches"])


def _settled(*kinds: str, **given: Any) -> Inputs:
    return lambda ground: ({"obligation": id_, **given} for id_ in ground.of_kind(*kinds))


EVERY = tuple(kind.key for kind in KINDS)
TEAM = {"key": "inside-sales", "title": "I", "party": "SALES", "leadPerson": "ines.vogt"}
UNANSWERED = ("offered", "to-accept", "to-return", "to-withdraw", "to-give-back")
TO_MIA = {"team": "inside-sales", "assignee": "mia.brandt", "reason": "x"}
DAYS = {"from": "2026-03-01T00:00:00Z", "until": "2026-03-09T00:00:00Z"}
CONSENT = {"purpose": "calls", "channel": "phone", "granted": False}


def _version(name: str, **given: Any) -> Inputs:
    return lambda ground: iter([{"version": ground.made[name], **given}])


CALLS = (
    Call("createAgreement", "marketing", one(key="other", title="Other", template="starter")),
    Call("createDraft", "marketing", one(agreement="main")),
    Call("updateDraft", "marketing", _version("draft", expectedRevision=1, sections={"title": "New"})),
    Call("commentSection", "sales", _version("draft", section="title", body="fine")),
    Call("submitVersion", "marketing", _version("draft", expectedRevision=2)),
    Call("signVersion", "marketing", _version("draft", party="MARKETING", approve=True)),
    Call("signVersion", "sales", _version("draft", party="SALES", approve=True)),
    Call("activateVersion", "management", _version("draft", moveOpenWork=True), frozenset({"review"})),
    Call("withdrawVersion", "management", _version("draft")),
    Call(
        "rollback",
        "management",
        lambda ground: iter([{"agreement": "main", "toVersion": ground.made["before"]}]),
        frozenset({"review"}),
    ),
    Call("upsertTeam", "management", one(**TEAM, members=[{"person": "mia.brandt"}, {"person": "jonas.keller"}])),
    Call("setAbsence", "management", one(person="mia.brandt", **DAYS)),
    Call("createApiKey", "admin", one(name="k", role="SALES")),
    Call("revokeApiKey", "admin", one(apiKey="none")),
    Call("ackEvents", "tool", lambda ground: iter([{"consumer": "c", "cursor": ground.made["cursor"]}])),
    Call("simulate", "marketing", _version("before", **{"from": "2026-03-03T00:00:00Z"})),
    Call("cancelSimulation", "marketing", one(simulation="none")),
    Call("upsertLeads", "tool", _leads),
    Call("recordConsent", "tool", lambda ground: ({"lead": ref(k), **CONSENT} for k in ground.leads.values())),
    Call("pauseClock", "sales", _handovers(("offered", "accepted"), until="2026-03-04T09:00:00Z", reason="asked")),
    Call("resumeClock", "sales", _handovers(("offered", "accepted"))),
    Call("reassignHandover", "management", _handovers(("offered", "to-accept"), **TO_MIA)),
    Call("reassignWork", "management", one(person="nobody", reason="x")),
    Call("acknowledgeBreach", "management", _breaches),
    Call("recordActivities", "tool", _activities("mail")),
    Call("recordActivities", "tool", _activities("newsletter-click")),
    Call("meetObligation", "management", _settled(*MET_BY)),
    Call("meetObligation", "admin", _settled(*MET_BY, at="2026-03-02T09:30:00Z")),
    Call("moveLead", "sales", _moves(("offered",), "sal", "recycled", "disqualified", "lost", "customer", "prospect")),
    Call("moveLead", "sales", _moves(("accepted",), "recycled", "prospect", "mql")),
    Call("acceptHandover", "sales", _handovers(("accepted", "lost", "returned", "customer"))),
    Call("withdrawHandover", "marketing", _handovers(("accepted", "lost", "returned", "customer"), reason="x")),
    Call("answerReturn", "marketing", _handovers(("accepted", "lost", "customer", "offered"), comment="x")),
    Call("recordMeeting", "marketing", _settled("material", "review")),
    # from here on each does what some kinds ask for
    Call(
        "recordActivities",
        "sales",
        _activities("sales-call"),
        frozenset({"first-contact", "attempts", "outcome-update", "offer", "prompt-contact"}),
    ),
    Call("recordActivities", "marketing", _activities("newsletter"), frozenset({"nurture-start", "touchpoint"})),
    Call("recordMeeting", "marketing", _settled("meeting"), frozenset({"meeting"})),
    Call("acceptHandover", "admin", _handovers(("to-accept",)), frozenset({"answer"})),
    Call("returnHandover", "admin", _handovers(("to-return",), reason="bad-data"), frozenset({"answer"})),
    Call("withdrawHandover", "marketing", _handovers(("to-withdraw",), reason="x"), frozenset({"answer"})),
    Call(
        "moveLead", "admin", _moves(("to-give-back",), "disqualified", returnReason="competitor"), frozenset({"answer"})
    ),
    Call("moveLead", "sales", _moves(("accepted",), "sql"), frozenset({"stage-time", "outcome-update"})),
    Call("moveLead", "admin", _moves(("lost",), "lost", reason="price"), frozenset({"won-lost-reason"})),
    Call("moveLead", "admin", _moves(("lost",), "recycled")),
    Call(
        "moveLead",
        "admin",
        _moves(("accepted",), "recycled", returnReason="no-need"),
        frozenset({"first-contact", "attempts", "outcome-update", "stage-time", "takeover"}),
    ),
    Call("answerReturn", "marketing", _handovers(("returned",), comment="x"), frozenset({"return-answer"})),
    Call("meetObligation", "admin", _settled(*EVERY), frozenset(EVERY) - MET_BY.keys()),
    Call("waiveObligation", "management", _settled(*MET_BY, reason="x"), frozenset(MET_BY)),
)
