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
