"""The wheel, built from the files that belong to it: `python -m tests.cli.wheel FOLDER` leaves it in the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
PARTS = ("api", "application", "domain", "migrations", "persistence", "rules", "sla-templates")
FILES = ("pyproject.toml", "README.md", "LICENSE")


def build_wheel(folder: Path) -> Path:
    """Build the wheel in a copy of the house, so that nothing that an earlier build left gets into it."""
    with tempfile.TemporaryDirectory() as transaction:
        copy = Path(transaction)
        for part in PARTS:
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(HOUSE / part, copy / part, symlinks=True, ignore=unwanted)
        for file in FILES:
            shutil.copy(HOUSE / file, copy)
        command = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps")
        subprocess.run([*command, "--no-build-isolation", "--no-index", "-w", folder, copy], check=True)
    return next(folder.glob("baton-*.whl"))


if __name__ == "__main__":
    print(build_wheel(Path(sys.argv[1])))
