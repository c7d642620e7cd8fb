"""Putting what was read onto the backend, once for each version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
import pyarrow as pa

from application.runtime.compiled_versions import CompiledVersion
from application.simulation import comparing
from application.simulation.backend import Backend
from application.simulation.case_tables import CaseTables
from application.simulation.cases import Cases, CopiedPortion
from application.simulation.past import Period
from domain.agreements.heirs import StagePosition
from domain.document.contact_vocabulary import ContactVocabulary
from rules.columnar.plan import ColumnarPlan

_OUTCOMES = ("answered", "accepted", "won", "closed")


class Filling:
    """Puts portions onto a backend."""

    def __init__(
        self,
        backend: Backend,
        compiled_versions: Sequence[CompiledVersion],
        words: Mapping[UUID, ContactVocabulary],
        period: Period,
    ) -> None:
        self._backend, self._period, self._leads = backend, period, 0
        self._sides = [
            (side, one.version_id, CaseTables(one, ColumnarPlan(one.compiled_rules), words[one.version_id]))
            for side, one in zip((comparing.NEW, comparing.OLD), compiled_versions, strict=True)
        ]

    def add(self, portion: CopiedPortion, stages: Mapping[tuple[UUID, StagePosition], str]) -> None:
        """Add a portion; `stages` says by version at which of its stages leads stand."""
        cases = Cases(portion, self._period)
        for side, version, tables in self._sides:
            own = {stood: stage for (of, stood), stage in stages.items() if of == version}
            for name, table in tables.of(cases, own).items():
                self._backend.add(f"{side}{name}", table)
        numbers = {"lead": pa.array(np.arange(self._leads, self._leads + cases.leads))}
        self._backend.add("outcomes", pa.table(numbers | {n: portion.leads[n].combine_chunks() for n in _OUTCOMES}))
        self._leads += cases.leads
