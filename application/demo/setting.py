"""The setting of the demonstration: an agreement in force, teams, keys, and a weekday morning to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from application.agreements.start_agreement import Key, make_key, start_agreement
from application.documents.templates import SlaTemplate, template
from application.runtime.transaction import Application
from domain.document.working_calendars import business_calendar
from domain.people.principal import Role
from domain.time.business_time import BusinessCalendar

TEMPLATE = "mittelstand"
MORNING = time(7, 45)
_DAYS = 3
"""So many days in a row must be working days, or the demonstration would begin before a holiday."""


@dataclass(frozen=True)
class Setting:
    """The material of the demonstration."""

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


async def set_up(application: Application) -> Setting:
    """Bring the template into force as people would: drafted, submitted, signed by both parties, activated."""
    shown = demo_template()
    calendar = working_hours(shown)
    admin = await make_key(application, "demo admin", Role.ADMIN)
    started = await start_agreement(application, shown, agreement=TEMPLATE, management="andreas.kern")
    return Setting(
        template=shown,
        calendar=calendar,
        zone=ZoneInfo(calendar.time_zone),
        admin=admin,
        management=started.management,
        marketing=started.marketing,
        integration=started.integration,
        sales=started.sales,
    )
