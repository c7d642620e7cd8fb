"""The mapping of a CSV file: which column is what; checked as a whole, all faults at once with their paths."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError, model_validator

from application.documents.document_yaml import read_yaml
from application.intake.importing.mapping_parts import (
    AccountMap,
    ActivityMap,
    Column,
    Part,
    StageMap,
    Time,
    TimeColumn,
    ValueColumn,
    Values,
    ValueType,
    Zone,
    columns_of,
    walk,
)
from application.intake.importing.numbers import Numbers
from application.runtime.incoming import OnFault


class FileFault(Exception):
    """A mapping or a file that does not fit: all its faults."""

    def __init__(self, what: str, faults: list[str]) -> None:
        super().__init__(f"{what}: " + "; ".join(faults))
        self.what = what
        self.faults = faults


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"{name!r} is no encoding such as utf-8") from None
    return name


class Mapping(Part):
    """The meaning of each column of a CSV file."""

    source: str
    """The source under whose name the leads and activities are kept."""
    external_id: Column
    """The pattern or the column of the lead's own key."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8-sig"
    """The file's encoding; utf-8-sig reads UTF-8 with and without a mark at the beginning."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """The delimiter between columns."""
    quote: str = Field(default='"', min_length=1, max_length=1)
    """The quotes around a text that holds the delimiter."""
    time_zone: Zone | None = None
    """The zone of naive times where a column names none."""
    only_known: bool = False
    """True if a row about a lead that is not there yet is refused."""
    on_fault: OnFault = OnFault.REFUSE_ITEM
    """The treatment of a row with one value that cannot be taken: refused, or taken without the value."""
    numbers: Numbers | None = None
    """The notation of numbers; without it one with three digits behind its only point or comma is refused."""
    created_at: Time | None = None
    """When the lead first showed up."""
    observed_at: Time | None = None
    """Since when the values hold; without it since the lead showed up, and for live leads now."""
    fields: Values = Field(default_factory=dict)
    """The lead's fields."""
    account: AccountMap | None = None
    """Its company."""
    activities: tuple[ActivityMap, ...] = ()
    """Its activities."""
    stages: tuple[StageMap, ...] = ()
    """The stages it reached."""

    @model_validator(mode="after")
    def _zones_are_named(self) -> Mapping:
        unnamed = [] if self.time_zone else [path for path, part in walk(self) if _needs_zone(part)]
        if unnamed:
            raise ValueError(f"name the timeZone of naive times, for all or for each of: {', '.join(unnamed)}")
        return self

    def columns(self) -> set[str]:
        """The columns that the file must have."""
        return {column for _, part in walk(self) for column in columns_of(part)}

    def zones(self) -> set[str]:
        """The time zones that it names."""
        named = {getattr(part, "time_zone", None) for _, part in walk(self)}
        return {zone for zone in named if zone is not None}


def _needs_zone(part: Part) -> bool:
    if isinstance(part, ValueColumn) and part.type is not ValueType.DATE_TIME:
        return False
    return isinstance(part, TimeColumn | ValueColumn) and part.time_zone is None and "%z" not in (part.format or "")


def read_mapping(text: str, name: str) -> Mapping:
    """The mapping of a YAML text; raises FileFault with all its faults."""
    what = f"The mapping {name} has faults"
    written = read_yaml(text)
    if written.findings:
        raise FileFault(what, [f"{found.path or 'file'}: {found.message}" for found in written.findings])
    try:
        return Mapping.model_validate(written.data)
    except ValidationError as faulty:
        faults = [f"{_path(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}" for fault in faulty.errors()]
        raise FileFault(what, faults) from None


def _path(loc: tuple[int | str, ...]) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return path.removeprefix(".") or "mapping"
