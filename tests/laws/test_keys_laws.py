"""Keys of more than one part are read as they were written."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from domain.words.keys import DaySince, ItemOfParty, ItemOn, ItemSince, PartyDid, item_in

KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
LABELS = st.text(st.characters(categories=["L", "N"], include_characters=" -,"), max_size=30).map(str.strip)


@given(KEYS, st.datetimes(timezones=st.just(UTC)), st.dates(), st.sampled_from(["MARKETING", "SALES"]), LABELS)
def test_a_key_is_read_as_it_was_written(item: str, since: object, day: object, party: str, label: str) -> None:
    """Also where the last part holds blanks; each begins with its item."""
    for key in (ItemSince(item, since), ItemOn(item, day), ItemOfParty(item, day, party, label)):  # type: ignore[arg-type]
        assert type(key).read(key.text) == key
        assert item_in(key.text) == item
    reviewed = DaySince(day, since)  # type: ignore[arg-type]
    assert DaySince.read(reviewed.text) == reviewed
    done = PartyDid(party, item)
    assert PartyDid.read(done.text) == done
