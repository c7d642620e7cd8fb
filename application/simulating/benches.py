"""Which workbench a simulation works on."""

from __future__ import annotations

from application.settings import Spark
from application.simulating.embedded import EmbeddedWorkbench
from application.simulating.spark import SparkWorkbench
from application.simulating.workbench import Workbench


def workbench_on(spark: Spark | None) -> Workbench:
    """A new workbench, on Spark if there is one."""
    return EmbeddedWorkbench() if spark is None else SparkWorkbench(spark)
