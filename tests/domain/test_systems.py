"""Systems and the fields they own: what is wrong is found [S4.7]."""

from __future__ import annotations

from typing import Any

import pytest

from domain.agreements.field_owner import FieldOwner, owners_for, owners_in, owners_of_all
from domain.checking.checking import check_references
from domain.document.content_hash import document_digest
from domain.document.sections.systems import SystemKind
from domain.party import Party
from tests.domain.document_samples import document

HOUR = {"duration": "PT1H", "clock": "ELAPSED"}
FIELDS: dict[str, Any] = {
    "email": {"label": "E-mail", "type": "TEXT", "owner": "crm"},
    "consent": {"label": "Consent", "type": "BOOLEAN", "owner": "mail"},
    "note": {"label": "Note", "type": "TEXT"},
    "employees": {"label": "Employees", "type": "INTEGER", "of": "ACCOUNT", "owner": "crm"},
}


def systems(**changed: dict[str, Any]) -> dict[str, Any]:
    """Two systems, some of their properties replaced."""
    both: dict[str, dict[str, Any]] = {
        "crm": {"label": "CRM", "kind": "CRM"},
        "mail": {"label": "Mail", "kind": "MARKETING_AUTOMATION", "sources": ["mail", "web"]},
    }
    return {key: both[key] | changed.get(key, {}) for key in both}


def found(fields: dict[str, Any] = FIELDS, **changed: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Severity, code and path of the findings."""
    findings = check_references(document(fields=fields, systems=systems(**changed)))
    return {(f.severity.value, f.code, f.path) for f in findings}


def test_sound_systems_have_no_findings() -> None:
    """Nothing is found where nothing is wrong, with limits and needs too."""
    assert found() == set()
    assert found(crm={"syncWithin": HOUR}, mail={"syncWithin": HOUR, "needs": ["account.employees"]}) == set()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"mail": {"sources": ["crm"]}}, ("ERROR", "SOURCE_TWICE", "systems[mail].sources[0]")),
        ({"crm": {"sources": ["mail"]}}, ("ERROR", "SOURCE_TWICE", "systems[mail].sources[0]")),
        ({"mail": {"syncWithin": HOUR, "needs": ["x"]}}, ("ERROR", "UNKNOWN_FIELD", "systems[mail].needs[0]")),
        ({"mail": {"syncWithin": HOUR, "needs": ["employees"]}}, ("ERROR", "UNKNOWN_FIELD", "systems[mail].needs[0]")),
        (
            {"mail": {"syncWithin": HOUR, "needs": ["note"]}},
            ("WARNING", "NEED_WITHOUT_OWNER", "systems[mail].needs[0]"),
        ),
        ({"mail": {"needs": ["email"]}}, ("WARNING", "NEEDS_WITHOUT_LIMIT", "systems[mail].needs")),
        (
            {"mail": {"syncWithin": HOUR, "needs": ["note"]}},
            ("WARNING", "CLOCK_NEVER_STARTS", "systems[mail].syncWithin"),
        ),
    ],
)
def test_a_fault_is_told_at_its_place(changed: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """Each fault has its code and path."""
    assert expected in found(**changed)


def test_an_owner_has_to_be_one_of_the_systems() -> None:
    """Where systems are named, an owner is one of them; where none are, it is a note."""
    fields = FIELDS | {"email": FIELDS["email"] | {"owner": "erp"}}
    assert found(fields) == {("ERROR", "UNKNOWN_SYSTEM", "fields[email].owner")}
    without = document(fields=fields)
    assert list(check_references(without)) == []
    assert owners_in(without) == {}


def test_a_system_writes_under_its_key_unless_it_names_sources() -> None:
    """Sources belong to the owner; the party that answers for a system follows from its kind."""
    made = document(fields=FIELDS, systems=systems())
    crm, mail = FieldOwner("crm", frozenset({"crm"})), FieldOwner("mail", frozenset({"mail", "web"}))
    assert owners_in(made) == {"email": crm, "employees": crm, "consent": mail}
    assert [s.run_by for s in made.systems] == [Party.SALES, Party.MARKETING]
    assert [s.kind for s in made.systems] == [SystemKind.CRM, SystemKind.MARKETING_AUTOMATION]


def test_of_several_agreements_the_own_one_counts_first() -> None:
    """A field is owned as the governing document says; one it does not know as the others say, the first of them."""
    mine = document(fields={"email": FIELDS["email"] | {"owner": "mail"}}, systems=systems())
    other = document(fields=FIELDS | {"note": FIELDS["note"] | {"owner": "crm"}}, systems=systems())
    plain = document(fields={"email": {"label": "E", "type": "TEXT"}}, systems=systems())
    all_ = owners_of_all([other, mine])
    assert all_["email"].system == "crm"
    assert {key: owner.system for key, owner in owners_for(mine, all_).items()} == {
        "email": "mail",
        "consent": "mail",
        "note": "crm",
        "employees": "crm",
    }
    assert "email" not in owners_for(plain, all_)


def test_documents_from_before_keep_their_digest() -> None:
    """An empty section leaves the digest as it was; one with content changes it."""
    assert document_digest(document(systems={})) == document_digest(document())
    assert document_digest(document(systems=systems())) != document_digest(document())
