"""A client of queries and mutations: GraphQL over HTTP, patient with a server that is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

TRIES = 8
BUSY = frozenset({429, 502, 503, 504})
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

ITEM = "status handover { id } errors { code message path }"
UPSERT_LEADS = f"""
mutation Leads($input: UpsertLeadsInput!) {{
  upsertLeads(input: $input) {{ results {{ index externalId {ITEM} }} errors {{ code message }} }}
}}
"""
RECORD_ACTIVITIES = f"""
mutation Activities($input: RecordActivitiesInput!) {{
  recordActivities(input: $input) {{ results {{ index key {ITEM} }} errors {{ code message }} }}
}}
"""


class RemoteRefusal(Exception):
    """The API did not do what it was asked for; the message says why."""


def api_address(url: str) -> str:
    """The HTTP address of an API that may be given as ws://, without /graphql too."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise RemoteRefusal(f"{url} is no address such as http://127.0.0.1:8000/graphql.")
    path = parts.path if parts.path.strip("/") else "/graphql"
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, parts.query, ""))


class Remote:
    """An API at an address, for one key; to be used as a context manager."""

    def __init__(self, url: str, key: str) -> None:
        self._address = api_address(url)
        self._http = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60)

    async def __aenter__(self) -> Remote:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of the answer; what is refused as a whole raises RemoteRefusal."""
        answer = await self._post({"query": query, "variables": dict(variables)})
        errors = answer.get("errors") or ()
        if errors or not answer.get("data"):
            raise RemoteRefusal("; ".join(error["message"] for error in errors) or "The API gave an empty answer.")
        data: dict[str, Any] = answer["data"]
        return data

    async def change(self, mutation: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation's only field; its user errors raise RemoteRefusal."""
        data = await self.ask(mutation, {"input": given})
        payload: dict[str, Any] = next(iter(data.values()))
        if payload.get("errors"):
            raise RemoteRefusal("; ".join(error["message"] for error in payload["errors"]))
        return payload

    async def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(TRIES):
            try:
                response = await self._http.post(self._address, json=body)
            except httpx.TransportError as trouble:
                if attempt == TRIES - 1 or isinstance(trouble, httpx.UnsupportedProtocol):
                    raise RemoteRefusal(f"No server answers at {self._address}.") from None
            else:
                if response.status_code not in BUSY:
                    return self._read(response)
            await asyncio.sleep(min(0.2 * 2**attempt, 3))
        raise RemoteRefusal(f"The server at {self._address} is too busy.")

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not {"data", "errors"} & answer.keys():
            raise RemoteRefusal(f"{self._address} is no API of Baton: it answers {response.status_code}.")
        return answer
