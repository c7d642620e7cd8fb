"""The ground every model of the document stands on: its base class, its leaf types, its keyed lists and labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    WrapSerializer,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from domain.time.duration import Duration, DurationError

FORBIDDEN = re.compile("[\x00\ud800-\udfff\U0010fd00-\U0010ffff]")
"""The characters no text may hold: NUL, lone surrogates, and the private ones the rules engine keeps for itself."""

MAX_ITEMS = 1000
"""The most items of any list or map of the document."""

KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
FIELD_NAME_PATTERN = r"^(account\.)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"


class Part(BaseModel):
    """A part of the document: strict, frozen, camelCase outside, no unknown properties."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


def _day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise PydanticCustomError("date_format", "A date is written YYYY-MM-DD.")


def _duration(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("duration_format", "A duration is text such as P3D or PT4H.")
    try:
        return Duration.parse(value)
    except DurationError as error:
        raise PydanticCustomError("duration_format", "{reason}", {"reason": str(error)}) from None


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise PydanticCustomError("decimal_format", "A number is wanted here.")
    if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?", value):
        raise PydanticCustomError("decimal_format", "A number is wanted here.")
    try:
        amount = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise PydanticCustomError("decimal_format", "A number is wanted here.") from None
    if not amount.is_finite() or abs(amount) >= 10**12 or not fits_json(amount):
        raise PydanticCustomError("decimal_range", "A number has at most six decimals, and fifteen digits in all.")
    return amount


def fits_json(amount: Decimal) -> bool:
    """Return whether a finite amount survives as a JSON number: at most six decimals and fifteen digits."""
    _, digits, exponent = amount.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    decimals = -int(exponent) - (len(digits) - len(significant))
    return not significant or (decimals <= 6 and len(significant) <= 15)


def plain_number(amount: Decimal) -> int | float:
    """The JSON number that stands for an amount of at most six decimals: 80, 0.75."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Day = Annotated[date, Field(strict=False), BeforeValidator(_day)]
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(plain_number, return_type=int | float),
    WithJsonSchema({"type": "number"}),
]
Period = Annotated[
    Duration,
    BeforeValidator(_duration),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "duration", "examples": ["PT4H", "P3D"]}),
]


class Names(Enum):
    """The name in a text that the document itself does not define, but the directory."""

    TEAM = auto()
    PERSON = auto()


Key = Annotated[str, Field(pattern=KEY_PATTERN)]
TeamKey = Annotated[Key, Names.TEAM]
FieldName = Annotated[str, Field(pattern=FIELD_NAME_PATTERN)]
"""A lead field's key, or account.KEY for a field of the account."""
Rank = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Person = Annotated[str, Field(min_length=1, max_length=200), Names.PERSON]


class Translation(Part):
    """One label in one language."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    """Two-letter language code, such as en or de."""
    text: Text
    """The label in that language."""


DEFAULT_LANGUAGE = "en"


def _translations(value: Any) -> Any:
    if isinstance(value, str):
        return [{"language": DEFAULT_LANGUAGE, "text": value}]
    if isinstance(value, dict):
        return [{"language": language, "text": text} for language, text in value.items()]
    return value


def _one_each(label: tuple[Translation, ...]) -> tuple[Translation, ...]:
    if not label:
        raise PydanticCustomError("label_empty", "A label needs at least one text.")
    if len({t.language for t in label}) < len(label):
        raise PydanticCustomError("label_repeated", "A label has one text per language.")
    return label


def _label_form(label: Any, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
    if not _wants_maps(info):
        return handler(label)
    if len(label) == 1 and label[0].language == DEFAULT_LANGUAGE:
        return label[0].text
    return {t.language: t.text for t in label}


def _wants_maps(info: SerializationInfo) -> bool:
    return isinstance(info.context, dict) and info.context.get("form") == "map"


Label = Annotated[
    tuple[Translation, ...],
    Field(strict=False),
    BeforeValidator(_translations),
    AfterValidator(_one_each),
    WrapSerializer(_label_form),
]


def text_in(label: Iterable[Translation], language: str) -> str:
    """The text of a label in a language, else in English, else the first there is."""
    texts = {t.language: t.text for t in label}
    return texts.get(language) or texts.get(DEFAULT_LANGUAGE) or next(iter(texts.values()), "")


class KeyedPart(Part):
    """A part of the document that other parts name by its key."""

    key: Key
    """The name under which the rest of the document speaks of it; unique in its list."""


Item = TypeVar("Item", bound=KeyedPart)
Member = TypeVar("Member")


def _items(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    other = [k for k, content in value.items() if isinstance(content, dict) and content.get("key", k) != k]
    if other:
        raise PydanticCustomError(
            "key_mismatch", "Another key inside than outside: {keys}.", {"keys": ", ".join(map(str, other))}
        )
    return [{"key": key, **content} if isinstance(content, dict) else content for key, content in value.items()]


def _unique(items: tuple[Item, ...]) -> tuple[Item, ...]:
    seen: set[str] = set()
    repeated = sorted({i.key for i in items if i.key in seen or seen.add(i.key)})  # type: ignore[func-returns-value]
    if repeated:
        raise PydanticCustomError("key_repeated", "Used more than once: {keys}.", {"keys": ", ".join(repeated)})
    return items


def _keyed_form(items: Any, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
    written = handler(items)
    if not _wants_maps(info):
        return written
    return {item["key"]: {k: v for k, v in item.items() if k != "key"} for item in written}


Keyed = Annotated[
    tuple[Item, ...],
    Field(strict=False, max_length=MAX_ITEMS),
    BeforeValidator(_items),
    AfterValidator(_unique),
    WrapSerializer(_keyed_form),
]

Several = Annotated[tuple[Member, ...], Field(strict=False, max_length=MAX_ITEMS)]
