"""The benchmarks can be started: all of their modules, in the order in which they run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.__main__ import MODULES

HOUSE = Path(__file__).resolve().parents[2]


def test_all_parts_of_the_benchmarks_can_be_imported() -> None:
    """In a process of its own, because what was imported before can hide a circle."""
    words = "; ".join(f"import tests.benchmarks.{part}" for part in MODULES)
    done = subprocess.run([sys.executable, "-c", words], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
