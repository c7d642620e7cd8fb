"""One bad item among good ones, in every bulk mutation and in every way that JSON allows: the good ones count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
)

from api.build import build_schema
from api.unreadable import ITEMS
from application.runtime.incoming import OnFault
from tests.api.house import World

NUL, HALF, PRIVATE = "a\x00b", "a\ud800b", "a\U0010fd00b"
ABSENT = object()
BAD: list[Any] = [
    ABSENT,
    None,
    True,
    7,
    1.5,
    10**30,
    [],
    {},
    [NUL],
    {HALF: NUL},
    "",
    " ",
    "x" * 3000,
    "2026-02-30T10:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-01-01T00:00:00Z",
    NUL,
    HALF,
    PRIVATE,
]
GOOD: dict[str, dict[str, Any]] = {
    "LeadInput": {
        "fields": {"email": "a@example.org"},
        "account": {"key": "bad-items", "name": "Firm", "fields": {}},
        "createdAt": "2026-01-05T10:00:00Z",
        "observedAt": "2026-01-05T10:00:00Z",
    },
    "ActivityInput": {
        "lead": "known",
        "type": "webinar-attended",
        "occurredAt": "2026-01-05T10:00:00Z",
        "party": "MARKETING",
        "person": "anna.berg",
        "channel": "email",
        "campaign": "c",
        "content": "c",
        "fields": {},
    },
}
NOT_TAKEN = {"VALUE_NOT_ALLOWED", "UNKNOWN_FIELD"}
KEYS = {"LeadInput": "externalId", "ActivityInput": "key"}


@cache
def schema() -> GraphQLSchema:
    """The schema of the API."""
    return build_schema()._schema


def bulk() -> dict[str, tuple[str, GraphQLInputObjectType]]:
    """The mutations that answer for each item: the list of their input, and the type of its items."""
    found = {}
    mutations = schema().mutation_type
    assert mutations is not None
    for name, mutation in mutations.fields.items():
        payload = get_named_type(mutation.type)
        assert isinstance(payload, GraphQLObjectType)
        if "results" not in payload.fields:
            continue
        given = get_named_type(mutation.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        lists = [(n, f.type) for n, f in given.fields.items() if isinstance(get_nullable_type(f.type), GraphQLList)]
        ((place, kind),) = [(n, get_named_type(k)) for n, k in lists]
        assert isinstance(kind, GraphQLInputObjectType)
        found[name] = (place, kind)
    return found


def places(kind: GraphQLInputObjectType) -> Iterator[tuple[str, ...]]:
    """The places of an item, those inside of its objects too, and two of the fields that a sender names."""
    for name, field in kind.fields.items():
        yield (name,)
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLInputObjectType):
            yield from ((name, *rest) for rest in places(inner))
        elif inner.name == "JSON":
            yield from ((name, key) for key in ("role", "a\x00b"))


def spoilt(item: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The item with another value at a place."""
    first, *rest = place
    if rest:
        inner = item.get(first)
        return item | {first: spoilt(inner if isinstance(inner, dict) else {}, tuple(rest), value)}
    return {k: v for k, v in item.items() if k != first} if value is ABSENT else item | {first: value}


def wire(value: Any) -> bytes:
    """JSON as a careless sender writes it: halves of surrogate pairs as escapes."""
    marked = _marked(value)
    return orjson.dumps(marked).replace(b"<half>", rb"\ud800")


def _marked(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\ud800", "<half>")
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if isinstance(value, dict):
        return {_marked(key): _marked(item) for key, item in value.items()}
    return float(value) if isinstance(value, int) and abs(value) > 2**64 else value


async def send(world: World, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The answer to a body that a client's JSON library might refuse to write."""
    body = wire({"query": query, "variables": variables})
    headers = {"Authorization": f"Bearer {world.tool.secret}", "Content-Type": "application/json"}
    answer: dict[str, Any] = (await world.tool.http.post("/graphql", content=body, headers=headers)).json()
    return answer


def test_every_bulk_mutation_is_known_here() -> None:
    """A new one needs a good item here, and a place among those whose items are checked one by one."""
    assert {kind.name for _, kind in bulk().values()} == ITEMS == GOOD.keys() == KEYS.keys()


@pytest.mark.parametrize("name", sorted(bulk()))
async def test_a_bad_item_leaves_the_good_ones_alone(world: World, name: str) -> None:
    """Whatever is wrong with it: the answer names its index and place, and what is sent again without it counts."""
    place, kind = bulk()[name]
    await world.tool.done(
        "upsertLeads", "results { status }", source="bad", leads=[{"externalId": "known", "fields": {}}]
    )
    good = GOOD[kind.name]
    bad = [spoilt(good | {KEYS[kind.name]: f"b{n}"}, *what) for n, what in enumerate(_ways(kind))]
    query = f"mutation M($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{"
    query += " results { index status errors { code path } } errors { code path } } }"
    for start in range(0, len(bad), 250):
        part = bad[start : start + 250]
        items = [x for n, one in enumerate(part) for x in (good | {KEYS[kind.name]: f"g{start + n}"}, one)]
        sent: dict[str, Any] = {"source": "bad", place: items}
        while "errors" in (answer := await send(world, query, {"input": sent})):
            (error,) = answer["errors"]
            assert error["extensions"]["code"] == "BAD_USER_INPUT"
            named = {fault["index"] for fault in error["extensions"]["errors"]}
            assert named
            assert all(fault["path"][:3] == ["input", place, fault["index"]] for fault in error["extensions"]["errors"])
            assert not [i for i in named if _good(sent[place][i], kind)]
            sent[place] = [item for i, item in enumerate(sent[place]) if i not in named]
        payload = answer["data"][name]
        assert payload["errors"] == []
        for item, result in zip(sent[place], payload["results"], strict=True):
            if _good(item, kind):
                assert (result["status"] in {"CREATED", "RECORDED"}, result["errors"]) == (True, []), item
            elif result["status"] == "REFUSED":
                assert result["errors"][0]["path"], item
                assert _harmless(item) or NOT_TAKEN & {e["code"] for e in result["errors"]}, item
            else:
                assert _harmless(item), item


def _ways(kind: GraphQLInputObjectType) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from (
        ((place), value) for place in places(kind) for value in BAD if value is not ABSENT or _may_lack(kind, place)
    )
    yield ("nonsense",), 1


def _may_lack(kind: GraphQLInputObjectType, place: tuple[str, ...]) -> bool:
    return place[0] != KEYS[kind.name] and isinstance(kind.fields[place[0]].type, GraphQLNonNull)


def _good(item: dict[str, Any], kind: GraphQLInputObjectType) -> bool:
    return str(item.get(KEYS[kind.name])).startswith("g")


def _harmless(item: dict[str, Any]) -> bool:
    """Whether no text that must be a text holds a forbidden character."""
    nested = [item, *(v for v in item.values() if isinstance(v, dict))]
    values = [v for one in nested for key, v in one.items() if key != "fields"]  # a text there is of a wrong type
    texts = [v for v in values if isinstance(v, str)] + [key for one in nested for key in one]
    return not [text for text in texts if text in {NUL, HALF, PRIVATE}]


SELECT = "results { status errors { code path } lead { fields account { key name fields } } }"


async def test_a_bad_value_may_be_skipped_alone(world: World) -> None:
    """With SKIP_VALUE the rest of the lead counts and what was left out is told; who and when cannot be left out."""
    account = {"key": "f", "name": NUL, "fields": {"employees": "many", "industry": "machinery"}}
    leads = [
        {"externalId": "s1", "fields": {"email": "a@b.example", "shoe": 43, "country": 5, "role": PRIVATE}},
        {"externalId": "s2", "fields": {}, "account": account},
        {"externalId": "s3", "fields": {"email": "c@b.example"}, "account": {"key": " f"}},
        {"externalId": " s4", "fields": {"country": 5}},
        {"externalId": "s5", "fields": {"country": 5}, "observedAt": "2031-01-01T00:00:00Z"},
        {"externalId": "s6", "fields": [1]},
    ]
    done = await world.tool.done("upsertLeads", SELECT, source="skip", leads=leads, onFault=OnFault.SKIP_VALUE.value)
    results = done["results"]
    assert [r["status"] for r in results] == ["CREATED"] * 3 + ["REFUSED"] * 3
    assert results[0]["lead"]["fields"] == {"email": "a@b.example"}
    assert [e["path"][1] for e in results[0]["errors"]] == ["shoe", "country", "role"]
    assert results[1]["lead"]["account"] == {"key": "f", "name": None, "fields": {"industry": "machinery"}}
    assert (results[2]["lead"]["account"], results[2]["errors"][0]["path"]) == (None, ["account", "key"])
    assert [len(r["errors"]) for r in results[3:]] == [2, 2, 1]
    atomic = await world.tool.done(
        "upsertLeads", SELECT, source="all", atomic=True, leads=leads[:4], onFault=OnFault.SKIP_VALUE.value
    )
    assert {r["status"] for r in atomic["results"]} == {"REFUSED"}
    assert all("BATCH_REFUSED" in {e["code"] for e in r["errors"]} for r in atomic["results"][:3])


async def test_only_known_leads_are_taken_where_that_is_asked_for(world: World) -> None:
    """A lead that this source never sent is UNKNOWN_LEAD; another sender's key that is named makes it known."""
    await world.tool.done("upsertLeads", SELECT, source="k1", leads=[{"externalId": "there", "fields": {}}])
    sent = [
        {"externalId": "there", "fields": {"role": "Owner"}},
        {"externalId": "nobody", "fields": {}},
        {"externalId": "linked", "fields": {}, "sameAs": {"source": "k1", "externalId": "there"}},
    ]
    done = await world.tool.done("upsertLeads", SELECT, source="k1", leads=sent, onlyKnown=True)
    assert [r["status"] for r in done["results"]] == ["UPDATED", "REFUSED", "UNCHANGED"]
    assert done["results"][1]["errors"] == [{"code": "UNKNOWN_LEAD", "path": ["externalId"]}]


async def test_forbidden_characters_elsewhere_are_told_with_their_place(world: World) -> None:
    """Outside of items nothing runs: all places are told, as paths, keys and undeclared variables too."""
    query = "mutation M($input: UpsertLeadsInput!) { upsertLeads(input: $input) { errors { code } } }"
    answer = await send(world, query, {"input": {"source": HALF, "leads": []}, "more": {NUL: [1, PRIVATE]}})
    (error,) = answer["errors"]
    told = [(fault["path"], fault.get("index")) for fault in error["extensions"]["errors"]]
    assert told == [(["input", "source"], None), (["more", NUL], None), (["more", NUL, 1], 1)]
    assert (error["extensions"]["code"], error["extensions"]["path"]) == ("BAD_USER_INPUT", ["input", "source"])
    judging = "query J($lead: LeadInput!) { judge(lead: $lead) { grade } }"
    (error,) = (await send(world, judging, {"lead": {"externalId": NUL, "fields": {}}}))["errors"]
    assert error["extensions"]["errors"][0]["path"] == ["lead", "externalId"]
    (error,) = (await send(world, "{ viewer { role } } #" + HALF, {}))["errors"]
    assert error["extensions"]["path"] == ["query"]
