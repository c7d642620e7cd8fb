"""The setting of the demonstration: an agreement in force, teams, keys, and a weekday morning to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from application.deciding_versions import activate_version, sign_version
from application.drafting import create_agreement, submit_version
from application.edit_team import upsert_team
from application.manage_keys import create_key
from application.templates import SlaTemplate, template
from application.work import House
from domain.business_time import BusinessCalendar
from domain.document.working_calendars import business_calendar
from domain.party import Party
from domain.principal import Principal, Role

TEMPLATE = "mittelstand"
MORNING = time(7, 45)
_DAYS = 3
"""So many days in a row must be working days, or the demonstration would begin before a holiday."""


@dataclass(frozen=True)
class Key:
    """A key of the setting and who holds it."""

    secret: str
    principal: Principal


@dataclass(frozen=True)
class Setting:
    """What the demonstration plays with."""

    template: SlaTemplate
    calendar: BusinessCalendar
    zone: ZoneInfo
    admin: Key
    management: Key
    marketing: Key
    integration: Key
    sales: dict[str, Key]
    """By team; each held by the leader of the team."""


def demo_template() -> SlaTemplate:
    """The template that is shown."""
    found = template(TEMPLATE)
    if found is None:
        raise LookupError(f"there is no template {TEMPLATE}")
    return found


def working_hours(shown: SlaTemplate) -> BusinessCalendar:
    """The calendar by which most of its teams work."""
    document = shown.document
    return business_calendar(next(c for c in document.calendars if c.key == document.default_calendar))


def first_morning(calendar: BusinessCalendar, *, before: datetime) -> datetime:
    """The last Monday morning, or the one before, that begins a stretch of working days."""
    zone = ZoneInfo(calendar.time_zone)
    day = before.astimezone(zone).date()
    for _ in range(60):
        mornings = [datetime.combine(day + timedelta(days=n), MORNING, zone) for n in range(_DAYS)]
        if day.weekday() == 0 and mornings[0] <= before and all(map(calendar.is_open, mornings)):
            return mornings[0]
        day -= timedelta(days=1)
    return before


async def set_up(house: House) -> Setting:
    """Bring the template into force as people would: drafted, submitted, signed by both parties, activated."""
    shown = demo_template()
    calendar = working_hours(shown)
    teams = [team for team in shown.teams if team.party is Party.SALES]
    management = await _key(house, "demo management", Role.MANAGEMENT, person="andreas.kern")
    for team in shown.teams:
        await upsert_team(house, management.principal, team=team.team())
    setting = Setting(
        template=shown,
        calendar=calendar,
        zone=ZoneInfo(calendar.time_zone),
        admin=await _key(house, "demo admin", Role.ADMIN),
        management=management,
        marketing=await _key(house, "demo marketing", Role.MARKETING, person=shown.document.accountable),
        integration=await _key(house, "demo marketing automation", Role.INTEGRATION),
        sales={t.key: await _key(house, f"demo {t.key}", Role.SALES, t.lead_person, (t.key,)) for t in teams},
    )
    await _bring_into_force(house, setting)
    return setting


async def _bring_into_force(house: House, setting: Setting) -> None:
    marketing, sales = setting.marketing.principal, next(iter(setting.sales.values())).principal
    title = setting.template.title()
    _, version = await create_agreement(house, marketing, key=TEMPLATE, title=title, template=TEMPLATE)
    if version is None:
        raise LookupError("the template made no draft")
    await submit_version(house, marketing, version_id=version, expected_revision=1)
    for signer, party in ((marketing, Party.MARKETING), (sales, Party.SALES)):
        await sign_version(house, signer, version_id=version, party=party, approve=True, comment=None)
    await activate_version(house, setting.management.principal, version_id=version)


async def _key(house: House, name: str, role: Role, person: str | None = None, teams: tuple[str, ...] = ()) -> Key:
    key, secret = await create_key(house, None, name=name, role=role, person=person, team_keys=teams)
    principal = key.principal(now=house.time.now())
    if principal is None:
        raise LookupError(f"the key {name} does not hold")
    return Key(secret, principal)
