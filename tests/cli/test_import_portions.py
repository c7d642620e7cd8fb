"""Rows that are sent to an API travel in portions that it takes."""

from __future__ import annotations

from typing import Any

import orjson

from api.cli.import_live import MOST_BYTES, MOST_VALUES, _portions, _values


def test_wide_rows_travel_in_more_portions() -> None:
    """Every row is sent once, in order, and no portion holds more values or bytes than an API takes."""
    narrow = [{"externalId": str(number), "fields": {"a": 1}} for number in range(500)]
    wide = [{"externalId": str(number), "fields": {f"f{key}": key for key in range(99)}} for number in range(500)]
    long = [{"externalId": str(number), "fields": {"note": "ü" * 4_000}} for number in range(500)]
    for rows, least in ((narrow, 1), (wide, 4), (long, 6)):
        portions: list[list[Any]] = list(_portions(rows))
        assert [row for portion in portions for row in portion] == rows
        assert len(portions) >= least
        for portion in portions:
            assert sum(map(_values, portion)) <= MOST_VALUES
            assert len(orjson.dumps(portion)) <= MOST_BYTES + 10_000
    assert len(list(_portions(narrow))) == 1
    assert list(_portions([])) == []
