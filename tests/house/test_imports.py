"""Every module of the house can be imported on its own, whichever is asked for first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("api", "application", "persistence", "rules", "domain", "migrations")
Step = tuple[str, str, str]
"""What a module does while it is loaded: `load` a module, `take` a name out of one, `name` something of its own."""


def modules() -> dict[str, Path]:
    """All modules of the house but its tests, by name."""
    found = {}
    for path in (path for room in ROOMS for path in (HOUSE / room).rglob("*.py")):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def steps(tree: ast.Module) -> Iterator[Step]:
    """What a module does while it is loaded, in order; what its functions do comes later."""
    aliases: dict[str, str] = {}
    for node in _run(tree):
        match node:
            case ast.Import(names=names):
                for each in names:
                    yield "load", each.name, ""
                    aliases[each.asname or each.name] = each.name
            case ast.ImportFrom(module=str(source), names=names):
                yield "load", source, ""
                for each in names:
                    yield "take", source, each.name
                    aliases |= {each.asname or each.name: f"{source}.{each.name}"}
                    yield "name", each.asname or each.name, ""
            case ast.Attribute(value=ast.Name(id=alias), attr=attribute) if alias in aliases:
                yield "take", aliases[alias], attribute
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield "name", name, ""
            case ast.Name(id=name, ctx=ast.Store()):
                yield "name", name, ""


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are run while a module is loaded, each after its parts."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        parts: list[ast.AST] = [*node.orelse]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        parts = [*node.decorator_list, *node.args.defaults, *(each for each in node.args.kw_defaults if each)]
    elif isinstance(node, ast.Lambda):
        parts = []
    elif isinstance(node, ast.AnnAssign):
        parts = [each for each in (node.value, node.target) if each]
    else:
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _run(part)
    yield node


@cache
def steps_of(module: str) -> tuple[Step, ...]:
    """What a module of the house does while it is loaded, as far as it concerns the house."""
    found = steps(ast.parse(MODULES[module].read_text(encoding="utf-8")))
    return tuple(step for step in found if step[0] == "name" or step[1] in MODULES)


class Loading:
    """One process, in which modules are loaded as Python loads them."""

    def __init__(self) -> None:
        self.names: dict[str, set[str]] = {}
        """By module that is loaded or being loaded, the names that it has by now."""
        self.whole: set[str] = set()
        self.faults: list[str] = []

    def load(self, module: str) -> None:
        """Load a module after the packages that it is in."""
        parent = module.rpartition(".")[0]
        if parent in MODULES:
            self.load(parent)
        if module in self.names:
            return
        own = self.names[module] = set()
        for what, where, name in steps_of(module):
            if what == "load":
                self.load(where)
            elif what == "name":
                own.add(where)
            else:
                self._take(module, where, name)
        self.whole.add(module)

    def _take(self, module: str, where: str, name: str) -> None:
        if name in self.names.get(where, ()):
            return
        if f"{where}.{name}" in MODULES:
            self.load(f"{where}.{name}")
        elif where in self.names and where not in self.whole:
            self.faults.append(f"{module} takes {name} out of {where}, which is not loaded that far")


def faults(module: str) -> list[str]:
    """What goes wrong when a module is the first one to be imported."""
    loading = Loading()
    loading.load(module)
    return loading.faults


def test_every_module_can_be_imported_first() -> None:
    """No circle of imports hides behind the order in which modules happen to be loaded."""
    assert {module: found for module in MODULES if (found := faults(module))} == {}


def test_a_circle_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two modules that take from each other can be loaded from one side only."""
    sources = {"first": "from second import B\nclass A: pass", "second": "import first\nclass B(first.A): pass"}
    for name, source in sources.items():
        (tmp_path / name).write_text(source, encoding="utf-8")
    monkeypatch.setitem(MODULES, "first", tmp_path / "first")
    monkeypatch.setitem(MODULES, "second", tmp_path / "second")
    assert faults("first") == ["second takes A out of first, which is not loaded that far"]
    assert faults("second") == ["first takes B out of second, which is not loaded that far"]
