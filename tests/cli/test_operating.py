"""`baton migrate` and `baton keys create`, and what is said when the database cannot be used."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from application.directory.first_key import make_first_key
from application.directory.manage_keys import sign_in
from application.lifespan.housing import DatabaseUnavailable, driver_url, prepared_application
from application.lifespan.running import prepare
from domain.party import Party
from domain.people.principal import Principal, Role
from tests.cli.conftest import run


async def _sign_in(address: str, secret: str) -> Principal | None:
    async with prepared_application(address.replace("postgresql://", "postgresql+asyncpg://")) as application:
        return await sign_in(application, secret)


def test_a_key_is_all_that_is_printed(address: str) -> None:
    """Makes the tables and the key; nothing but the key stands on standard output."""
    said = run("keys", "create", "--name", "rep", "--role", "sales", "--person", "eva")
    assert (said.status, said.err, len(said.out.split())) == (0, "", 1)
    principal = asyncio.run(_sign_in(address, said.out.strip()))
    assert principal is not None
    assert (principal.role, principal.party, principal.person) == (Role.SALES, Party.SALES, "eva")


def test_a_refused_key_is_one_line(address: str) -> None:
    """Says what is wrong and makes none."""
    said = run("keys", "create", "--name", "x", "--role", "SALES", "--party", "MARKETING")
    assert (said.status, said.out) == (1, "")
    assert said.err == "baton: The role SALES belongs to SALES.\n"
    said = run("keys", "create", "--name", "x", "--role", "SALES", "--team", "nowhere")
    assert (said.status, said.err) == (1, "baton: There is no team 'nowhere'.\n")


def test_migrating_twice_is_fine(address: str) -> None:
    """Says where the tables are, without the password."""
    for _ in range(2):
        said = run("migrate")
        assert (said.status, said.out.startswith("The tables are up to date")) == (0, True)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://eva:secret@127.0.0.1:1/none", "postgresql://eva:***@127.0.0.1:1/none"),
        ("mysql://127.0.0.1/none", "must begin with postgresql://"),
        ("nonsense", "no address"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    """Names the database without its password, and no traceback."""
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    said = run("migrate")
    assert (said.status, len(said.err.strip().splitlines())) == (1, 1)
    assert words in said.err
    assert "secret" not in said.err


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names the variable."""
    monkeypatch.setenv("BATON_PORT", "many")
    said = run("migrate")
    assert (said.status, "BATON_PORT" in said.err, len(said.err.strip().splitlines())) == (1, True, 1)


def test_addresses_are_taken_as_operators_write_them() -> None:
    """Takes postgres:// and postgresql://, and sslmode as libpq has it."""
    assert driver_url("postgres://eva@db/x").drivername == "postgresql+asyncpg"
    assert driver_url("postgresql://eva@db/x?sslmode=require").query == {"ssl": "require"}
    with pytest.raises(DatabaseUnavailable):
        driver_url("sqlite://")


def test_the_embedded_database_that_does_not_start_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file where the folder should be is no reason for a traceback."""
    monkeypatch.delenv("BATON_DATABASE_URL", raising=False)
    (tmp_path / "file").touch()
    monkeypatch.setenv("BATON_DATA", str(tmp_path / "file"))
    said = run("migrate")
    assert (said.status, len(said.err.strip().splitlines())) == (1, 1)
    assert "does not start" in said.err


async def test_of_many_first_starts_one_makes_the_key(address: str) -> None:
    """Several servers that start on an empty database at once make one admin key, not several."""
    url = address.replace("postgresql://", "postgresql+asyncpg://")
    await prepare(url)
    async with prepared_application(url) as application:
        made = await asyncio.gather(*(make_first_key(application) for _ in range(4)))
    assert len([secret for secret in made if secret is not None]) == 1


def test_a_misspelt_setting_is_told_and_changes_nothing(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command goes on; the nearest setting is named."""
    monkeypatch.setenv("BATON_WORKRES", "4")
    said = run("migrate")
    assert (said.status, said.err.count("\n")) == (0, 1)
    assert "BATON_WORKRES is no setting and changes nothing. Did you mean BATON_WORKERS?" in said.err


def test_a_trial_begins_once(address: str) -> None:
    """Brings a template into force and prints keys that work; a second time it would change teams, so it is refused."""
    said = run("start", "starter")
    keys = dict(line.split("=") for line in said.out.split())
    assert said.status == 0, said.err
    marketing = asyncio.run(_sign_in(address, keys["MARKETING"]))
    assert marketing is not None
    assert marketing.party is Party.MARKETING
    for step in (
        "Team ",
        "drafted from the template",
        "Submitted",
        "Signed for marketing",
        "Signed for sales",
        "In force",
    ):
        assert step in said.err
    again = run("start", "starter")
    assert (again.status, again.out) == (1, "")
    assert "agreements or teams already" in again.err
    unknown = run("start", "nothing")
    assert (unknown.status, "there are: mittelstand, saas-inbound, starter" in unknown.err) == (1, True)
