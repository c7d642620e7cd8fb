"""The typed SLA document: derived from its models, described everywhere, complete."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type
from pydantic import Field

from api.graphql.parts.published import publish_enum
from api.graphql.types.document_types import DocumentDerivation
from domain.document.base import Part
from domain.document.document import SlaDocument
from tests.api.small import SmallApplication, context, small_schema

LABEL = {"title": "Key accounts", "de": "Großkunden"}


def full_document() -> SlaDocument:
    """A document in which every section holds something."""
    condition = {"field": "country", "op": "eq", "value": "DE"}
    return SlaDocument.model_validate(
        {
            "title": {"en": "Key accounts", "de": "Großkunden"},
            "accountable": "anna.berg",
            "scope": {"all": [condition, {"not": condition}]},
            "reviewOn": "2027-06-30",
            "defaultCalendar": "office",
            "calendars": {
                "office": {"timeZone": "Europe/Berlin", "hours": {"mon": ["08:00-12:00"]}, "closed": ["2026-12-24"]}
            },
            "fields": {"country": {"label": "Country", "type": "TEXT"}},
            "activityTypes": {
                "visit": {
                    "label": "Visit",
                    "direction": "INBOUND",
                    "fields": {"page": {"label": "Page", "type": "TEXT"}},
                }
            },
            "journey": {
                "stages": {
                    "mql": {
                        "label": "MQL",
                        "kind": "QUALIFIED",
                        "owner": "MARKETING",
                        "winProbability": 0.1,
                        "timeLimit": {"duration": "P3D"},
                    }
                }
            },
            "scoring": {
                "fit": {
                    "criteria": {"size": {"label": "Size", "bands": [{"when": condition, "points": 10}]}},
                    "bands": {"A": {"from": 80}},
                },
                "interest": {
                    "signals": {"v": {"label": "Visit", "activity": "visit", "points": 2.5, "window": "P90D"}},
                    "bands": {"1": {"from": 60}},
                },
            },
            "handover": {
                "triggers": {"hot": {"label": "Hot", "when": condition}},
                "answerWithin": {"duration": "PT4H"},
                "escalation": [{"at": 1.0, "action": "NOTIFY", "audience": "PARTY"}],
                "routing": [{"team": "inside-sales"}],
                "returnReasons": {"no-need": {"label": "No need", "destination": "NURTURE", "coolOff": "P14D"}},
            },
            "targets": {"t": {"metric": "m", "period": "MONTH", "value": 3}},
        }
    )


def whole_selection(kind: GraphQLObjectType) -> str:
    """A selection of everything below a type."""
    parts = []
    for name, published in kind.fields.items():
        inner = get_named_type(published.type)
        parts.append(f"{name} {{ {whole_selection(inner)} }}" if isinstance(inner, GraphQLObjectType) else name)
    return " ".join(parts)


def whole_query() -> str:
    """A query of the whole document, labels as one fragment, as an editor would write it."""
    kinds = small_schema()._schema.type_map
    selection = whole_selection(kinds["SlaDocument"])  # type: ignore[arg-type]
    return (
        "query Whole { document { " + selection.replace("{ language text }", "{ ...L }") + " } }"
        " fragment L on Translation { language text }"
    )


async def test_a_query_of_the_whole_document_passes_all_limits_and_returns_it() -> None:
    """A typed query of the whole document passes all limits and returns what the model holds."""
    result = await small_schema().execute(whole_query(), None, context(SmallApplication(document=full_document())))
    assert result.errors is None
    assert result.data is not None
    document = result.data["document"]
    assert document["title"] == [{"language": "en", "text": "Key accounts"}, {"language": "de", "text": "Großkunden"}]
    assert document["scope"] == full_document().to_json()["scope"]
    assert document["reviewOn"] == "2027-06-30"
    assert document["scoring"]["fit"]["bands"] == [{"key": "A", "from": "80"}]
    assert document["journey"]["stages"][0]["timeLimit"] == {"duration": "P3D", "clock": "BUSINESS"}
    assert document["handover"]["returnReasons"][0]["coolOff"] == "P14D"
    assert document["handover"]["warnAt"] == "0.75"


def test_every_type_field_and_enum_value_is_described() -> None:
    """Every type, field and enum value of the document has a description."""
    for kind in small_schema()._schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            assert all(value.description for value in kind.values.values()), kind.name
        if isinstance(kind, GraphQLObjectType) and kind.name in {
            "SlaDocument",
            "HandoverSection",
            "Stage",
            "TimeLimit",
        }:
            assert kind.description
            assert all(published.description for published in kind.fields.values()), kind.name


def test_enums_shared_with_the_rest_of_the_api_are_one_enum() -> None:
    """Party is the same enum in the document and in the rest of the API."""
    kinds = small_schema()._schema.type_map
    stage, echo = kinds["Stage"], kinds["Echo"]
    assert isinstance(stage, GraphQLObjectType)
    assert isinstance(echo, GraphQLObjectType)
    assert get_named_type(stage.fields["owner"].type) is get_named_type(echo.fields["party"].type)


def part(name: str, **annotations: Any) -> type[Part]:
    """A model made on the spot, described."""
    described = {k: Annotated[v, Field(description="Something.")] for k, v in annotations.items()}
    return type(name, (Part,), {"__annotations__": described, "__doc__": "Some part.", "__module__": __name__})


def test_a_second_model_of_the_same_name_is_refused() -> None:
    """A second model of the same name is refused."""
    twin = part("Twin", text=str)
    outer = part("Outer", one=twin, two=part("Twin", number=int))
    with pytest.raises(TypeError, match="Two classes are named Twin"):
        DocumentDerivation().publish(outer)


@pytest.mark.parametrize("annotation", [float, dict[str, str], str | int, tuple[str, int]])
def test_what_graphql_cannot_say_is_refused(annotation: Any) -> None:
    """What GraphQL cannot say is refused when the schema is built."""
    with pytest.raises(TypeError, match="cannot be published"):
        DocumentDerivation().publish(part("Odd", value=annotation))


def test_an_undescribed_field_or_member_is_refused() -> None:
    """An undescribed field or enum member is refused when the schema is built."""
    bare = type("Bare", (Part,), {"__annotations__": {"text": str}, "__doc__": "A part.", "__module__": __name__})
    with pytest.raises(TypeError, match="no docstring"):
        DocumentDerivation().publish(bare)

    class Silent(StrEnum):
        """An enum."""

        ONE = "ONE"

    with pytest.raises(TypeError, match=r"Silent\.ONE has no docstring"):
        publish_enum(Silent)
