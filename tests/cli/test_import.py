"""`baton import`: CSV files into leads, live or past; the real funnel where BATON_TEST_OLIST says that it is."""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml

from application.agreements.deciding_versions import activate_version
from application.agreements.drafting import create_agreement
from application.agreements.signing import sign_version
from application.agreements.submitting import submit_version
from application.directory.edit_team import upsert_team
from application.directory.manage_keys import create_key
from application.intake.importing.mapping import read_mapping
from application.lifespan.housing import prepared_application
from domain.party import Party
from domain.people.principal import Principal, Role
from domain.people.team import Member, Team
from tests.cli.conftest import HOUSE, Said, Start, run

EXAMPLES = HOUSE / "docs" / "examples"
DOCUMENT = EXAMPLES / "olist.yaml"
OLIST = os.environ.get("BATON_TEST_OLIST")
MAP = """
source: web
externalId: id
timeZone: Europe/Berlin
createdAt: {column: seen, format: "%d.%m.%Y"}
fields: {origin: {column: origin, case: SNAKE}, landingPage: page}
activities: [{type: enquiry, key: "enquiry-{id}", at: {column: seen, format: "%d.%m.%Y"}}]
stages: [{stage: seller, at: {column: won, format: "%d.%m.%Y"}}]
"""
HEAD = "id;seen;origin;page;won\n"


async def _bring_into_force(url: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    async with prepared_application(url) as application:

        async def principal(role: Role, person: str) -> Principal:
            key, _ = await create_key(application, None, name=person, role=role, person=person)
            made = key.principal(now=application.time.now())
            assert made is not None
            return made

        marketing, sales = await principal(Role.MARKETING, "mia"), await principal(Role.SALES, "sam")
        management = await principal(Role.MANAGEMENT, "max")
        for team in yaml.safe_load(text)["teams"]:
            members = tuple(Member(member["person"]) for member in team["members"])
            await upsert_team(
                application, management, team=Team(team["key"], team["title"], Party.SALES, None, "office", members)
            )
        _, version = await create_agreement(application, marketing, key="sellers", title="Sellers", document=text)
        assert version is not None
        await submit_version(application, marketing, version_id=version, expected_revision=1)
        for party, who in ((Party.MARKETING, marketing), (Party.SALES, sales)):
            await sign_version(application, who, version_id=version, party=party, approve=True, comment=None)
        await activate_version(application, management, version_id=version)


@pytest.fixture(scope="module")
async def in_force(new_database_url: Callable[..., Awaitable[str]]) -> str:
    """A database with the example's agreement in force; each test sends under a source of its own."""
    url = await new_database_url()
    await _bring_into_force(url)
    return url


@pytest.fixture
def take(
    in_force: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[..., Said]:
    """Writes a CSV file and imports it."""
    monkeypatch.setenv("BATON_DATABASE_URL", in_force)
    mapping = tmp_path / "test.map.yaml"
    mapping.write_text('delimiter: ";"' + MAP.replace("source: web", f"source: {request.node.name}"))

    def take(rows: str, *words: str | Path) -> Said:
        file = tmp_path / "leads.csv"
        file.write_text(HEAD + rows)
        return run("import", file, "--map", mapping, *words)

    return take


def _counts(said: Said) -> dict[str, str]:
    pairs = [line.rsplit(maxsplit=1) for line in said.out.splitlines() if line.strip()]
    return {pair[0].strip(): pair[1] for pair in pairs if len(pair) == 2}


def test_the_past_is_recorded_once(take: Callable[..., Said]) -> None:
    """Tells what it did and what became of the leads, by a field too; the second time all is unchanged."""
    rows = "a;01.02.2025;Paid Search;p1;01.03.2025\nb;02.02.2025;Social;p2;\nc;03.02.2025;Social;p2;01.02.2025\n"
    said = take(rows, "--history", "--by", "origin")
    assert (said.status, said.err) == (0, "")
    counts = _counts(said)
    assert (counts["Rows read"], counts["Leads created"], counts["Stages recorded"]) == ("3", "3", "2")
    assert "(c): seller at 2025-01-31 23:00, before the first contact at 2025-02-02 23:00" in said.out
    assert [line.split() for line in said.out.splitlines()][-2:] == [
        ["social", "2", "1", "50.000", "%", "0"],
        ["paid_search", "1", "1", "100.000", "%", "0"],
    ]
    again = take(rows, "--history")
    assert _counts(again)["Leads unchanged"] == "3"


def test_live_rows_are_judged_and_handed_over(take: Callable[..., Said]) -> None:
    """Opens handovers where the agreement says so; the second time nothing changes."""
    rows = "a;01.02.2025;Paid Search;p1;\nb;02.02.2025;Social;p2;\n"
    for leads, activities in (("Leads created", "Activities recorded"), ("Leads unchanged", "Activities duplicate")):
        said = take(rows)
        counts = _counts(said)
        assert (said.status, counts[leads], counts[activities]) == (0, "2", "2")
        assert counts["Leads with an open handover"] == "1"


def test_faults_are_told_by_row_and_the_rest_is_taken(take: Callable[..., Said], tmp_path: Path) -> None:
    """Shows the first twenty, writes all where asked, and ends with 1."""
    bad = "".join(f"bad{n};31.02.2025;moon;p;\n" for n in range(30))
    said = take(bad + "good;01.02.2025;email;p;\n", "--history", "--faults", tmp_path / "faults.csv")
    assert (said.status, _counts(said)["Leads created"], _counts(said)["Rows with faults"]) == (1, "1", "30")
    shown = said.err.strip().splitlines()
    assert (len(shown), shown[-1]) == (21, "… and 40 more")
    with (tmp_path / "faults.csv").open() as file:
        written = list(csv.DictReader(file))
    assert len(written) == 60
    assert {(f["code"], f["path"]) for f in written} == {("WRONG_TYPE", "seen"), ("VALUE_NOT_ALLOWED", "fields.origin")}


def test_a_limit_takes_the_first_rows(take: Callable[..., Said]) -> None:
    """Reads no further."""
    assert _counts(take("a;;email;p;\nb;;email;p;\nc;;email;p;\n", "--history", "--limit", "2"))["Rows read"] == "2"


def test_what_does_not_go_together_is_one_line(take: Callable[..., Said], tmp_path: Path) -> None:
    """A mapping with faults, a file that is not there, options that contradict each other."""
    for words in (
        ("--history", "--url", "http://x"),
        ("--dry-run", "--url", "http://x", "--key", "k"),
        ("--url", "http://x"),
        ("--by", "origin"),
    ):
        said = take("", *words)
        assert (said.status, len(said.err.splitlines())) == (2, 1)
    assert run("import", "nowhere.csv", "--map", "nowhere.yaml").err == "baton: There is no file nowhere.yaml.\n"
    (tmp_path / "bad.yaml").write_text("source: x\ncolour: red\n")
    said = run("import", "nowhere.csv", "--map", tmp_path / "bad.yaml")
    assert (said.status, said.err.count("\n")) == (1, 3)


def test_rows_are_sent_through_the_api(take: Callable[..., Said], start: Start, in_force: str) -> None:
    """Sends as a tool would, with a key; a refused key is one line."""
    key = run("keys", "create", "--name", "tool", "--role", "INTEGRATION").out.strip()
    server = start("serve", "--port", "0", BATON_DATABASE_URL=in_force)
    url = server.wait_for(r"(http://\S+)/graphql")
    said = take("a;01.02.2025;Paid Search;p1;\nb;02.02.2025;Moon;p2;\n", "--url", url, "--key", key)
    counts = _counts(said)
    assert (said.status, counts["Leads created"], counts["Leads with an open handover"]) == (1, "1", "1")
    assert "row 3 (b): VALUE_NOT_ALLOWED fields.origin" in said.err
    refused = take("a;;email;p;\n", "--url", url, "--key", "baton_nobody")
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.map.yaml")), ids=lambda path: path.name)
def test_the_mappings_shown_as_examples_are_fine(example: Path) -> None:
    """What docs/examples/ ships has no faults."""
    assert read_mapping(example.read_text(encoding="utf-8"), example.name).source == "olist"


@pytest.mark.skipif(OLIST is None, reason="BATON_TEST_OLIST does not say where the real funnel lies")
async def test_the_real_funnel(
    new_database_url: Callable[..., Awaitable[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """842 of 8,000 leads are won, one of them before its first contact; a second import changes nothing."""
    url = await new_database_url()
    await _bring_into_force(url)
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    leads = Path(OLIST or "") / "olist_marketing_qualified_leads_dataset.csv"
    deals = Path(OLIST or "") / "olist_closed_deals_dataset.csv"
    for outcome in ("created", "unchanged"):
        said = await _in_thread("import", leads, "--map", EXAMPLES / "olist-leads.map.yaml", "--history")
        assert (said.status, _counts(said)[f"Leads {outcome}"]) == (0, "8,000")
    for outcome in ("updated", "unchanged"):
        said = await _in_thread("import", deals, "--map", EXAMPLES / "olist-deals.map.yaml", "--history")
        assert (said.status, _counts(said)[f"Leads {outcome}"]) == (0, "842")
        assert said.out.splitlines()[-1].split() == ["all", "8,000", "842", "10.525", "%", "0"]
        assert "Contradictions: 1" in said.out


async def _in_thread(*words: str | Path) -> Said:
    """Run a command beside the loop of the tests."""
    return await asyncio.to_thread(run, *words)
