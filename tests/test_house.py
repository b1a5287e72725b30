"""The house's own rules: sizes of rooms, and who may know whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "playground").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
HEAVY = ("torch", "sklearn", "pandas", "PySide6", "pyqtgraph", "scipy", "optuna")
QT = ("PySide6", "pyqtgraph")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_over_400_lines_and_no_function_over_50(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    long = [f"{f.name}: {f.end_lineno - f.lineno + 1} lines" for f in functions if f.end_lineno - f.lineno >= 50]
    assert not long


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("playground.layers", HEAVY),
        ("playground.graph.check", HEAVY),
        ("playground.graph.templates", HEAVY),
        ("playground.data.catalogue", HEAVY),
        ("playground.data.split", HEAVY),
        ("playground.engine.recipe", HEAVY),
        ("playground.engine.events", HEAVY),
        ("playground.engine.checkpoint", HEAVY),
        ("playground.selection.compare", HEAVY),
        ("playground.selection.tuning_results", HEAVY),
        ("playground.app.session", HEAVY),
        ("playground.app.tuning", HEAVY),
        ("playground.cli", HEAVY),
        ("playground.__main__", HEAVY),
        ("playground.engine.train", QT),
        ("playground.selection.baselines", (*QT, "torch")),
        ("playground.insight.boundary", QT),
        ("playground.exchange.python_files", HEAVY),
        ("playground.exchange.report", HEAVY),
        ("playground.ui.start", ("torch", "sklearn", "pandas", "pyqtgraph", "scipy")),
    ],
)
def test_importing_a_room_brings_nothing_it_must_not_know(module, forbidden):
    code = f"import sys, {module}; print(*[name for name in {forbidden} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.split() == []


def test_the_rooms_contracts_hold():
    command = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([str(command), "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert found.returncode == 0, found.stdout
    assert "0 broken" in found.stdout


MODES = {"no_grad", "enable_grad", "set_grad_enabled", "inference_mode", "looking", "as_it_learns"}
"""What sets a mode of the whole thread."""


@pytest.mark.parametrize("room", ["engine", "insight"])
def test_no_generator_waits_with_the_threads_mode_changed(room):
    for path in sorted((ROOT / "playground" / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            if any("contextmanager" in ast.dump(decorator) for decorator in function.decorator_list):
                continue
            for block in (node for node in ast.walk(function) if isinstance(node, ast.With)):
                names = {n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "")
                         for item in block.items for n in ast.walk(item.context_expr)}  # fmt: skip
                waits = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(block))
                assert not (waits and names & MODES), f"{path.name}, {function.name}"
