"""The coded refusal of an impossible wish of a user, told as data."""

from __future__ import annotations

from collections.abc import Sequence


class Refusal(Exception):
    """Something that the user asked for and that is refused: code, message, and the path of the input at fault."""

    def __init__(self, code: str, message: str, path: Sequence[str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.path = None if path is None else tuple(path)


class StaleRevision(Refusal):
    """An edit named a revision that is no longer the current one."""

    def __init__(self, current_revision: int, changed: Sequence[str]) -> None:
        what = f" Changed meanwhile: {', '.join(changed)}." if changed else ""
        super().__init__("STALE_REVISION", f"The current revision is {current_revision}.{what}", ("expectedRevision",))
        self.current_revision = current_revision
        self.changed = tuple(changed)


class Refusals(Refusal):
    """Several things at once that are wrong with what the user asked for."""

    def __init__(self, faults: Sequence[Refusal]) -> None:
        super().__init__(faults[0].code, "; ".join(fault.message for fault in faults), faults[0].path)
        self.faults = tuple(faults)


def need_no(faults: Sequence[Refusal]) -> None:
    """Refuse what was asked for where anything is wrong with it, telling all of it at once."""
    if faults:
        raise Refusals(faults)


class BadRequest(Exception):
    """A query's input is at fault: all its faults, each with code, message and path."""

    def __init__(self, faults: Sequence[Refusal]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


def not_found(what: str) -> Refusal:
    """The refusal for something unknown or not visible to the one who asks; both look alike."""
    return Refusal("NOT_FOUND", f"There is no such {what}.")
