"""json-rules-engine on node, where both are on the machine; it is never installed from here."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Any

_SCRIPT = Path(__file__).with_suffix(".mjs")
_ASK = "require('json-rules-engine')"
_OPERATORS = {
    "eq": "equal",
    "gt": "greaterThan",
    "gte": "greaterThanInclusive",
    "lt": "lessThan",
    "in": "in",
    "contains": "contains",
    "between": "between",
    "startsWith": "startsWith",
}


def is_present(folder: Path) -> bool:
    """Whether node finds the package from a folder."""
    node = shutil.which("node")
    if node is None:
        return False
    return subprocess.run([node, "-e", _ASK], cwd=folder, capture_output=True, check=False).returncode == 0


class NodeRules:
    """A process of node that judges all leads once whenever it is asked, and times itself."""

    def __init__(self, conditions: list[dict[str, Any]], leads: list[dict[str, Any]], folder: Path) -> None:
        rules = [condition if {"all", "any"} & condition.keys() else {"all": [condition]} for condition in conditions]
        given = {"rules": [_written(rule) for rule in rules], "leads": leads}
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(given, file)
        self._file = Path(file.name)
        command = ["node", str(_SCRIPT), file.name]
        self._node = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def matches(self) -> list[set[int]]:
        """The rules that hold for each lead."""
        return [set(each) for each in json.loads(self._asked("tell"))]

    def seconds(self) -> float:
        """The processor's seconds for judging all leads once."""
        return int(self._asked("time")) / 1e6

    def close(self) -> None:
        """End the process."""
        _pipe(self._node.stdin).close()
        self._node.wait(timeout=10)
        _pipe(self._node.stdout).close()
        self._file.unlink()

    def _asked(self, word: str) -> str:
        _pipe(self._node.stdin).write(f"{word}\n")
        return _pipe(self._node.stdout).readline()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _written(condition: dict[str, Any]) -> dict[str, Any]:
    for word in ("all", "any"):
        if word in condition:
            return {word: [_written(part) for part in condition[word]]}
    if "not" in condition:
        return {"not": _written(condition["not"])}
    return {"fact": condition["field"], "operator": _OPERATORS[condition["op"]], "value": condition["value"]}
