"""The table of rights as people read it, and as programs do."""

from __future__ import annotations

from typing import Any

from domain.people.principal import Role
from domain.people.rights import RIGHTS, For, Reach, Right

_BEFORE = """# Rights

Who may do what: a row for each operation of the API. `Node.X` is reading an X by its global id, with `node` or as the
subject of something else. Written by `baton schema --rights`; the same table decides.

*Party*: `own`: each party for itself; signing takes a person · `owing`: a person of the party that owes, or owed ·
`owed`: a person of the party that is owed · `-`: for neither. It binds MARKETING and SALES; the other roles act for
neither. What the owed party confirms, such as material, is met by it.

*Reach*: how far an operation reaches for SALES; for the other roles it reaches everything.

- `all`: everything.
- `seen`: leads of which a handover is or was assigned to a team of the key, and leads that are queued on a route that
  names one, for as long as they are; with their accounts, activities, consents, decisions and history. What leaves the
  queue leaves the sight of the teams that did not get it. A handover is seen by the team that has it, or had it last,
  and while it is queued by all teams of its route. What was told to a team in the log stays told.
- `holds`: what stands with a team of the key: the team of the open handover; while it is queued, the teams of its
  route; where none is open, the team with which the last one stood. What a team or a person owes is held by these; what
  is owed about an agreement, by everybody of the party.
- `leads`: what stands with a team that the person leads.

What is out of reach is NOT_FOUND (of an item of a batch UNKNOWN_LEAD), like what does not exist. Who may not at all is
FORBIDDEN; `extensions.needs` says who may: `roles`, `party`, `persons` (empty: any, but a person it must be) and
`scope`, each null where it is not what lacks. Persons are compared trimmed, composed (NFC) and without capitals.

A document may name `signatories`: then those of the version in force sign, of a first version its own, and nobody else.
An event by its id is seen by whoever it was told to, and by whoever sees its lead, as in the lead's history.
"""


def rights_page() -> str:
    """The table as Markdown, with what its columns mean."""
    heads = ["operation", *(role.value for role in Role), "party", "reach of SALES"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_cells(right)) + " |" for right in RIGHTS.values()]
    return _BEFORE + "\n" + "\n".join(lines)


def _cells(right: Right) -> list[str]:
    marks = ["x" if role in right.roles else "–" for role in Role]
    return [f"`{right.operation}`", *marks, right.party.value, right.reach.value if right.reach else "–"]


def rights_rows() -> list[dict[str, Any]]:
    """The table as data."""
    return [
        {
            "operation": right.operation,
            "roles": [role.value for role in Role if role in right.roles],
            "party": None if right.party is For.NEITHER else right.party.value,
            "reach": right.reach.value if isinstance(right.reach, Reach) else None,
        }
        for right in RIGHTS.values()
    ]
