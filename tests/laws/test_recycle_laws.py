"""When a returned lead comes again: laws over any returns, rounds and moments."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import LastReturn
from domain.leads.decision import Block
from domain.leads.lead import not_known_anew
from rules.judge import judge, judge_plain
from tests.rules.samples import NOW, activity, compiled_version, facts
from tests.sizes import examples

HOT = [activity(days=1), activity(days=2)]
TICK = timedelta(microseconds=1)
BOOK = compiled_version()
MOST = BOOK.verdicts.max_rounds
ends = st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=3)).map(lambda left: NOW + left)
awaited = st.lists(st.sampled_from(["text", "account.employees"]), unique=True, max_size=2).map(tuple)


@settings(max_examples=examples(120))
@given(ends, st.booleans(), awaited, st.integers(0, MOST + 2))
def test_a_lead_comes_again_after_its_cool_off_with_something_new_while_rounds_are_left(
    end: datetime | None, news: bool, fields: tuple[str, ...], rounds: int
) -> None:
    """Due exactly if the cool-off is over, something is new, the data is there and rounds are left; else it is told."""
    last = LastReturn(NOW - timedelta(days=5), end, news, fields)
    given_facts = facts(*HOT, rounds=rounds, last_return=last)
    decision = judge(BOOK, given_facts, now=NOW)
    assert decision == judge_plain(BOOK, given_facts, now=NOW)
    cooling = end is not None and end > NOW
    expected = {Block.COOLING_OFF: cooling, Block.MAX_ROUNDS: rounds >= MOST}
    expected |= {Block.DATA_AWAITED: bool(fields), Block.NOTHING_NEW: not news and not fields}
    blocked = [b.code for b in decision.verdict.blocked_by]
    assert set(blocked) == {code for code, holds in expected.items() if holds}
    assert decision.verdict.due == (not blocked)
    assert [b.rule for b in decision.verdict.blocked_by if b.code is Block.DATA_AWAITED] == list(fields)


@settings(max_examples=examples(60))
@given(st.timedeltas(TICK, timedelta(hours=20)))
def test_a_cool_off_ends_exactly_where_the_decision_said(left: timedelta) -> None:
    """Valid until the end of the cool-off: a tick before nothing changes, at the end the lead is due."""
    last = LastReturn(NOW - timedelta(days=5), NOW + left, news=True)
    decision = judge(BOOK, facts(*HOT, rounds=1, last_return=last), now=NOW)
    assert (decision.verdict.due, decision.valid_until) == (False, NOW + left)
    before = judge(BOOK, facts(*HOT, rounds=1, last_return=last), now=NOW + left - TICK)
    assert before.digest == decision.digest
    assert judge(BOOK, facts(*HOT, rounds=1, last_return=last), now=NOW + left).verdict.due


@given(st.sampled_from([None, "", " ", "a", "b", 0, 1, True, False, (), ("x",), ["x"]]))
def test_data_is_there_when_it_is_known_and_new(then: str | int | bool | None) -> None:
    """A blank value is no data, nor is the one that was there when it was asked for; zero and false are."""
    assert not_known_anew(then, then)
    assert all(not_known_anew(blank, then) for blank in (None, "", "  ", ()))
    assert not_known_anew("new", then) is (then == "new")
    assert not_known_anew(0, "x") is False
    assert not_known_anew(False, None) is False
