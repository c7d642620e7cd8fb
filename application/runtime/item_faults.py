"""The faults of what senders send: keys, texts, fields and moments."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.document.base import FORBIDDEN
from domain.document.sections.fields import Typed
from domain.facts import FUTURE_TOLERANCE, Canonical
from domain.leads.values import ValueFault, canonical_value
from domain.refusal import Refusal
from domain.time.wall_clock import representable
from domain.words.near_words import did_you_mean

_KEY = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")


MAX_TEXT = 500


def storable(text: str) -> bool:
    """Return whether a text holds only characters that may be stored; what is not must not be looked up either."""
    return FORBIDDEN.search(text) is None


def not_storable(path: Sequence[str]) -> Refusal:
    """The fault of a text that may not be stored."""
    return Refusal("VALUE_NOT_ALLOWED", "The text holds a character that is not allowed.", path)


def key_faults(key: str, path: Sequence[str]) -> list[Refusal]:
    """The faults of a sender's key: 1 to 200 characters, no control characters, no blanks around it."""
    if not storable(key):
        return [not_storable(path)]
    if _KEY.fullmatch(key) and key == key.strip():
        return []
    return [
        Refusal("MALFORMED_KEY", "A key has 1 to 200 characters, no control characters and no blanks around it.", path)
    ]


def read_fields(
    given: Any, known: Mapping[str, Typed], path: Sequence[str], carried: Container[str] = ()
) -> tuple[dict[str, Canonical | None], list[Refusal]]:
    """The canonical values of given fields, and the faults: unknown fields, wrong types, values not allowed.

    Null clears what is carried, known or not.
    """
    if given is None:
        return {}, []
    if not isinstance(given, Mapping):
        return {}, [Refusal("WRONG_TYPE", "Fields are an object of key and value.", path)]
    values: dict[str, Canonical | None] = {}
    faults: list[Refusal] = []
    for key, value in given.items():
        definition = known.get(key)
        if value is None and key in carried:
            values[key] = None
            continue
        if definition is None and not storable(key):
            faults.append(not_storable((*path, key)))
            continue
        if definition is None:
            message = f"No version that counts here defines a field {key[:80]!r}.{did_you_mean(key, known)}"
            faults.append(Refusal("UNKNOWN_FIELD", message, (*path, key)))
            continue
        try:
            values[key] = None if value is None else canonical_value(definition, value)
        except ValueFault as fault:
            faults.append(Refusal(fault.code, fault.message, (*path, key)))
    return values, faults


def moment_faults(at: datetime | None, name: str, *, now: datetime, since: datetime | None = None) -> list[Refusal]:
    """The fault of a moment that lies ahead by more than a sender's clock may be wrong, or stands for none.

    `since` is when what is done something with was there; before it nothing can be done.
    """
    if at is not None and since is not None and at < since:
        return [Refusal("VALUE_NOT_ALLOWED", f"{name} lies before {since.isoformat()}, when it began.", (name,))]
    if at is not None and not representable(at):
        return [Refusal("VALUE_NOT_ALLOWED", f"{name} lies before 1900 or after 9999.", (name,))]
    if at is None or at <= now + FUTURE_TOLERANCE:
        return []
    return [Refusal("IN_FUTURE", f"{name} lies more than five minutes ahead.", (name,))]


def text_faults(texts: Mapping[str, object], path: Sequence[str]) -> list[Refusal]:
    """The faults of texts by name: characters that are not allowed, or too many of them."""
    given = {name: value for name, value in texts.items() if isinstance(value, str)}
    faults = [not_storable((*path, name)) for name, value in given.items() if not storable(value)]
    long = [name for name, value in given.items() if len(value) > MAX_TEXT]
    return faults + [Refusal("WRONG_TYPE", f"At most {MAX_TEXT} characters.", (*path, name)) for name in long]
