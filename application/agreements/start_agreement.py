"""Bring a template into force for a trial, as people would: keys and teams made, drafted, signed by both, activated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from application.agreements.deciding_versions import activate_version
from application.agreements.drafting import create_agreement
from application.agreements.signing import sign_version
from application.agreements.submitting import submit_version
from application.directory.edit_team import upsert_team
from application.directory.manage_keys import create_key
from application.documents.templates import SlaTemplate
from application.reading import single
from application.runtime.transaction import Application
from domain.party import Party
from domain.people.principal import Principal, Role
from domain.refusal import Refusal


@dataclass(frozen=True)
class Key:
    """A key that was made, and who holds it."""

    secret: str
    principal: Principal


@dataclass(frozen=True)
class Started:
    """The objects made for a trial."""

    management: Key
    marketing: Key
    integration: Key
    sales: dict[str, Key]
    """By team; each held by the leader of the team."""


Report = Callable[[str], None]


async def start_agreement(
    application: Application, shown: SlaTemplate, *, agreement: str, management: str, report: Report = lambda _: None
) -> Started:
    """Make teams, keys and an agreement from a template and bring it into force; `report` hears of each step.

    `management` is the person who activates. Refused where teams stand already, which it would change.
    """
    if await single.agreement(application, agreement) or await single.team_directory(application):
        raise Refusal("KEY_REUSED", "There are agreements or teams already; a trial begins with an empty database.")
    manager = await make_key(application, "management", Role.MANAGEMENT, management)
    for team in shown.teams:
        await upsert_team(application, manager.principal, team=team.team())
        report(f"Team {team.key}: {', '.join(member.person for member in team.members)}.")
    started = Started(
        management=manager,
        marketing=await make_key(application, "marketing", Role.MARKETING, shown.document.accountable),
        integration=await make_key(application, "marketing automation", Role.INTEGRATION),
        sales={
            team.key: await make_key(application, team.key, Role.SALES, team.lead_person, (team.key,))
            for team in shown.teams
            if team.party is Party.SALES
        },
    )
    report("Keys for marketing, management, each sales team, and a tool that sends leads.")
    await _bring_into_force(application, started, shown, agreement, report)
    return started


async def make_key(
    application: Application, name: str, role: Role, person: str | None = None, teams: tuple[str, ...] = ()
) -> Key:
    """A key that the operator makes, with what it lets its holder do."""
    key, secret = await create_key(application, None, name=name, role=role, person=person, team_keys=teams)
    principal = key.principal(now=application.time.now())
    if principal is None:
        raise LookupError(f"the key {name} does not hold")
    return Key(secret, principal)


async def _bring_into_force(
    application: Application, started: Started, shown: SlaTemplate, agreement: str, report: Report
) -> None:
    marketing, sales = started.marketing.principal, next(iter(started.sales.values())).principal
    title = shown.title()
    _, version = await create_agreement(application, marketing, key=agreement, title=title, template=shown.key)
    if version is None:
        raise LookupError("the template made no draft")
    report(f"Agreement {agreement}: drafted from the template {shown.key}.")
    await submit_version(application, marketing, version_id=version, expected_revision=1)
    report("Submitted: the draft is frozen and can be signed.")
    for signer, party in ((marketing, Party.MARKETING), (sales, Party.SALES)):
        await sign_version(application, signer, version_id=version, party=party, approve=True, comment=None)
        report(f"Signed for {party.value.lower()} by {signer.person}.")
    await activate_version(application, started.management.principal, version_id=version)
    report(f"In force: “{title}”, activated by {started.management.principal.person}.")
