"""Which form of answer a client takes, by its Accept header."""

from __future__ import annotations

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"

_FORMS = {RESPONSE_JSON: RESPONSE_JSON, JSON: JSON, EVENTS: EVENTS, "*/*": JSON, "application/*": JSON}


def negotiate(accept: str | None) -> str | None:
    """The form the client likes best, of equals the one it names first; None when it takes none of ours."""
    if not accept or not accept.strip():
        return JSON
    best, weight = None, 0.0
    for part in accept.split(",")[:50]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        form = _FORMS.get(media)
        quality = _quality(parameters)
        if form is not None and quality > weight:
            best, weight = form, quality
    return best


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def is_json(content_type: str | None) -> bool:
    """Return whether a body is said to be JSON in UTF-8."""
    media, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charsets = [p.partition("=")[2].strip("\"' ") for p in parameters if p.partition("=")[0].strip() == "charset"]
    return media == JSON and all(charset in {"utf-8", "utf8"} for charset in charsets)
