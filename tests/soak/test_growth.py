"""Every list with each filter and order among 10,000 and among 100,000 leads: the answer costs, not the table."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.application.scene import Scene
from tests.benchmarks import ground
from tests.growth import queries
from tests.growth.filling import multiply
from tests.growth.lives import NUMBER, live
from tests.growth.queries import Cost

pytestmark = pytest.mark.soak
COPIES = (499, 9)
FACTOR = 3
"""A list may take three times as long with ten times the leads."""
GROUND = {"page": 25, "count": 100}
"""What takes fewer milliseconds is not looked at; a count reads ten thousand rows at most."""
KNOWN = {
    "sales obligations open page": "what a team may see hangs on the handovers: no index has it in order",
    "sales obligations party page": "the same",
    "sales obligations all count": "the same",
    "sales obligations open count": "the same",
    "sales obligations party count": "the same",
    "marketing obligations kind count": "kinds of which there are fewer than ten thousand are counted whole",
}
"""What grows by more, and why."""


async def test_lists_cost_what_they_answer() -> None:
    """Prints the dearest; fails for whatever grows beyond the factor and is not known to."""
    costs: dict[str, list[Cost]] = {}
    async with ground.postgres() as server:
        url = await ground.new_database(server)
        async with ground.scene(url) as stage:
            await live(stage)
            await stage.events()
            leads = NUMBER
            for copies in COPIES:
                async with stage.application.database.transaction() as connection:
                    await multiply(connection, copies)
                    leads *= copies + 1
                    assert await connection.scalar(text("select count(*) from lead")) == leads
                await _measure(stage, costs)
    for name, (few, many) in sorted(costs.items(), key=lambda one: -one[1][1].milliseconds)[:20]:
        print(f"{name:45} {few.milliseconds:7.1f} → {many.milliseconds:7.1f} ms, {few.blocks} → {many.blocks} blocks")
    grown = {
        name: f"{few.milliseconds:.1f} → {many.milliseconds:.1f} ms"
        for name, (few, many) in costs.items()
        if many.milliseconds > max(FACTOR * few.milliseconds, GROUND[name.split()[-1]]) and name not in KNOWN
    }
    assert grown == {}


async def _measure(stage: Scene, costs: dict[str, list[Cost]]) -> None:
    now = stage.time.now()
    for who, principal in (("marketing", stage.marketing), ("sales", stage.sales)):
        async with stage.application.database.reading() as connection:
            for name, query in queries.queries(stage.application, principal, now):
                costs.setdefault(f"{who} {name} page", []).append(await queries.page(connection, query))
                costs.setdefault(f"{who} {name} count", []).append(await queries.count(connection, query))
