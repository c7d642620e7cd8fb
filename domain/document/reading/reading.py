"""Reading a document from data: every section on its own, so that all faults come at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import ConfigDict, ValidationError, create_model

from domain.document.base import Part
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error
from domain.document.reading.fault_words import words_for
from domain.document.reading.mending import mend
from domain.document.reading.places import Place, Trail, place_of, shown_name, unseen_faults, without_forbidden
from domain.document.shapes import Kind, Shape

MAX_NESTING = 64
MAX_SIZE = 1_000_000
MAX_PLACES = 50_000
MAX_FINDINGS = 500
TOO_LARGE = error(
    "DOCUMENT_TOO_LARGE", "", f"A document has at most {MAX_SIZE:,} characters and {MAX_PLACES:,} values."
)
TOO_DEEP = error("DOCUMENT_TOO_DEEP", "", f"Objects and lists are nested at most {MAX_NESTING} deep.")

Marks = Callable[[Trail], str]
"""Says where in a text a place is, such as ' (line 3, column 7)'."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of reading a document."""

    document: SlaDocument | None
    """The document; None when anything is wrong with its form."""
    findings: tuple[Finding, ...]
    """The faults of its form, in document order."""
    sections: Mapping[str, Any] = field(default_factory=dict)
    """The sections without a fault, by attribute name, so that they can be checked while others are mended."""
    mended: Mapping[str, Any] = field(default_factory=dict)
    """The sections with a fault, each as far as it could be read with other words in place of the faulty ones."""
    where: Callable[[str], str] | None = None
    """Says where in the text a path is, such as ' (line 3, column 7)'; None where there is no text."""


def section_names() -> dict[str, str]:
    """The document's sections: the name outside, and the attribute."""
    return {info.alias or name: name for name, info in SlaDocument.model_fields.items()}


def read_document(data: object, marks: Marks | None = None) -> Loaded:
    """Read a document from JSON data, keyed lists as lists or as maps."""
    faults = _bounds(data)
    if faults:
        return Loaded(None, tuple(faults))
    if not isinstance(data, dict):
        return Loaded(None, (error("WRONG_TYPE", "", "Wanted: an object with the document's sections."),))
    findings = list(_unknown(data, marks))
    sections: dict[str, Any] = {}
    mended: dict[str, Any] = {}
    for outside, name in section_names().items():
        if outside in data:
            found, value = _read_section(outside, name, data, marks)
            findings += found
            (mended if found else sections)[name] = value
        elif SlaDocument.model_fields[name].is_required():
            findings.append(error("MISSING", outside, "This is required."))
        else:
            sections[name] = SlaDocument.model_fields[name].get_default(call_default_factory=True)
    return replace(_loaded(sections, findings), mended={n: v for n, v in mended.items() if v is not None})


def merge_sections(current: SlaDocument, sections: object) -> Loaded:
    """Update a document section by section: what is given replaces, null removes, the rest stays."""
    faults = _bounds(sections)
    if faults:
        return Loaded(None, tuple(faults))
    if not isinstance(sections, dict):
        return Loaded(None, (error("WRONG_TYPE", "", "Wanted: an object with the sections to replace."),))
    findings = list(_unknown(sections, None))
    merged = {name: getattr(current, name) for name in SlaDocument.model_fields}
    for outside, name in section_names().items():
        if outside not in sections:
            continue
        info = SlaDocument.model_fields[name]
        if sections[outside] is not None:
            found, merged[name] = _read_section(outside, name, sections, None)
            findings += found
        elif info.is_required():
            findings.append(error("SECTION_REQUIRED", outside, "This section cannot be removed."))
        else:
            merged[name] = info.get_default(call_default_factory=True)
    return _loaded(merged, findings)


def _loaded(sections: Mapping[str, Any], findings: list[Finding]) -> Loaded:
    if findings:
        if len(findings) > MAX_FINDINGS:
            more = error("MORE_FINDINGS", "", "There are more faults than are shown.")
            findings = [*findings[:MAX_FINDINGS], more]
        return Loaded(None, tuple(findings), sections)
    return Loaded(SlaDocument.model_validate(dict(sections), by_name=True, by_alias=False), (), sections)


def _unknown(data: Mapping[object, object], marks: Marks | None) -> Iterator[Finding]:
    for name in data:
        if name not in section_names():
            at = marks((str(name),)) if marks else ""
            yield error("UNKNOWN_SECTION", shown_name(name), f"A document has no such section.{at}")


class _Section(Part):
    """One section by itself; made, not written: to look for its words in the source of all callers takes a second."""

    model_config = ConfigDict(use_attribute_docstrings=False)


@cache
def _section_model(name: str) -> type[Part]:
    info = SlaDocument.model_fields[name]
    return create_model(f"Section_{name}", __base__=_Section, **{name: (info.annotation, info)})  # type: ignore[call-overload,no-any-return]


def _read_section(
    outside: str, name: str, data: Mapping[str, object], marks: Marks | None
) -> tuple[list[Finding], object]:
    model = _section_model(name)
    written = {outside: data[outside]}
    root = Place("", (), written, Shape(Kind.PART, SlaDocument))
    faults = list(unseen_faults(root.step(outside)))
    if any(fault.code == "TEXT_NOT_ALLOWED" for _, fault in faults):
        written = {outside: without_forbidden(data[outside])}  # so that the other faults can be told as text
        root = replace(root, written=written)
    value: object = None
    if any(fault.code == "TOO_MANY_ITEMS" for _, fault in faults):
        return [_marked(place, fault, marks) for place, fault in faults], value
    try:
        value = getattr(model.model_validate(written, by_alias=True, by_name=False), name)
    except ValidationError as invalid:
        seen = {(fault.code, fault.path) for _, fault in faults}
        for fault in invalid.errors(include_url=False, include_input=False)[: MAX_FINDINGS + 1]:
            place = place_of(root, fault["loc"])
            code, message = words_for(fault["type"], fault["msg"], fault.get("ctx", {}))
            repeated = (code, place.path) in seen or (code == "KEY_REPEATED" and faults)
            miscounted = code == "TOO_FEW_ITEMS" and place.written  # faulty items are not counted
            if not repeated and not miscounted:
                faults.append((place, error(code, place.path, message)))
        value = mend(model, name, written, lambda location: place_of(root, location).trail)
    return [_marked(place, fault, marks) for place, fault in faults], value


def _marked(place: Place, fault: Finding, marks: Marks | None) -> Finding:
    return error(fault.code, fault.path, fault.message + marks(place.trail)) if marks else fault


def _bounds(data: object) -> list[Finding]:
    """The faults for which data is not looked at any closer: nested too deeply, too large."""
    size, places, left = 0, 0, [(data, 1)]
    while left:
        written, depth = left.pop()
        places += 1
        if depth > MAX_NESTING:
            return [TOO_DEEP]
        if isinstance(written, dict):
            size += sum(len(name) if isinstance(name, str) else 8 for name in written)
            left += [(content, depth + 1) for content in written.values()]
        elif isinstance(written, list | tuple):
            left += [(content, depth + 1) for content in written]
        size += len(written) if isinstance(written, str) else 2
        if size > MAX_SIZE or places + len(left) > MAX_PLACES:
            return [TOO_LARGE]
    return []
