"""Documents from YAML and JSON, whole or by section, and back into YAML."""

from __future__ import annotations

from dataclasses import replace

from application.documents.document_yaml import read_yaml, write_yaml
from domain.document.document import SlaDocument
from domain.document.reading.places import Trail
from domain.document.reading.reading import Loaded, merge_sections, read_document

__all__ = ["Loaded", "dump_yaml", "load_json", "load_yaml", "merge_sections"]


def load_yaml(text: str) -> Loaded:
    """Read a document from YAML (or JSON) text; every fault says its path, line and column.

    Of a template's file, which holds teams and examples beside the document, the document is read.
    """
    written = read_yaml(text)
    if written.findings and not isinstance(written.data, dict):
        return Loaded(None, tuple(written.findings))
    if isinstance(written.data, dict) and {"template", "document"} <= written.data.keys():
        inside: Trail = ("document",)
        loaded = read_document(written.data["document"], marks=lambda trail: written.mark(("document", *trail)))
    else:
        inside = ()
        loaded = read_document(written.data, marks=written.mark)
    loaded = replace(loaded, where=lambda path: written.mark_of(path, inside))
    if not written.findings:
        return loaded
    told = {fault.path for fault in written.findings}
    others = (fault for fault in loaded.findings if fault.path not in told)
    return replace(loaded, document=None, findings=(*written.findings, *others))


def load_json(data: object) -> Loaded:
    """Read a document from parsed JSON."""
    return read_document(data)


def dump_yaml(document: SlaDocument) -> str:
    """The document as YAML, keyed lists as maps; reads back as the same document."""
    return write_yaml(document.model_dump(mode="json", exclude_defaults=True, context={"form": "map"}))
