"""What is known of a lead and its company does not depend on the order in which it was told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from sqlalchemy import text

from application.history.as_of import known_at
from application.history.replaying import ReplayOutcome, replay_decision
from application.intake.importing.import_past import import_past
from application.intake.importing.rows import ImportedRow
from application.intake.upsert_leads import upsert_leads
from application.reading import single
from application.runtime.incoming import ABSENT, Absent, IncomingAccount, IncomingLead, ItemStatus
from application.simulation.cases import Cases
from application.simulation.known_states import NOTHING
from application.simulation.past import Period
from application.simulation.recorded_past import RecordedPast
from domain.leads.lead import BESIDE_FIELDS, Account, Lead
from tests.application.scene import MONDAY, Scene


def day(number: int) -> datetime:
    """A day before the scene begins."""
    return MONDAY - timedelta(days=20 - number)


@dataclass(frozen=True)
class Word:
    """What was observed of a lead and its company on a day."""

    on: int
    fields: dict[str, Any]
    company: dict[str, Any] | None = None
    """Fields, name and owner of the company `co`; None: nothing is said of one."""
    leaves: bool = False
    moves: bool = False
    """Whether the company is another one."""

    def item(self, key: str) -> IncomingLead:
        """As it is sent."""
        account: IncomingAccount | Absent | None = None if self.leaves else ABSENT
        if self.company is not None:
            told = dict(self.company)
            names = {name: told.pop(name) for name in ("name", "owner") if name in told}
            account = IncomingAccount(f"{'other' if self.moves else 'co'} {key}", fields=told, **names)
        return IncomingLead(key, self.fields, account, observed_at=day(self.on), created_at=day(0))


WORDS = (
    Word(1, {"role": "A", "country": "DE"}, {"employees": 60, "name": "Old", "owner": "mia"}),
    Word(3, {"role": "A", "country": None, "phone": None}, {"employees": 60, "owner": None}),
    Word(5, {"role": "B", "phone": "1"}, {"employees": 5, "name": "New"}),
    Word(7, {"role": "A", "email": " "}, {"employees": None, "name": "New", "owner": "mia"}),
    Word(9, {"role": "A", "country": "AT", "email": "x@y.example"}, {"industry": "machinery"}, moves=True),
    Word(11, {"phone": "1"}, leaves=True),
    Word(13, {"email": "x@y.example", "country": "AT"}, {"employees": 60}),
)
SEVERAL = [(0, 2, 1), (2, 0, 1), (1, 0, 2), (6, 5, 4, 3, 2, 1, 0), (0, 1, 3, 2, 4), (4, 3, 5), (5, 4, 6)]


def _orders() -> list[tuple[Word, ...]]:
    """Chosen and drawn orders of some of the words, each beside the sorted one."""
    chance = random.Random(6)
    chosen = [tuple(WORDS[place] for place in order) for order in SEVERAL]
    chosen += list(permutations(WORDS[:3]))
    chosen += [tuple(chance.sample(WORDS, chance.randint(3, len(WORDS)))) for _ in range(12)]
    return [order for words in chosen for order in (words, tuple(sorted(words, key=lambda word: word.on)))]


async def _send(scene: Scene, items: Sequence[IncomingLead], source: str | None = None) -> list[ItemStatus]:
    answer = await upsert_leads(scene.application, scene.integration, source=source or scene.source, items=items)
    assert not any(result.faults for result in answer.results), answer
    return [result.status for result in answer.results]


async def _lead(scene: Scene, key: str) -> Lead:
    lead = await single.lead_by_key(scene.application, scene.admin, source=scene.source, external_id=key)
    assert lead is not None
    return lead


async def _account(scene: Scene, id_: UUID | None) -> Account | None:
    return None if id_ is None else (await single.accounts(scene.application, scene.admin, [id_]))[0]


async def _state(scene: Scene, key: str) -> list[Any]:
    """All that is known of a lead: as it stands, looking back, in a simulation."""
    lead = await _lead(scene, key)
    account = await _account(scene, lead.account_id)
    company = account and (account.key.split()[0], account.name, account.owner, dict(account.fields))
    found: list[Any] = [dict(lead.fields), company]
    if not lead.historical:
        (then,) = await known_at(scene.application, [(lead.id, scene.time.now())])
        assert then is not None
        found += [dict(then.facts.fields), dict(then.facts.account)]
        assert found[2:] == [dict(lead.fields), dict(account.fields) if account else {}]
    return [*found, await _cases(scene, lead.id)]


async def _cases(scene: Scene, lead_id: UUID) -> list[Any]:
    """The moments of a lead in a simulation, with all that was known of it and its account."""
    period = Period(day(0), scene.time.now())
    async with scene.application.database.reading() as connection:
        compiled_version = await scene.application.version_cache.version(connection, scene.main)
    recorded = RecordedPast(scene.application, [compiled_version], period)
    cases = Cases(await recorded.portion(after=UUID(int=lead_id.int - 1), limit=1), period)
    keys = [key for key in cases.fields.to_pylist() if not key.startswith(BESIDE_FIELDS)]

    def known(numbers: dict[str, Any], place: int) -> dict[str, Any]:
        return {key: cases.value(found[place]) for key, found in numbers.items() if found[place] != NOTHING}

    of_lead, of_account = ({key: of(key) for key in keys} for of in (cases.of_lead, cases.of_account))
    return [(int(now), known(of_lead, n), known(of_account, n)) for n, now in enumerate(cases.now)]


async def _replays(scene: Scene) -> set[ReplayOutcome]:
    async with scene.application.database.reading() as connection:
        ids = (await connection.execute(text("select id from decision"))).scalars().all()
    found = [await replay_decision(scene.application, scene.admin, decision_id=id_) for id_ in ids]
    return {replay.outcome for replay in found if replay}


async def test_every_order_of_arrival_ends_in_the_state_of_the_ordered_one(scene: Scene) -> None:
    """In one batch and in many, with values, nulls and confirmations; now, looking back, in simulations and replays."""
    orders = _orders()
    for number, order in enumerate(orders):
        if number % 4 < 2:
            await _send(scene, [word.item(f"l{number}") for word in order])
    for turn in range(len(WORDS)):
        scene.time.pass_by(seconds=1)
        late = [(n, order) for n, order in enumerate(orders) if n % 4 >= 2 and turn < len(order)]
        await _send(scene, [order[turn].item(f"l{number}") for number, order in late])
    for number in range(0, len(orders), 2):
        states = [await _state(scene, f"l{number + side}") for side in (0, 1)]
        assert states[0] == states[1], [word.on for word in orders[number]]
    assert await _replays(scene) == {ReplayOutcome.SAME}


async def test_the_imported_past_may_come_in_any_order_too(scene: Scene) -> None:
    """Row by row or in one file; the same file again changes nothing."""
    orders = _orders()[:20]
    rows = [
        ImportedRow(number=place, lead=word.item(f"h{number}"))
        for number, order in enumerate(orders)
        for place, word in enumerate(order)
    ]
    await import_past(scene.application, scene.integration, source=scene.source, rows=rows)
    for number in range(0, len(orders), 2):
        states = [await _state(scene, f"h{number + side}") for side in (0, 1)]
        assert states[0] == states[1], [word.on for word in orders[number]]
    again = await import_past(scene.application, scene.integration, source=scene.source, rows=rows)
    assert {result.status for result in again} == {ItemStatus.UNCHANGED}


async def test_of_a_file_that_contradicts_itself_the_first_row_counts(scene: Scene) -> None:
    """Also about the name and the owner of a company, and about whose lead it is; the same file again is unchanged."""
    told = {"name": "First", "owner": "mia", "employees": 60}
    words = [Word(3, {"role": "A"}, told), Word(3, {"role": "B"}, {"name": "Second", "owner": None, "employees": 5})]
    items = [word.item("c") for word in words] + [replace(words[0], moves=True).item("c")]
    rows = [ImportedRow(number=place, lead=item) for place, item in enumerate(items)]
    first = await import_past(scene.application, scene.integration, source=scene.source, rows=rows)
    assert [len(result.contradictions) for result in first] == [0, 4, 1]
    assert not any("@" in told for result in first for told in result.contradictions)
    assert (await _state(scene, "c"))[:2] == [{"role": "A"}, ("co", "First", "mia", {"employees": 60})]
    again = await import_past(scene.application, scene.integration, source=scene.source, rows=rows)
    assert {result.status for result in again} == {ItemStatus.UNCHANGED}


async def test_what_is_confirmed_without_a_time_of_its_own_wins_against_older_words(scene: Scene) -> None:
    """A plain repetition writes no history, yet an older word that comes later finds it; whichever source told it."""
    told = {"role": "A", "phone": None}
    company = IncomingAccount("co", "Firm", "mia", {"employees": 60})
    plain = IncomingLead("a", told, company)
    await _send(scene, [plain])
    rows = await _rows(scene)
    scene.time.pass_by(hours=2)
    assert await _send(scene, [plain]) == [ItemStatus.UNCHANGED]
    confirmed = scene.time.now()
    assert await _rows(scene) == rows
    scene.time.pass_by(hours=2)
    late = IncomingAccount("co", "Other", "petra", {"employees": 5})
    older = IncomingLead("a", {"role": "B", "phone": "1"}, late, observed_at=confirmed - timedelta(hours=1))
    assert await _send(scene, [older]) == [ItemStatus.UNCHANGED]
    lead = await _lead(scene, "a")
    account = await _account(scene, lead.account_id)
    assert lead.fields == {"role": "A"}
    assert account is not None
    assert (account.name, account.owner, account.fields) == ("Firm", "mia", {"employees": 60})
    moments = [confirmed - timedelta(minutes=30), confirmed + timedelta(minutes=30), scene.time.now()]
    assert await _held(scene, lead.id, "role", moments) == ["B", "A", "A"]
    assert await _held(scene, lead.id, "phone", moments) == ["1", None, None]
    newer = replace(older, observed_at=confirmed + timedelta(hours=1))
    assert await _send(scene, [newer]) == [ItemStatus.UPDATED]
    assert (await _lead(scene, "a")).fields == {"role": "B", "phone": "1"}


async def test_of_words_of_one_time_the_later_recorded_holds(scene: Scene) -> None:
    """And that very word again changes nothing."""
    for value, status in (("A", "CREATED"), ("B", "UPDATED"), ("B", "UNCHANGED"), ("A", "UPDATED")):
        assert await _send(scene, [IncomingLead("a", {"role": value}, observed_at=day(3))]) == [ItemStatus(status)]
        assert (await _lead(scene, "a")).fields == {"role": value}


async def test_two_decisions_of_one_instant_are_judged_again_by_what_was_recorded(scene: Scene) -> None:
    """Values of lead and company, and activities, that came to the same instant later were not known to the first."""
    company = IncomingAccount("co", fields={"employees": 60, "industry": "machinery"})
    item = IncomingLead("a", {"role": "Owner", "country": "DE"}, company)
    await _send(scene, [item])
    await _send(scene, [replace(item, fields={"country": "FR"})])
    await scene.activity("a", "webinar-attended")
    await _send(scene, [replace(item, account=replace(company, fields={"employees": 1}))])
    await scene.activity("a", "whitepaper-download")
    async with scene.application.database.reading() as connection:
        found = (await connection.execute(text("select at from decision"))).scalars().all()
    assert len(found) == 5
    assert len(set(found)) == 1
    assert await _replays(scene) == {ReplayOutcome.SAME}


async def _rows(scene: Scene) -> int:
    async with scene.application.database.reading() as connection:
        return int(await connection.scalar(text("select count(*) from field_value")))


async def _held(scene: Scene, subject: UUID, name: str, moments: Sequence[datetime]) -> list[Any]:
    statement = text(
        "select value from field_value where subject_id = :subject and field = :name and valid_from <= :at"
        " order by valid_from desc, seq desc limit 1"
    )
    async with scene.application.database.reading() as connection:
        return [await connection.scalar(statement, {"subject": subject, "name": name, "at": at}) for at in moments]
