"""What the templates must reach, each on its own data with its own recipe."""

from __future__ import annotations

import pytest

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.train import Training
from playground.selection.baselines import fit
from playground.selection.compare import compare
from playground.selection.network import outcome_of


def trained(template, seed=0, data=None, **changes):
    document, dataset = make_project(template, data)
    recipe = document.recipe.model_copy(update={"seed": seed, **changes})
    training = Training(document.graph, recipe, prepare(dataset, document.data))
    ended = list(training.events())[-1]
    assert ended.reason in ("epochs", "early_stopping")
    return training


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("template", "accuracy"),
    [("one-neuron", 0.95), ("xor-mlp", 0.95), ("spiral-mlp", 0.95), ("digits-cnn", 0.96), ("frequency-lstm", 0.95)],
)
def test_a_template_learns_its_data(template, accuracy, seed):
    training = trained(template, seed)
    assert training.evaluate("valid").measures["accuracy"] >= accuracy
    assert template != "digits-cnn" or training.epoch <= 15


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_table_network_is_no_worse_than_ridge_less_its_interval(seed):
    training = trained("table-mlp", seed)
    ridge = fit("ridge", training.examples, "mean_squared_error")
    network, baseline = compare(outcome_of(training), [ridge], training.examples).models
    assert network.score >= baseline.low


@pytest.mark.slow
def test_the_image_network_reads_fashion_mnist_after_two_epochs(test_data):
    training = trained("image-cnn", data=str(test_data / "fashion_mnist"), epochs=2)
    assert training.evaluate("valid").measures["accuracy"] >= 0.88
