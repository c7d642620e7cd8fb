"""Which backend a simulation works on."""

from __future__ import annotations

from application.runtime.settings import Spark
from application.simulation.backend import Backend
from application.simulation.embedded import EmbeddedBackend
from application.simulation.spark import SparkBackend


def backend_on(spark: Spark | None) -> Backend:
    """A new backend, on Spark if there is one."""
    return EmbeddedBackend() if spark is None else SparkBackend(spark)
