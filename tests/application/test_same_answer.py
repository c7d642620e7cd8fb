"""An answer that is told again, as after a lost reply, changes nothing and is no error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from application.handovers.answer_handover import accept_handover, return_handover, withdraw_handover
from application.handovers.answer_return import answer_return
from application.obligations.acknowledge_breach import acknowledge_breach
from application.obligations.settle_obligation import meet_obligation, waive_obligation
from domain.refusal import Refusal
from tests.application.promises import accepted, the_one
from tests.application.scene import Scene

Act = Callable[[Scene, UUID, str], Awaitable[Any]]


async def _offered(scene: Scene) -> UUID:
    return (await scene.offered("lea")).id


async def _returned(scene: Scene) -> UUID:
    handover = await scene.offered("lea")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="bad-data", comment=None)
    return handover.id


async def _owed(scene: Scene) -> UUID:
    await accepted(scene)
    return (await the_one(scene, "first-contact")).id


async def _missed(scene: Scene) -> UUID:
    await accepted(scene)
    scene.time.pass_by(days=20)
    await scene.tick()
    return (await scene.breaches(kind=["first-contact"]))[0].id


def _accept(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return accept_handover(scene.application, scene.sales, handover_id=id_, comment=said)


def _return(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return return_handover(scene.application, scene.sales, handover_id=id_, reason="bad-data", comment=said)


def _withdraw(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return withdraw_handover(scene.application, scene.marketing, handover_id=id_, reason=said)


def _answer_return(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return answer_return(scene.application, scene.marketing, handover_id=id_, comment=said)


def _meet(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return meet_obligation(scene.application, scene.sales, obligation_id=id_, evidence=said)


def _waive(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return waive_obligation(scene.application, scene.marketing, obligation_id=id_, reason=said)


def _acknowledge(scene: Scene, id_: UUID, said: str) -> Awaitable[Any]:
    return acknowledge_breach(scene.application, scene.sales, breach_id=id_, explanation=said)


CASES: dict[str, tuple[Callable[[Scene], Awaitable[UUID]], Act]] = {
    "acceptHandover": (_offered, _accept),
    "returnHandover": (_offered, _return),
    "withdrawHandover": (_offered, _withdraw),
    "answerReturn": (_returned, _answer_return),
    "meetObligation": (_owed, _meet),
    "waiveObligation": (_owed, _waive),
    "acknowledgeBreach": (_missed, _acknowledge),
}


@pytest.mark.parametrize("operation", CASES)
async def test_the_same_again_changes_nothing_and_another_is_refused(scene: Scene, operation: str) -> None:
    """Answers with the object as it is, without an event; other words by the same person are refused."""
    prepare, act = CASES[operation]
    about = await prepare(scene)
    await act(scene, about, "once")
    before = [event.type for event in await scene.events("")]
    assert await act(scene, about, "once") == about
    assert [event.type for event in await scene.events("")] == before
    with pytest.raises(Refusal) as refused:
        await act(scene, about, "other words")
    assert refused.value.code == "WRONG_STATE"


async def test_what_another_person_answers_is_not_the_same(scene: Scene) -> None:
    """Refuses the same words of another principal."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    with pytest.raises(Refusal) as refused:
        await accept_handover(scene.application, scene.admin, handover_id=handover.id, comment=None)
    assert refused.value.code == "WRONG_STATE"
