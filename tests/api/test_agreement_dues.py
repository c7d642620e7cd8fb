"""What is owed about an agreement, through the API: seen, confirmed, forgiven, met, with rights and wrong input."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.house import Caller, World, besides_consents, in_force

OURS = {"party": "MARKETING", "person": "anna.berg"}
STORY = {"label": "Story", "publishOn": "2030-05-02", "owner": OURS}
SECTIONS: dict[str, Any] = {
    "material": {
        "story": STORY,
        "paper": {"label": "Paper", "publishOn": "2030-05-03", "owner": OURS, "confirmedBy": "nobody.else"},
        "notes": {"label": "Notes", "publishOn": "2030-05-04", "owner": {"party": "SALES", "team": "inside-sales"}},
    },
    "feedback": {
        "meetings": {
            "monthly": {
                "label": "Review",
                "rhythm": {"every": "MONTH", "workingDay": 3},
                "owner": OURS,
                "teams": ["inside-sales"],
                "agenda": {"returns": {"label": "Returns"}},
            }
        }
    },
    "reviewOn": "2030-06-30",
    "afterSales": {
        "reactivations": {
            "quiet": {"label": "Quiet", "silentFor": "P180D", "within": {"duration": "P10D"}, "owner": OURS}
        }
    },
}
OWED = """query ($f: ObligationFilter) { obligations(filter: $f, first: 100) { nodes {
  id kind item party team assignee state dueAt subject { __typename id } slaVersion { number } } } }"""


async def agreed(world: World) -> None:
    """A second version in force with promises by day."""
    draft = await world.marketing.done("createDraft", "version { id }", agreement="main")
    version = draft["version"]["id"]
    done = await world.marketing.done(
        "updateDraft", "findings { code }", version=version, expectedRevision=1, sections=SECTIONS
    )
    told = {finding["code"] for finding in besides_consents(done["findings"])}
    assert told <= {"LANGUAGE_MISSING", "UNKNOWN_PERSON"}  # who confirms the paper is in no team
    await in_force(world, version, revision=2)


async def owed(caller: Caller, *kinds: str) -> dict[str, Any]:
    """What a caller sees of what stands open about the agreement, by item, the review by its kind."""
    found = await caller.ask(OWED, f={"kind": list(kinds or ("material", "meeting", "review")), "state": ["OPEN"]})
    return {node["item"] or node["kind"]: node for node in found["obligations"]["nodes"]}


async def test_everybody_sees_what_is_owed_about_the_agreement(world: World) -> None:
    """With its item, owner and day; the subject is the agreement, which can be asked for by its id [S2.4]."""
    await agreed(world)
    for caller in (world.marketing, world.sales, world.management, world.admin):
        found = await owed(caller)
        assert found.keys() == {"story", "paper", "notes", "monthly", "review"}
    found = await owed(world.sales, "material")
    assert found["story"] | {"id": "", "subject": ""} == {
        "id": "",
        "kind": "material",
        "item": "story",
        "party": "MARKETING",
        "team": None,
        "assignee": "anna.berg",
        "state": "OPEN",
        "dueAt": "2030-05-02T22:00:00.000Z",
        "subject": "",
        "slaVersion": {"number": 2},
    }
    assert found["story"]["subject"]["__typename"] == "Agreement"
    of_agreement = {"subject": found["story"]["subject"]["id"], "state": ["OPEN"]}
    assert len((await world.sales.ask(OWED, f=of_agreement))["obligations"]["nodes"]) == 5


async def test_material_is_confirmed_by_the_party_that_is_owed(world: World) -> None:
    """Whoever owes it cannot say that it is there; a person who is named is the only one of the parties who can."""
    await agreed(world)
    found = await owed(world.sales, "material")
    story, paper, notes = (found[key]["id"] for key in ("story", "paper", "notes"))
    assert await world.marketing.forbidden("meetObligation", obligation=story)
    assert await world.sales.forbidden("meetObligation", obligation=paper)
    assert await world.sales.forbidden("meetObligation", obligation=notes)
    done = await world.sales.done("meetObligation", "obligation { state }", obligation=story, evidence="page 3")
    assert done["obligation"]["state"] == "MET"
    done = await world.management.done("meetObligation", "obligation { state }", obligation=paper)
    assert done["obligation"]["state"] == "MET"
    done = await world.marketing.done("meetObligation", "obligation { state }", obligation=notes)
    assert done["obligation"]["state"] == "MET"
    assert await owed(world.sales, "material") == {}


async def test_a_meeting_that_was_held_opens_the_next_one(world: World) -> None:
    """Recorded by the party that calls it, before its day or on it; there is always one to come [S3.3]."""
    await agreed(world)
    first = (await owed(world.marketing, "meeting"))["monthly"]
    assert await world.sales.forbidden("meetObligation", obligation=first["id"])
    await world.marketing.done("meetObligation", "obligation { state }", obligation=first["id"], evidence="held early")
    following = (await owed(world.marketing, "meeting"))["monthly"]
    assert following["dueAt"] > first["dueAt"]
    assert await world.marketing.refused("meetObligation", obligation=first["id"]) == ["WRONG_STATE"]


async def test_the_typed_document_shows_what_was_promised(world: World) -> None:
    """Every section is there without being described twice."""
    await agreed(world)
    query = """{ agreement(key: "main") { activeVersion { document {
      reviewOn material { key publishOn owner { party team person } confirmedBy }
      feedback { meetings { key rhythm { every workingDay beginsAt } agenda { key } } }
      journey { stages { key team measures { key direction dueOn owner { party } } } }
      afterSales { touchpoints { key after within { duration } } caseStudies { key } reactivations { silentFor }
        signs { key callsFor activities } } } } } }"""
    told = (await world.sales.ask(query))["agreement"]["activeVersion"]["document"]
    assert told["reviewOn"] == "2030-06-30"
    assert [item["key"] for item in told["material"]] == ["story", "paper", "notes"]
    assert told["feedback"]["meetings"][0]["rhythm"] == {"every": "MONTH", "workingDay": 3, "beginsAt": None}
    assert told["afterSales"]["reactivations"] == [{"silentFor": "P180D"}]


@pytest.mark.parametrize(
    ("sections", "code"),
    [
        ({"material": {"x": {"label": "X", "publishOn": "2001-01-01", "owner": OURS}}}, "DATE_PAST"),
        (
            {"material": {"x": {"label": "X", "publishOn": "2030-01-01", "owner": OURS, "persona": "x"}}},
            "UNKNOWN_PERSONA",
        ),
    ],
)
async def test_findings_about_promises_are_told(world: World, sections: dict[str, Any], code: str) -> None:
    """With the draft, at once [X.1]."""
    draft = await world.marketing.done("createDraft", "version { id }", agreement="main")
    about = {"version": draft["version"]["id"], "expectedRevision": 1, "sections": sections}
    done = await world.marketing.done("updateDraft", "findings { code }", **about)
    assert code in [finding["code"] for finding in done["findings"]]


RECORDED = "obligation { state } measures { kind item label party team assignee dueAt state }"


async def test_what_a_meeting_decides_is_owed_by_its_owner_and_day(world: World) -> None:
    """Each measure has an owner and a date; it is met like anything else, and a newer version leaves it alone."""
    await agreed(world)
    meeting = (await owed(world.marketing, "meeting"))["monthly"]
    asked = "query ($id: ID!) { node(id: $id) { ... on Obligation { label } } }"
    named = (await world.marketing.ask(asked, id=meeting["id"]))["node"]
    assert named == {"label": "Review"}
    measures = [
        {"label": "Call back those who left", "dueOn": "2030-02-01", "party": "SALES", "team": "inside-sales"},
        {"label": "New landing page", "dueOn": "2030-03-01", "party": "MARKETING", "person": "tim.richter"},
    ]
    assert await world.sales.forbidden("recordMeeting", obligation=meeting["id"], measures=measures)
    about = {"obligation": meeting["id"], "minutes": "all agreed", "measures": measures}
    done = await world.marketing.done("recordMeeting", RECORDED, **about)
    assert done["obligation"] == {"state": "MET"}
    assert sorted(done["measures"], key=lambda m: m["dueAt"]) == [
        {
            "kind": "measure",
            "item": "monthly",
            "label": "Call back those who left",
            "party": "SALES",
            "team": "inside-sales",
            "assignee": None,
            "dueAt": "2030-02-01T23:00:00.000Z",
            "state": "OPEN",
        },
        {
            "kind": "measure",
            "item": "monthly",
            "label": "New landing page",
            "party": "MARKETING",
            "team": None,
            "assignee": "tim.richter",
            "dueAt": "2030-03-01T23:00:00.000Z",
            "state": "OPEN",
        },
    ]
    await agreed(world)
    query = {"kind": ["measure"], "state": ["OPEN"], "party": "SALES"}
    left = [n for n in (await world.sales.ask(OWED, f=query))["obligations"]["nodes"] if n["item"] == "monthly"]
    assert len(left) == 1
    await world.sales.done("meetObligation", "obligation { state }", obligation=left[0]["id"])


async def test_all_that_is_wrong_with_measures_is_told_at_once(world: World) -> None:
    """Each with its place; nothing is recorded then, and only meetings are."""
    await agreed(world)
    meeting = (await owed(world.marketing, "meeting"))["monthly"]["id"]
    wrong = [
        {"label": " ", "dueOn": "2030-02-01", "party": "SALES", "person": "x"},
        {"label": "x", "dueOn": "2001-02-01", "party": "SALES", "team": "nowhere"},
        {"label": "x", "dueOn": "2030-02-01", "party": "SALES"},
    ]
    told = await world.marketing.do(
        "recordMeeting", "measures { id } errors { code path }", obligation=meeting, measures=wrong
    )
    assert told["measures"] == []
    assert [(e["code"], e["path"]) for e in told["errors"]] == [
        ("VALUE_NOT_ALLOWED", ["measures", "0", "label"]),
        ("VALUE_NOT_ALLOWED", ["measures", "1", "dueOn"]),
        ("UNKNOWN_TEAM", ["measures", "1", "team"]),
        ("VALUE_NOT_ALLOWED", ["measures", "2", "person"]),
    ]
    assert (await owed(world.marketing, "meeting"))["monthly"]["id"] == meeting
    review = (await owed(world.marketing, "review"))["review"]["id"]
    assert await world.marketing.refused("recordMeeting", obligation=review) == ["VALUE_NOT_ALLOWED"]
