"""A run's memory goes with the run, and does not wait until Python looks for cycles."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from playground.app.document import make_project
from playground.app.loading import prepared
from playground.engine import stepper
from playground.engine.imports import import_torch
from playground.engine.train import Training

FIRST = """
import gc, weakref
from playground.app.document import make_project
from playground.app.loading import prepared
from playground.app.runner import Mailbox, Run
gc.disable()
document, _ = make_project("spiral-mlp")
examples = prepared(document.data)

def make():
    from playground.engine.train import Training
    return Training(document.graph, document.recipe, examples)

run = Run(make, Mailbox())
held = [weakref.ref(run), run.ask(weakref.ref).result()]
run.close()
run.join()
del run
print([each() for each in held])
"""


@pytest.fixture
def without_collection(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(stepper, "WARM", 1)
    monkeypatch.setattr(stepper, "WORTH", 1)
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("template", ["spiral-mlp", "digits-cnn", "frequency-lstm", "autoencoder"])
@pytest.mark.parametrize("flat", [True, False])
def test_a_run_that_nobody_holds_goes_at_once_with_its_network_and_its_tensors(without_collection, template, flat):
    document, _ = make_project(template)
    import_torch()
    training = Training(document.graph, document.recipe, prepared(document.data), flat=flat)
    for _ in training.events():
        if training.step >= 6:
            break
    weights = next(training.network.parameters())
    held = [weakref.ref(each) for each in (training, training.network, training.optimiser, training.stepper, weights)]
    del training, weights
    assert [each() for each in held] == [None] * len(held)


def test_so_does_the_first_of_a_program_which_imports_torch():
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout.strip() == "[None, None]", done.stderr
