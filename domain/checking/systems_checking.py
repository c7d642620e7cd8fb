"""The findings about the systems of a document and the fields they own [S4.7]."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.findings import Finding, error, unknown, warning
from domain.document.sections.systems import System, field_name


def system_findings(document: SlaDocument) -> Iterator[Finding]:
    """All findings about systems; without systems an owner is a note to people, and nothing is checked or enforced."""
    if document.systems:
        yield from _owners(document)
        yield from _sources(document)
        for system in document.systems:
            yield from _needs(document, system)


def _owners(document: SlaDocument) -> Iterator[Finding]:
    known = {system.key for system in document.systems}
    for field in document.fields:
        if field.owner is not None and field.owner not in known:
            yield unknown("system", f"fields[{field.key}].owner", field.owner, known)


def _sources(document: SlaDocument) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for system in document.systems:
        for index, source in enumerate(system.sources or (system.key,)):
            holder = taken.setdefault(source, system.key)
            path = f"systems[{system.key}].sources[{index}]" if system.sources else f"systems[{system.key}]"
            if holder != system.key:
                yield error("SOURCE_TWICE", path, f"The source '{source}' is the system '{holder}' already.")


def _needs(document: SlaDocument, system: System) -> Iterator[Finding]:
    path = f"systems[{system.key}]"
    fields = {field_name(field): field for field in document.fields}
    for index, name in enumerate(system.needs):
        field = fields.get(name)
        if field is None:
            yield unknown("field", f"{path}.needs[{index}]", name, fields)
        elif field.owner in (None, system.key):
            message = "No other system owns the field, so no change of it is ever due here."
            yield warning("NEED_WITHOUT_OWNER", f"{path}.needs[{index}]", message)
    if system.needs and system.sync_within is None:
        yield warning("NEEDS_WITHOUT_LIMIT", f"{path}.needs", "Without syncWithin nothing has to reach the system.")
    if system.sync_within is not None and not any(map(system.receives, document.fields)):
        message = "No other system owns a field that this one must have."
        yield warning("CLOCK_NEVER_STARTS", f"{path}.syncWithin", message)
