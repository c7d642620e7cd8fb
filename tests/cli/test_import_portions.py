"""Rows that are sent to an API travel in portions that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from api.cli.importing.import_live import MOST_BYTES, MOST_VALUES, Answer, _patiently, _portions, _values
from application.intake.admitting import Path


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


async def test_rows_with_several_bad_values_are_sent_until_all_of_these_are_told() -> None:
    """An API tells the first fault of a row only when there are many: the row is sent again until none is left."""

    async def send(items: Sequence[Any]) -> list[Answer]:
        wrong = [[key for key in item if key.startswith("bad")][:1] for item in items]
        return [
            {"status": "REFUSED" if keys else "CREATED", "errors": [{"path": [key]} for key in keys]} for keys in wrong
        ]

    def less(item: dict[str, int], paths: list[Path]) -> dict[str, int] | None:
        return None if "key" in item else {name: value for name, value in item.items() if (name,) not in paths}

    rows = [{"a": 1}, {"bad1": 1, "bad2": 2, "bad3": 3, "b": 1}, {"key": 1, "bad": 2}]
    answers = await _patiently(send, rows, less)
    assert [answer["status"] for answer in answers] == ["CREATED", "CREATED", "REFUSED"]
    assert [[error["path"] for error in answer["errors"]] for answer in answers] == [
        [],
        [["bad1"], ["bad2"], ["bad3"]],
        [["bad"]],
    ]
