"""Plausible prospects of a maker of packaging machines, each with a story of what they do; the same seed, the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from application.demo.words import FAIRS, FIRST_NAMES, LAST_NAMES, LEGAL_FORMS, NAME_BEGINNINGS, TOWNS, TRADES

Values = Mapping[str, Any]
BUYERS = ("food", "food", "food", "beverages", "beverages", "pet-food", "pharma", "cosmetics", "chemicals", "non-food")
FUNCTIONS = ("technical-director", "production-manager", "managing-director", "purchasing-manager", "process-engineer")
INTERESTS = ("tray-sealers", "flow-wrappers", "case-packers", "palletizers")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": "", ".": "", " ": "-"})


@dataclass(frozen=True)
class Step:
    """Something a prospect does so many hours after it was first seen: an activity, or data it gives about itself."""

    after_hours: float
    activity: str | None = None
    fields: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Prospect:
    """A person of a company, what is known of both at first, and what comes."""

    external_id: str
    fields: Values
    account_key: str
    account_name: str
    account: Values
    steps: tuple[Step, ...]


def prospects(seed: int) -> Iterator[Prospect]:
    """Prospects without end; the first ones tell the stories that lead to a handover at once."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    opening = ("asks", "project", "asks", "hot", "reader", "asks", "incomplete", "screened")
    number = 0
    while True:
        story = opening[number] if number < len(opening) else random.choices([*STORIES], [*SHARES.values()])[0]
        number += 1
        yield STORIES[story](random, _somebody(random, number))


def _somebody(random: Random, number: int) -> Prospect:
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    country, postal_code, town = random.choice(TOWNS)
    industry = random.choice(BUYERS)
    name = f"{random.choice(NAME_BEGINNINGS)}{random.choice(TRADES[industry])} {random.choice(LEGAL_FORMS)}, {town}"
    key = f"{name.split(',', maxsplit=1)[0].lower().translate(_UMLAUTS)}-{postal_code}"
    fields = {
        "firstName": first,
        "lastName": last,
        "email": f"{first}.{last}@{key}.example".lower().translate(_UMLAUTS | {ord("."): "."}),
        "phone": f"+49 555 {random.randrange(10_000, 99_999)}",
        "function": random.choice(FUNCTIONS),
        "productInterest": random.sample(INTERESTS, random.randint(1, 2)),
    }
    account = {
        "country": country,
        "postalCode": postal_code,
        "industry": industry,
        "employees": random.choice((35, 60, 120, 180, 320, 450, 800, 1400)),
        "packagingLines": random.randint(1, 9),
        "relation": random.choices(("new", "customer", "former-customer"), (7, 2, 1))[0],
    }
    return Prospect(f"P-{number:05}", fields, key, name, account, ())


def _with(who: Prospect, steps: tuple[Step, ...], **fields: Any) -> Prospect:
    return replace(who, fields={**who.fields, **fields}, steps=steps)


def _asks(random: Random, who: Prospect) -> Prospect:
    request = random.choice(("contact-form", "callback-request", "quote-request"))
    before = (_page(random, 0.0),) if random.random() < 0.5 else ()
    return _with(who, (*before, Step(0.2, request)))


def _project(random: Random, who: Prospect) -> Prospect:
    known = {"projectTiming": random.choice(("within-6-months", "within-12-months")), "buyingRole": "decider"}
    webinar = Step(0.1, "webinar-attended", {"minutes": random.randint(35, 60)})
    budget = f"{random.choice((95, 140, 220, 350, 600))}000.00"
    return _with(who, (webinar, Step(0.5, "case-study-download")), budget=budget, **known)


def _hot(random: Random, who: Prospect) -> Prospect:
    fair = random.choice(FAIRS)
    talks = tuple(
        Step(hours, "trade-fair-talk", {"fair": fair, "minutes": random.randint(12, 40)}) for hours in (0.1, 1.0)
    )
    known = {"projectTiming": "within-12-months", "buyingRole": "influencer"}
    return _with(who, (*talks, Step(1.5, "roi-calculator")), **known)


def _reader(random: Random, who: Prospect) -> Prospect:
    line = random.choice(INTERESTS)
    steps = (_page(random, 0.1), Step(0.4, "datasheet-download", {"productLine": line}), Step(20, "newsletter-click"))
    return _with(who, steps, projectTiming="later")


def _screened(random: Random, who: Prospect) -> Prospect:
    industry = random.choice(("machinery", "consulting", "education"))
    trade = random.choice(TRADES[industry])
    _, town = who.account_name.split(", ")
    name = f"{random.choice(NAME_BEGINNINGS)}{trade} {random.choice(LEGAL_FORMS)}, {town}"
    key = f"{name.split(',', maxsplit=1)[0].lower().translate(_UMLAUTS)}-{who.account['postalCode']}"
    other = replace(who, account_key=key, account_name=name, account={**who.account, "industry": industry})
    return _with(other, (Step(0.1, "case-study-download"), Step(0.3, "contact-form")))


def _incomplete(random: Random, who: Prospect) -> Prospect:
    phone = Step(3.0, None, {"phone": who.fields["phone"]})
    steps = (Step(0.1, "quote-request"), _page(random, 0.3), phone)
    return replace(who, fields={k: v for k, v in who.fields.items() if k != "phone"}, steps=steps)


def _page(random: Random, after: float) -> Step:
    fields = {"productLine": random.choice(INTERESTS), "seconds": random.randint(20, 240)}
    return Step(after, "product-page-visit", fields)


STORIES = {
    "asks": _asks,
    "project": _project,
    "hot": _hot,
    "reader": _reader,
    "screened": _screened,
    "incomplete": _incomplete,
}
SHARES = {"asks": 35, "project": 18, "hot": 12, "reader": 20, "screened": 7, "incomplete": 8}
"""The shares of the stories in a hundred leads."""
