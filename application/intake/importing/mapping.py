"""The mapping of a file: which column is what; checked as a whole, all faults at once with their paths."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic.json_schema import GenerateJsonSchema

from application.documents.document_yaml import read_yaml
from application.intake.importing.mapping_parts import (
    AccountMap,
    ActivityMap,
    ConsentMap,
    FileMap,
    StageMap,
    Time,
    TimeColumn,
    ValueColumn,
    Values,
    ValueType,
)
from application.intake.importing.numbers import Numbers
from application.intake.importing.part import Column, Part, Zone, columns_of, walk
from application.intake.importing.words import Condition
from application.runtime.incoming import OnFault


class FileFault(Exception):
    """A mapping or a file that does not fit: all its faults."""

    def __init__(self, what: str, faults: list[str]) -> None:
        super().__init__(f"{what}: " + "; ".join(faults))
        self.what = what
        self.faults = faults


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)
    except (LookupError, UnicodeError):  # not `lookup`, which knows those of bytes too
        raise ValueError(f"{name!r} is no encoding such as utf-8") from None
    return name


class Mapping(Part):
    """The meaning of each column of a file."""

    source: str
    """The source under whose name the leads and activities are kept."""
    external_id: Column
    """The pattern or the column of the lead's own key."""
    file: FileMap = FileMap()
    """Where the rows stand in the file."""
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
    skip: Condition | None = None
    """Which rows are left out."""
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
    consents: tuple[ConsentMap, ...] = ()
    """Its words about being contacted."""

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


def mapping_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping, for editors."""
    schema = Mapping.model_json_schema(by_alias=True)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


_NOT_YET = "orders are not taken from files yet; record what was sold by stages with a value"


def read_mapping(text: str, name: str) -> Mapping:
    """The mapping of a YAML text; raises FileFault with all its faults."""
    what = f"The mapping {name} has faults"
    written = read_yaml(text)
    if written.findings:
        raise FileFault(what, [f"{found.path or 'file'}: {found.message}" for found in written.findings])
    data, faults = written.data, []
    if isinstance(data, dict) and "orders" in data:
        data, faults = {name: part for name, part in data.items() if name != "orders"}, [f"orders: {_NOT_YET}"]
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as faulty:
        told = [f"{_path(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}" for fault in faulty.errors()]
        raise FileFault(what, told + faults) from None
    if faults:
        raise FileFault(what, faults)
    return mapping


def _path(loc: tuple[int | str, ...]) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return path.removeprefix(".") or "mapping"
