"""Bring an SLA document into force through the API, as people would: drafted, submitted, signed twice, activated.

    python bring_into_force.py FILE AGREEMENT --url http://127.0.0.1:8000 --key ADMIN_KEY

FILE is a document, or a template's file, whose teams are made too. Prints the keys that it made, one `NAME=KEY` a line.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import httpx
import yaml

ERRORS = "errors { code message }"
MUTATIONS = {
    "createApiKey": f"secret {ERRORS}",
    "upsertTeam": f"team {{ key }} {ERRORS}",
    "createAgreement": f"version {{ id revision }} {ERRORS}",
    "submitVersion": f"version {{ id }} {ERRORS}",
    "signVersion": f"version {{ state }} {ERRORS}",
    "activateVersion": f"version {{ state number }} {ERRORS}",
}


def change(url: str, secret: str, mutation: str, given: dict[str, Any]) -> dict[str, Any]:
    """Run a mutation; what is refused ends the script."""
    kind = mutation[0].upper() + mutation[1:] + "Input"
    query = f"mutation Change($input: {kind}!) {{ {mutation}(input: $input) {{ {MUTATIONS[mutation]} }} }}"
    body = {"query": query, "variables": {"input": given}}
    answer = httpx.post(url, json=body, headers={"Authorization": f"Bearer {secret}"}, timeout=60).json()
    payload = (answer.get("data") or {}).get(mutation)
    errors = answer.get("errors") or payload["errors"]
    if errors:
        raise SystemExit(f"{mutation}: " + "; ".join(error["message"] for error in errors))
    return dict(payload)


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("agreement")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--key", required=True)
    asked = parser.parse_args()
    url = asked.url.removesuffix("/graphql") + "/graphql"
    text = asked.file.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    teams = content.get("teams", [])

    def key(name: str, role: str, person: str, *of_teams: str) -> str:
        made = {"name": name, "role": role, "person": person, "teams": list(of_teams)}
        return str(change(url, asked.key, "createApiKey", made)["secret"])

    for team in teams:  # before the keys that name them
        change(url, asked.key, "upsertTeam", team)
    leaders = [team["leadPerson"] for team in teams if team["party"] == "SALES"] or ["sales.lead"]
    sales_teams = [team["key"] for team in teams if team["party"] == "SALES"]
    keys = {
        "MARKETING": key("marketing", "MARKETING", content.get("document", content)["accountable"]),
        "SALES": key("sales", "SALES", leaders[0], *sales_teams),
        "MANAGEMENT": key("management", "MANAGEMENT", "management"),
        "INTEGRATION": key("marketing automation", "INTEGRATION", "tools"),
    }
    made = {"key": asked.agreement, "title": asked.agreement, "document": text}
    version = change(url, keys["MARKETING"], "createAgreement", made)["version"]
    frozen = {"version": version["id"], "expectedRevision": version["revision"]}
    change(url, keys["MARKETING"], "submitVersion", frozen)
    for party in ("MARKETING", "SALES"):
        signed = {"version": version["id"], "party": party, "approve": True}
        change(url, keys[party], "signVersion", signed)
    change(url, keys["MANAGEMENT"], "activateVersion", {"version": version["id"]})
    for name, secret in keys.items():
        print(f"{name}={secret}")


if __name__ == "__main__":
    main()
