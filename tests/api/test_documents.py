"""Documents: measured before anything runs, in linear time, and kept."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

import graphql
import pytest
from graphql import get_introspection_query

from api.graphql.limits import document_extension
from api.settings import DocumentLimits
from tests.api.small import SmallApplication, context, rows, small_schema

BOMB = "fragment F60 on Query { language } " + " ".join(
    f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60)
)


async def codes(
    query: str, variables: dict[str, Any] | None = None, name: str | None = None, **limits: Any
) -> list[str]:
    """The codes of the errors that a document is answered with."""
    schema = small_schema(DocumentLimits(**limits)) if limits else small_schema()
    result = await schema.execute(query, variables, context(SmallApplication(rows=rows(3))), operation_name=name)
    return [str((error.extensions or {})["code"]) for error in result.errors or ()]


TOO_MUCH = {
    "500 duplicated fields": "{ " + "allPets { name } " * 500 + "}",
    "aliases": "{ " + " ".join(f"a{n}: language" for n in range(31)) + " }",
    "many aliases": "{ " + " ".join(f"a{n}: language" for n in range(3000)) + " }",
    "directives at one place": "{ language " + "@include(if: true) " * 10 + "}",
    "directives in all": "{ allPets { " + "name @skip(if: false) " * 21 + "} }",
    "root fields": "{ " + "language " * 21 + "}",
    "root mutations": "mutation { " + "setVersion(to: 1) " * 6 + "}",
    "depth": "{ " + "a { " * 12 + "a" + " }" * 13,
    "fields": "{ allPets { " + "name " * 501 + "} }",
    "introspection depth": "{ __schema { types { " + "ofType { " * 20 + "name" + " }" * 23,
    "fragment bomb": "{ ...F0 } " + BOMB,
    "chain of fragments": "{ ...G0 } " + " ".join(f"fragment G{n} on Query {{ ...G{n + 1} }}" for n in range(110)),
}


@pytest.mark.parametrize("what", TOO_MUCH)
async def test_too_much_of_anything_is_refused(what: str) -> None:
    """Too much of anything is refused; without limits the bomb would take years."""
    found = await codes(TOO_MUCH[what])
    assert set(found) <= {"QUERY_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"}
    assert found


async def test_tokens_comments_and_length_are_bounded_by_the_parser() -> None:
    """More tokens, comments or characters than allowed fail to parse."""
    assert await codes("{ " + "language " * 1001 + "}") == ["GRAPHQL_PARSE_FAILED"]
    assert await codes("{ language }" + "#\n" * 101) == ["GRAPHQL_PARSE_FAILED"]
    assert await codes("{ language } #" + "x" * 20_000) == ["GRAPHQL_PARSE_FAILED"]


async def test_the_introspection_query_passes_unless_introspection_is_switched_off() -> None:
    """The usual introspection query passes all limits, unless introspection is switched off."""
    query = get_introspection_query(input_value_deprecation=True, schema_description=True, specified_by_url=True)
    assert await codes(query) == []
    assert set(await codes(query, introspection=False)) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_the_cost_counts_pages_with_the_size_that_is_asked_for() -> None:
    """The cost counts pages with the size asked for, in the document, in a variable or by default."""
    query = "query ($n: Int = 10) {{ pets(first: {0}) {{ nodes {{ name rank toys {{ label worth }} }} }} }}"
    limits: dict[str, Any] = {"cost": 500}
    assert await codes(query.format("$n"), None, **limits) == []
    assert await codes(query.format("$n"), {"n": 90}, **limits) == ["QUERY_TOO_COMPLEX"]
    assert await codes(query.format("$n"), {"n": 20}, **limits) == []
    assert await codes(query.format("$n"), {"n": "x"}, **limits) == ["BAD_USER_INPUT"]
    assert await codes("{ pets { nodes { name rank toys { label worth } } } }", None, **limits) == ["QUERY_TOO_COMPLEX"]


async def test_a_query_that_is_too_costly_reads_nothing() -> None:
    """A query that is too costly is refused before anything is read."""
    application = SmallApplication()
    result = await small_schema(DocumentLimits(cost=10)).execute(
        "{ pets { nodes { name } } }", None, context(application)
    )
    assert [(e.extensions or {})["code"] for e in result.errors or ()] == ["QUERY_TOO_COMPLEX"]
    assert application.reads == []


async def test_a_page_that_is_too_large_is_left_to_its_field() -> None:
    """A page that is too large is BAD_USER_INPUT, whatever it would cost."""
    assert await codes("{ pets(first: 2000000000) { nodes { name } } }") == ["BAD_USER_INPUT"]


async def test_of_several_operations_one_is_named_and_only_that_one_runs() -> None:
    """A document with several operations runs only the one that is named."""
    application = SmallApplication()
    query = "query A { language } mutation B { setVersion(to: 7) }"
    result = await small_schema().execute(query, None, context(application))
    assert [(e.extensions or {})["code"] for e in result.errors or ()] == ["OPERATION_RESOLUTION_FAILURE"]
    result = await small_schema().execute(query, None, context(application), operation_name="A")
    assert (result.data, application.version) == ({"language": "en"}, 0)


@pytest.mark.parametrize(
    "query", ["{ langage }", "{ pets(frist: 1) { nodes { nam } } }", "{ echo(input: {party: SALE}) { party } }"]
)
async def test_faults_of_a_document_are_told_each_time_without_hints(query: str) -> None:
    """Faults of a document are told again when it comes again, and hint at no names."""
    for _ in range(3):
        result = await small_schema().execute(query, None, context())
        assert {(e.extensions or {})["code"] for e in result.errors or ()} == {"GRAPHQL_VALIDATION_FAILED"}
        assert all(
            "Did you mean" not in e.message and len(e.message) <= 300 and e.locations for e in result.errors or ()
        )


async def test_a_fragment_cycle_is_a_fault_and_no_endless_loop() -> None:
    """Fragments that spread each other are a fault of the document, not an endless loop."""
    query = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
    assert await codes(query) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_known_document_is_cheap_and_still_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that was seen before is not parsed again, and limits still hold after many hits."""
    parsed: list[str] = []
    parse = graphql.parse

    def count(source: str, **options: Any) -> Any:
        parsed.append(source)
        return parse(source, **options)

    monkeypatch.setattr(document_extension, "parse", count)
    schema, surroundings = small_schema(DocumentLimits(cost=100)), context()
    query = "query Q($n: Int) { language pets(first: $n) { nodes { name } } }"
    await schema.execute(query, {"n": 1}, surroundings)
    for _ in range(300):
        await schema.execute("query S { language }", None, surroundings)
    assert parsed.count("query S { language }") == 1
    for _ in range(1000):
        await schema.execute(query, {"n": 1}, surroundings)
    result = await schema.execute(query, {"n": 100}, surroundings)
    assert [(e.extensions or {})["code"] for e in result.errors or ()] == ["QUERY_TOO_COMPLEX"]


async def test_what_is_kept_is_bounded() -> None:
    """Documents are dropped again when too many or too long ones are kept."""
    limits = DocumentLimits(cached_documents=3, cached_characters=200)
    for _ in range(5):
        await small_schema(limits).execute(f"query Q{uuid4().hex} {{ language }}", None, context())
    unit = cast(Any, small_schema(limits)).extensions[0]()._cache
    assert len(unit._kept) == 3
    await small_schema(limits).execute("{ language } #" + "x" * 180, None, context())
    assert unit._characters <= 200
