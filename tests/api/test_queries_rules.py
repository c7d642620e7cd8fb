"""A rule editor can be built from the API alone."""

from __future__ import annotations

from typing import Any

from domain.document.sections.fields import FieldType
from rules.conditions.operators import OPERATORS
from tests.api.house import World

COMPARISON = {"field": "activities.webinar-attended.count", "op": "gte", "value": 2, "within": "P30D"}


async def test_operators_tell_how_their_values_are_entered(world: World) -> None:
    """Every operator has a label in the asker's language, its operand, and an editor for each type it takes."""
    query = "{ ruleOperators { name label operand querybuilder fieldTypes { fieldType editor } } }"
    found = {row["name"]: row for row in (await world.sales.ask(query, "de"))["ruleOperators"]}
    assert found.keys() == OPERATORS.keys()
    assert found["between"] == {
        "name": "between",
        "label": "liegt zwischen",
        "operand": "RANGE",
        "querybuilder": "between",
        "fieldTypes": [
            {"fieldType": "INTEGER", "editor": "WHOLE_NUMBER"},
            {"fieldType": "DECIMAL", "editor": "NUMBER"},
            {"fieldType": "DATE", "editor": "DATE"},
            {"fieldType": "DATE_TIME", "editor": "DATE_TIME"},
        ],
    }
    assert {use["editor"] for use in found["exists"]["fieldTypes"]} == {"NONE"}
    assert {use["fieldType"] for row in found.values() for use in row["fieldTypes"]} == set(FieldType)


async def test_subjects_tell_what_conditions_may_speak_of(world: World) -> None:
    """Fields, scores, activities and the buying centre, each with the places where it may stand."""
    query = """{ conditionSubjects(agreement: "main") {
      name label type values operators places activity measured } }"""
    rows = (await world.sales.ask(query, "de"))["conditionSubjects"]
    found = {(row["name"], row["activity"]): row for row in rows}
    assert len(found) == len(rows)
    assert "SCOPE" in found["account.employees", None]["places"]
    assert found["grade", None]["values"][0] == "A1"
    assert {"EXCLUSION", "TRIGGER", "STAGE_ENTRY", "ROUTE"} <= set(found["buyingCentre.bestFit", None]["places"])
    assert "SCOPE" not in found["buyingCentre.bestFit", None]["places"]
    count = found["activities.webinar-attended.count", "webinar-attended"]
    assert count["measured"]
    assert count["type"] == "INTEGER"
    assert ("activities.*.distinct.campaign", "*") in found
    assert found["activity.campaign", "*"]["places"] == ["ACTIVITY"]


async def test_subjects_tell_who_a_lead_may_be(world: World) -> None:
    """Personas and segments stand among the subjects, with their keys, where a section of them is."""
    subjects = "query ($v: ID!) { conditionSubjects(version: $v) { name label type values operators places } }"
    given = {"key": "who", "title": "Who", "template": "saas-inbound"}
    made = await world.management.done("createAgreement", "version { id }", **given)
    rows = (await world.sales.ask(subjects, "de", v=made["version"]["id"]))["conditionSubjects"]
    found = {row["name"]: row for row in rows}
    assert found["segment"]["values"] == ["enterprise", "mid-market", "self-service"]
    assert {"TRIGGER", "ROUTE", "FIT_BAND", "SIGNAL", "EXCLUSION"} <= set(found["segment"]["places"])
    assert not {"SCOPE", "SEGMENT", "PERSONA"} & set(found["segment"]["places"])
    assert (found["persona"]["type"], found["persona"]["label"]) == ("ENUM", "Persona")
    assert {"eq", "in", "exists"} <= set(found["persona"]["operators"])


async def test_conditions_travel_as_groups_of_react_querybuilder(world: World) -> None:
    """There and back without loss."""
    there = "query ($c: JSON!) { found: conditionToQuerybuilder(condition: $c) }"
    back = "query ($q: JSON!) { found: conditionFromQuerybuilder(query: $q) }"
    condition = {"all": [COMPARISON, {"not": {"field": "email", "op": "exists"}}]}
    group = (await world.sales.ask(there, c=condition))["found"]
    assert group["rules"][0] == {
        "field": COMPARISON["field"],
        "operator": ">=",
        "value": 2,
        "within": "P30D",
    }
    assert group["rules"][1]["operator"] == "null"
    assert (await world.sales.ask(back, q=group))["found"] == condition


async def test_what_is_no_group_is_a_fault_with_its_place(world: World) -> None:
    """Not a fault of ours."""
    query = "query ($q: JSON!) { conditionFromQuerybuilder(query: $q) }"
    group: Any = {"combinator": "and", "rules": [{"field": "a", "operator": "="}, 7]}
    (error,) = (await world.sales.answer(query, q=group))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["errors"][0]["path"] == ["query", "rules[1]"]
    assert await world.sales.code("query { conditionToQuerybuilder(condition: {any: 5}) }") == "BAD_USER_INPUT"


async def test_what_is_written_with_commas_is_read_by_the_type_of_the_field(world: World) -> None:
    """Numbers of a field of numbers are numbers in `in` as in `between`; digits of a text stay text."""
    query = "query ($q: JSON!) { conditionFromQuerybuilder(query: $q) }"

    async def read(name: str, operator: str) -> list[Any]:
        group = {"combinator": "and", "rules": [{"field": name, "operator": operator, "value": "50, 60"}]}
        value: list[Any] = (await world.marketing.ask(query, q=group))["conditionFromQuerybuilder"]["value"]
        return value

    for operator in ("in", "between"):
        assert await read("account.employees", operator) == [50, 60]
    assert await read("country", "in") == ["50", "60"]
    assert await read("unknown", "in") == ["50", "60"]
