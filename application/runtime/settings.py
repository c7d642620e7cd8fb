"""The settings, from the environment with the prefix BATON_; one frozen object, and what is told about them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "BATON_"
INTERNAL = ("BATON_TEST_", "BATON_WORKER_")
"""The prefix of the variables that the tests and the processes of one server tell each other by."""
_ORIGIN = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spark:
    """A Spark to work on."""

    master: str
    """Who deals out the work: local[*], spark://host:port, yarn, …"""
    folder: Path | None = None
    """Through which folder facts go there; all workers see it under this path."""


def _origins(written: Any) -> Any:
    """Origins as operators write them: separated by commas, or as a JSON list."""
    if not isinstance(written, str):
        return written
    try:
        listed = json.loads(written) if written.lstrip().startswith("[") else written.split(",")
    except ValueError:
        listed = [written]
    origins = tuple(str(each).strip().removesuffix("/").lower() for each in listed)
    for origin in filter(None, origins):
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"{origin!r} is no origin. Write scheme, host and port, several with commas between them: "
                "https://crm.example,http://localhost:5173"
            )
    return tuple(filter(None, origins))


class Settings(BaseSettings):
    """The settings of an operator."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", use_attribute_docstrings=True)

    database_url: str | None = None
    """A PostgreSQL 15 or newer, as postgresql://user:password@host:port/name; without it one is started here."""
    data: Path = Path(".baton")
    """The folder of the embedded database."""
    host: str = "127.0.0.1"
    """The address to listen at."""
    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen at; 0 takes any free one."""
    workers: int = Field(default=1, ge=1, le=64)
    """The number of processes that share the work."""
    graphiql: bool = False
    """True if the GraphiQL page is served at /."""
    introspection: bool = True
    """True if signed-in clients may read the schema."""
    origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = ()
    """Origins whose pages may call the API, separated by commas: https://crm.example,http://localhost:5173."""
    requests_per_second: float = 1000.0
    """The number of requests a second that each key may send in the long run; twice as many at once."""
    body_bytes: int = Field(default=1_048_576, ge=1_024)
    """The largest HTTP body, in bytes."""
    header_bytes: int = Field(default=65_536, ge=1_024)
    """The largest request line with its headers, in bytes."""
    body_rate: int = Field(default=1_024, ge=0)
    """The bytes a second that the body of a request has to bring; 0 waits for any."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least level that is logged: debug (health checks too), info (each request), warning or error."""
    spark: str | None = None
    """The master of a Spark on which simulations run, such as spark://host:7077 or local[*]; without it, embedded."""
    spark_folder: Path | None = None
    """The folder through which facts go to Spark; its workers must see it under the same path."""

    def spark_at_hand(self) -> Spark | None:
        """The Spark that simulations run on, if they do."""
        return None if self.spark is None else Spark(self.spark, self.spark_folder and self.spark_folder.absolute())


@dataclass(frozen=True, slots=True)
class SettingInWords:
    """A setting as people read of it."""

    name: str
    """The variable of the environment."""
    default: str
    """The value without it; empty for nothing."""
    meaning: str
    """Its purpose."""


COMMANDS = (
    SettingInWords("BATON_KEY", "", "The API key with which commands such as `baton watch` sign in."),
    SettingInWords("BATON_URL", "ws://127.0.0.1:8000/graphql", "The address of the API that `baton watch` follows."),
    SettingInWords("BATON_DEBUG", "", "Set to anything: a fault of a command shows where it comes from."),
)
"""The settings of commands beside the settings of the server."""


def settings_in_words() -> tuple[SettingInWords, ...]:
    """All settings of the server, in the order in which they are written down."""
    return tuple(
        SettingInWords(f"{PREFIX}{name.upper()}", _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )


def _default(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:g}" if isinstance(value, float) else str(value)


def strange_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each variable that begins like a setting and is none; the nearest setting is named."""
    known = [each.name for each in (*settings_in_words(), *COMMANDS)]
    said = []
    for name in sorted(names):
        if name.startswith(PREFIX) and not name.startswith(INTERNAL) and name.upper() not in known:
            near = get_close_matches(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known], n=1)
            hint = f" Did you mean {PREFIX}{near[0]}?" if near else ""
            said.append(f"{name} is no setting and changes nothing.{hint} `baton settings` lists all of them.")
    return said
