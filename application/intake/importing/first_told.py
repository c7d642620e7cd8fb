"""The repeated words in the rows of one file: the first counts, the others are told.

So the second import of a file finds what the first one left, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from application.intake.admitting import untold
from application.intake.importing.rows import ImportedRow
from application.runtime.incoming import Absent, IncomingAccount

_Key = tuple[str, ...]


@dataclass
class FirstTold:
    """The words of a file's rows so far, of leads and of companies."""

    _told: dict[int, Any] = field(default_factory=dict)
    """By the hash of subject, property and time, since a file may have millions of them."""

    def of(self, row: ImportedRow) -> list[str]:
        """Take out of a row what contradicts the rows before; each contradiction in words."""
        if row.faults or row.left_out:
            return []
        said: list[str] = []
        lead = row.lead
        at = lead.observed_at or lead.created_at
        lead = replace(lead, fields=self._kept(("lead", lead.external_id), lead.fields, at, said))
        if isinstance(lead.account, IncomingAccount):
            company = self._company(lead.external_id, lead.account, at, said)
            lead = untold(lead, "account") if company is None else replace(lead, account=company)
        elif lead.account is None and not self._kept(("lead", lead.external_id), {"company": None}, at, said):
            lead = untold(lead, "account")
        row.lead = lead
        for stage in row.stages:
            if stage.value is not None:
                self._kept(("lead", lead.external_id), {f"the order at {stage.stage}": stage.value}, stage.at, said)
        return [f"row {row.number} ({lead.external_id}): {words}" for words in said]

    def _company(
        self, lead: str, account: IncomingAccount, at: datetime | None, said: list[str]
    ) -> IncomingAccount | None:
        if not self._kept(("lead", lead), {"company": account.key}, at, said):
            return None
        subject = ("company", account.key)
        given = {"name": account.name, "owner": account.owner}
        named = {name: text for name, text in given.items() if not isinstance(text, Absent)}
        for name in named.keys() - self._kept(subject, named, at, said).keys():
            account = untold(account, name)
        return replace(account, fields=self._kept(subject, account.fields or {}, at, said))

    def _kept(self, subject: _Key, told: Mapping[str, Any], at: datetime | None, said: list[str]) -> dict[str, Any]:
        """Of what is told now, that which does not contradict what was told first."""
        kept = {}
        for name, value in told.items():
            first = self._told.setdefault(hash((*subject, name, at)), value)
            if first == value:
                kept[name] = value
            else:
                about = name if subject[0] == "lead" else f"{name} of {subject[1]}"
                said.append(f"{about} is {value!r}, but was {first!r} before; the first counts")
        return kept
