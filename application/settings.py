"""The settings, from the environment with the prefix BATON_; one frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass(frozen=True, slots=True)
class Spark:
    """A Spark to work on."""

    master: str
    """Who deals out the work: local[*], spark://host:port, yarn, …"""
    folder: Path | None = None
    """Through which folder facts go there; all workers see it under this path."""


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(env_prefix="BATON_", frozen=True, extra="ignore", use_attribute_docstrings=True)

    database_url: str | None = None
    """A PostgreSQL 15 or newer, as postgresql://user:password@host:port/name; without it one is started here."""
    data: Path = Path(".baton")
    """The folder of the embedded database."""
    host: str = "127.0.0.1"
    """The address to listen at."""
    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen at; 0 takes any free one."""
    workers: int = Field(default=1, ge=1, le=64)
    """How many processes share the work."""
    graphiql: bool = False
    """Whether the GraphiQL page is served at /."""
    introspection: bool = True
    """Whether signed-in clients may read the schema."""
    origins: tuple[str, ...] = ()
    """Origins whose pages may call the API, as a JSON list."""
    requests_per_second: float = 1000.0
    """What each principal may send in the long run; twice as many at once."""
    body_bytes: int = Field(default=1_048_576, ge=1_024)
    """The largest HTTP body."""
    header_bytes: int = Field(default=65_536, ge=1_024)
    """The largest request line with its headers, in bytes."""
    body_rate: int = Field(default=1_024, ge=0)
    """How many bytes a second the body of a request has to bring; 0 waits for any."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """debug, info, warning or error."""
    spark: str | None = None
    """The master of a Spark on which simulations run, such as spark://host:7077 or local[*]; without it, embedded."""
    spark_folder: Path | None = None
    """The folder through which facts go to Spark; its workers must see it under the same path."""

    def spark_at_hand(self) -> Spark | None:
        """The Spark that simulations run on, if they do."""
        return None if self.spark is None else Spark(self.spark, self.spark_folder and self.spark_folder.absolute())
