"""Every template, written as files, is run by a Python that does not know this program, and scores the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from playground.app.document import Document, make_project
from playground.app.files import Project
from playground.data.dataset import Examples
from playground.data.split import prepare
from playground.engine.events import Scores
from playground.engine.train import Training
from playground.exchange.python_code import python_code
from playground.exchange.python_files import python_files
from playground.graph.check import check
from playground.graph.templates import TEMPLATES
from tests.exchange.written import shaken

FEW = 12
"""Examples of which the answers are compared one by one, and on which large networks are scored."""
LARGE = [name for name in TEMPLATES if TEMPLATES[name].data == "images-224"]
DEEP = [name for name in TEMPLATES if name.startswith("cifar-") and name[-2:] != "20"]
QUICK = [name for name in TEMPLATES if name not in (*LARGE, *DEEP)]

READER = """
import importlib.util, json, sys
from pathlib import Path
import numpy as np, torch

assert "playground" not in sys.modules
found = {}
for path in map(Path, sys.argv[1:]):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.DEVICE = "cpu"
    model = module.Network()
    model.load_state_dict(module.read_weights(module.WEIGHTS))
    loss, told = module.evaluate(model, "valid")
    with torch.no_grad():
        scores = module.predict(model, module.load("valid")[0][:12])
    np.save(path.with_suffix(".npy"), scores.numpy())
    found[path.stem] = [loss, told]
assert "playground" not in sys.modules
print(json.dumps(found))
"""


@dataclass
class Handed:
    """What the engine says of a template, and what is written of it."""

    document: Document
    scores: np.ndarray
    valid: Scores


def few(examples: Examples) -> Examples:
    """So few that a large network scores them quickly."""
    for part in (examples.train, examples.valid, examples.test):
        for name in ("inputs", "targets", "rows"):
            object.__setattr__(part, name, getattr(part, name)[:FEW])
    return examples


@cache
def opened(name: str) -> tuple[Document, Examples]:
    document, dataset = make_project(name)
    examples = prepare(dataset, document.data)
    return document, few(examples) if name not in QUICK or name.startswith("cifar-") else examples


def handed_over(name: str, folder: Path) -> Handed:
    """A template with weights of its own, written into a folder."""
    document, examples = opened(name)
    batch = min(document.recipe.batch, len(examples.train))
    training = Training(document.graph, document.recipe.model_copy(update={"batch": batch}), examples)
    shaken(training.network)
    project = Project(document, training.checkpoint())
    made = python_files(folder / f"{stem(name)}.py", project, training.examples)
    assert made.notes == ()
    made.write()
    return Handed(document, training.scores("valid")[:FEW].numpy(), training.evaluate("valid"))


def stem(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")


def read_elsewhere(folder: Path, names: list[str]) -> dict[str, tuple[float, str]]:
    """What a fresh Python makes of those files, in their folder and with nothing else on its path."""
    files = [f"{stem(name)}.py" for name in names]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-c", READER, *files]
    said = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def compared(handed: Handed, found: tuple[float, str], scores: np.ndarray) -> None:
    scale = max(1.0, float(np.abs(handed.scores).max()))
    assert scores.shape == handed.scores.shape
    assert scores.std() > 0
    assert float(np.abs(scores - handed.scores).max()) <= 1e-6 * scale
    assert found[0] == pytest.approx(handed.valid.loss, rel=1e-5)
    figures = dict(pair.split() for pair in found[1].split(", "))
    assert {key: float(value) for key, value in figures.items()} == pytest.approx(
        dict(handed.valid.measures), rel=1e-5, abs=1e-6
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Handed], dict[str, tuple[float, str]]]:
    """All quick templates, read by one fresh process."""
    folder = tmp_path_factory.mktemp("templates")
    handed = {name: handed_over(name, folder) for name in QUICK}
    return folder, handed, read_elsewhere(folder, QUICK)


@pytest.mark.parametrize("name", QUICK)
def test_it_scores_the_same_in_a_fresh_process(name: str, quick) -> None:
    folder, handed, found = quick
    compared(handed[name], found[stem(name)], np.load(folder / f"{stem(name)}.npy"))


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LARGE, *DEEP])
def test_a_large_one_scores_the_same_in_a_fresh_process(name: str, tmp_path: Path) -> None:
    handed = handed_over(name, tmp_path)
    compared(handed, read_elsewhere(tmp_path, [name])[stem(name)], np.load(tmp_path / f"{stem(name)}.npy"))


def test_the_code_of_every_template_is_formatted(tmp_path: Path) -> None:
    for name in (*QUICK, "googlenet", "resnet-50"):
        text = python_code(opened(name)[0]).text
        (tmp_path / f"{stem(name)}.py").write_text(text, encoding="utf-8")
        assert max(map(len, text.splitlines())) <= 100
    for command in (("format", "--check", "--diff"), ("check",)):
        ruff = [str(Path(sys.executable).with_name("ruff")), *command, "--isolated", "--no-cache", str(tmp_path)]
        said = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("name", ["digits-cnn", "autoencoder", "googlenet", "resnet-50"])
def test_the_lines_of_a_layer_are_those_that_speak_of_it(name: str) -> None:
    document = opened(name)[0]
    report = check(document.graph)
    code = python_code(document, report)
    lines = code.text.splitlines()

    for id, layer in report.written_out.nodes.items():
        if layer.type in ("Input", "Output"):
            continue
        own = id.replace(".", "_")
        if f"self.{own}" in code.text:
            assert f"self.{own} = nn." in lines[code.lines[id].start]
            assert f"self.{own}(" in "".join(lines[code.calls[id].start : code.calls[id].stop])
        else:
            assert code.lines[id] == code.calls[id]
    assert len(code.of("conv2" if "conv2" in document.graph.nodes else "dense1")) >= 2


def test_writing_the_code_of_fifty_layers_takes_less_than_a_frame_and_no_torch() -> None:
    code = """
import sys, time
from playground.app.document import make_project
from playground.exchange.python_code import python_code
from playground.graph.check import check
document, _ = make_project("cifar-plain-20")
report = check(document.graph)
best = 1.0
for _ in range(5):
    began = time.perf_counter()
    python_code(document, report)
    best = min(best, time.perf_counter() - began)
print(len(report.written_out.nodes), best, "torch" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    layers, seconds, has_torch = said.stdout.split()
    assert int(layers) >= 50
    assert float(seconds) < 0.02
    assert has_torch == "False"
