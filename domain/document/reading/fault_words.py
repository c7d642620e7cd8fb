"""The words for what is wrong with a value: stable codes and sentences instead of pydantic's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.document.base import FIELD_NAME_PATTERN, KEY_PATTERN

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("MISSING", "This is required."),
    "extra_forbidden": ("UNKNOWN_PROPERTY", "There is no such property here."),
    "model_type": ("WRONG_TYPE", "Wanted: an object."),
    "model_attributes_type": ("WRONG_TYPE", "Wanted: an object."),
    "dict_type": ("WRONG_TYPE", "Wanted: an object."),
    "invalid_key": ("WRONG_TYPE", "The name of a property is a text."),
    "tuple_type": ("WRONG_TYPE", "Wanted: a list."),
    "string_type": ("WRONG_TYPE", "Wanted: a text."),
    "string_unicode": ("TEXT_NOT_ALLOWED", "The text holds a character that is not allowed."),
    "int_type": ("WRONG_TYPE", "Wanted: a whole number."),
    "int_from_float": ("WRONG_TYPE", "Wanted: a whole number."),
    "int_parsing_size": ("OUT_OF_RANGE", "The number is too large."),
    "bool_type": ("WRONG_TYPE", "Wanted: true or false."),
    "enum": ("VALUE_NOT_ALLOWED", "Allowed: {expected}."),
    "string_too_short": ("VALUE_NOT_ALLOWED", "The text is empty."),
    "string_too_long": ("VALUE_NOT_ALLOWED", "The text has at most {max_length} characters."),
    "string_pattern_mismatch": ("VALUE_NOT_ALLOWED", "The text does not have the wanted form."),
    "greater_than": ("OUT_OF_RANGE", "The value must be more than {gt}."),
    "greater_than_equal": ("OUT_OF_RANGE", "The value must be at least {ge}."),
    "less_than": ("OUT_OF_RANGE", "The value must be less than {lt}."),
    "less_than_equal": ("OUT_OF_RANGE", "The value must be at most {le}."),
    "too_long": ("TOO_MANY_ITEMS", "At most {max_length} items are allowed."),
    "too_short": ("TOO_FEW_ITEMS", "At least {min_length} item is needed."),
    "date_from_datetime_parsing": ("DATE_FORMAT", "There is no such day."),
    "date_parsing": ("DATE_FORMAT", "There is no such day."),
    "decimal_format": ("WRONG_TYPE", "Wanted: a number."),
    "recursion_loop": ("DOCUMENT_TOO_DEEP", "The document is nested too deeply."),
}
_PATTERNS = {
    KEY_PATTERN: ("MALFORMED_KEY", "A key has up to 64 letters, digits, - and _, and begins with a letter or digit."),
    FIELD_NAME_PATTERN: ("MALFORMED_KEY", "A field is named by its key, a field of the account by account.KEY."),
    r"^[a-z]{2}$": ("VALUE_NOT_ALLOWED", "A language has two small letters, such as en or de."),
    r"^[A-Z]{2}$": ("VALUE_NOT_ALLOWED", "A country has two capital letters, such as DE."),
}


def words_for(kind: str, message: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the sentence for a validation fault of pydantic; its own models' faults keep their words."""
    if kind == "string_pattern_mismatch" and context.get("pattern") in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    code, sentence = _WORDS.get(kind, (kind.upper(), None))
    return code, message if sentence is None else sentence.format_map(context)
