"""Written code looks at each sequence's own steps alone, as the engine does; where it cannot, that is known before."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.app.handing_over import WAYS, answers_otherwise
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.engine.compile import Network, build
from playground.engine.events import EpochDone
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.exchange.python_code import attributes, python_code
from playground.exchange.python_files import python_files
from playground.exchange.ragged_code import OF_THE_FILE, can_say
from playground.exchange.weights_file import under_attributes
from playground.graph.check import check
from playground.graph.model import Graph
from tests.engine.nets import gauss
from tests.engine.test_ragged import filled_up, ragged_data, series
from tests.exchange.written import Description, Kept, close, imported, shaken, wired

LENGTHS = [11, 1, 4, 7, 2, 11, 3]
INPUT = {"input": ("Input", {"dims": (11, 3)})}
END = {"head": ("Dense", {"units": 2}), "output": ("Output", {"units": 2})}
Layers = dict[str, tuple[str, dict[str, object]]]


def chain(*layers: tuple[str, dict[str, object]]) -> Graph:
    """From the Input through those layers to two scores."""
    named: Layers = {**INPUT, **{f"n{at}": each for at, each in enumerate(layers)}, **END}
    ids = list(named)
    return wired(named, *(f"{source} {target}" for source, target in pairwise(ids)))


MEAN, LARGEST = ("GlobalAvgPool2d", {}), ("GlobalMaxPool", {})
LSTM = {"units": 5}
CHAINS = {
    "an LSTM's last state": chain(("LSTM", LSTM)),
    "a GRU's states, averaged": chain(("GRU", {**LSTM, "returns": "sequence"}), MEAN),
    "both ways": chain(("LSTM", {**LSTM, "returns": "sequence", "bidirectional": True}), LARGEST),
    "both ways, the last states": chain(("RNN", {**LSTM, "bidirectional": True})),
    "two on top of each other": chain(("GRU", {**LSTM, "returns": "sequence"}), ("LSTM", {**LSTM, "layers": 2})),
    "the last step of each": chain(("Dense", {"units": 4, "activation": "tanh"}), ("LastStep", {})),
    "a convolution of the same length": chain(("Conv1d", {"filters": 4, "activation": "relu"}), MEAN),
    "a valid, dilated one": chain(("Conv1d", {"filters": 4, "padding": "valid", "dilation": 2}), MEAN),
    "a padded one in strides": chain(("Conv1d", {"filters": 4, "stride": 2, "padding": 1}), LARGEST),
    "an even window in strides": chain(("Conv1d", {"filters": 4, "kernel": 4, "stride": 3, "padding": 2}), MEAN),
    "an even window": chain(("Conv1d", {"filters": 4, "kernel": 4}), ("LSTM", LSTM)),
    "the largest of two": chain(("Dense", {"units": 4}), ("MaxPool1d", {}), ("GRU", LSTM)),
    "the largest, padded": chain(("MaxPool1d", {"kernel": 3, "stride": 2, "padding": 1}), MEAN),
    "means of two": chain(("AvgPool1d", {}), ("GRU", LSTM)),
    "means, padded": chain(("AvgPool1d", {"kernel": 3, "stride": 2, "padding": 1}), MEAN),
    "means, unevenly padded": chain(("AvgPool1d", {"kernel": 4, "stride": 1, "padding": "same"}), LARGEST),
    "batch normalisation": chain(("Dense", {"units": 4}), ("BatchNorm", {}), MEAN),
    "layer normalisation": chain(("Dense", {"units": 4}), ("LayerNorm", {}), LARGEST),
    "places in the sequence": chain(("PositionalEncoding", {}), ("Dense", {"units": 4, "activation": "relu"}), MEAN),
    "all steps as one vector": chain(("Dense", {"units": 2, "activation": "tanh"}), ("Flatten", {})),
    "shortened three times": chain(
        ("Conv1d", {"filters": 4, "padding": "valid", "activation": "relu"}), ("MaxPool1d", {}),
        ("Conv1d", {"filters": 6, "stride": 2}), ("BatchNorm", {}), ("LSTM", LSTM),
    ),
}  # fmt: skip
BRANCHES = {
    "two branches that meet": wired(
        {**INPUT, "lengths": ("Conv1d", {"filters": 4}), "to_end": ("Dense", {"units": 4}), "sum": ("Add", {}),
         "join": ("Concat", {}), "pool": MEAN, **END},
        "input lengths", "input to_end", "lengths sum", "to_end sum", "sum join", "lengths join", "join pool",
        "pool head", "head output",
    ),
    "a state that begins another": wired(
        {**INPUT, "encoder": ("LSTM", {**LSTM, "returns": "sequence"}), "decoder": ("LSTM", LSTM), **END},
        "input encoder", "encoder decoder", "encoder decoder state", "decoder head", "head output",
    ),
    "shorter and whole ones side by side": wired(
        {**INPUT, "conv": ("Conv1d", {"filters": 4, "padding": "valid"}), "few": MEAN, "many": LARGEST,
         "join": ("Concat", {}), **END},
        "input conv", "conv few", "input many", "few join", "many join", "join head", "head output",
    ),
}  # fmt: skip
SAYABLE = {**CHAINS, **BRANCHES}
UNSAYABLE = {
    "attention": chain(("MultiHeadAttention", {"heads": 1}), MEAN),
    "means with the padding": chain(("AvgPool1d", {"kernel": 3, "padding": 1, "count_include_pad": True}), MEAN),
    "padding that depends on the length": chain(("Conv1d", {"filters": 4, "stride": 2, "padding": "tf_same"}), MEAN),
    "padding with what is there": chain(("Conv1d", {"filters": 4, "padding_mode": "replicate"}), MEAN),
    "windows that only partly fit": chain(("MaxPool1d", {"ceil_mode": True}), MEAN),
    "an input given back": wired(
        {**INPUT, "gru": ("GRU", {"units": 4}), "head": ("Dense", {"units": 33}),
         "output": ("Output", {"units": 33, "loss": "mean_squared_error", "truth": "inputs"})},
        "input gru", "gru head", "head output",
    ),
    "an answer for each step": wired(
        {**INPUT, "gru": ("GRU", {"units": 4, "returns": "sequence"}), "head": ("Dense", {"units": 2}),
         "output": ("Output", {"units": 2, "each_step": True})},
        "input gru", "gru head", "head output",
    ),
}  # fmt: skip


def both(graph: Graph, folder: Path) -> tuple[Network, torch.nn.Module]:
    """The engine's network and the written one, with the same weights."""
    description = Description(graph)
    theirs = shaken(build(graph, is_masked=True))
    ours = imported(python_code(description, is_ragged=True).text, folder).Network()
    weights = {name: value.numpy() for name, value in theirs.state_dict().items()}
    fitting = under_attributes(weights, attributes(description, is_ragged=True))
    ours.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in fitting.items()})
    return theirs, ours


def batch() -> Tensor:
    return filled_up(series(LENGTHS))


@pytest.mark.parametrize("name", SAYABLE)
def test_answers_and_slopes_are_the_window_s(name, tmp_path):
    assert not check(SAYABLE[name]).errors
    theirs, ours = both(SAYABLE[name], tmp_path)

    for learns in (False, True):
        close(ours.train(learns)(batch()).detach(), theirs.train(learns)(batch()).detach())
    weights = torch.linspace(-1, 1, 2 * len(LENGTHS)).double().view(-1, 2)
    for each in (theirs, ours):  # in double precision: a bias before a batch normalisation has rounding for its slope
        (each.double()(batch().double()) * weights).sum().backward()
    for found, wanted in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert found.grad is not None
        close(found.grad, wanted.grad)


@pytest.mark.parametrize("name", UNSAYABLE)
def test_a_network_that_cannot_be_said_so_is_written_as_ever(name):
    graph = UNSAYABLE[name]
    assert not check(graph).errors

    assert not can_say(check(graph))
    examples = prepare(ragged_data(), DataChoice())
    assert [way for way in WAYS if answers_otherwise(way, examples, check(graph))] == ["python", "onnx"]
    assert not any(answers_otherwise(way, gauss(), check(graph)) for way in WAYS)
    assert python_code(Description(graph), is_ragged=True).text == python_code(Description(graph)).text


@pytest.mark.parametrize("name", SAYABLE)
def test_the_code_stays_readable(name):
    text = python_code(Description(SAYABLE[name]), is_ragged=True).text

    assert all(len(line) <= 88 for line in text.splitlines())
    defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    for helper in OF_THE_FILE[1:-1]:
        assert (helper in defined) == (len(re.findall(rf"\b{helper}\(", text)) > 0)
        assert helper not in defined or len(re.findall(rf"\b{helper}\(", text)) > 1


@pytest.mark.parametrize("name", ["shortened three times", "two branches that meet"])
def test_training_takes_the_window_s_steps(name, tmp_path):
    data = ragged_data()
    graph = SAYABLE[name]
    graph = Graph(
        {**graph.nodes, "input": graph.nodes["input"].model_copy(update={"dims": data.inputs.shape[1:]})}, graph.edges
    )
    recipe = Recipe(epochs=3, batch=8, optimiser="sgd", learning_rate=0.1)
    training = Training(graph, recipe, prepare(data, DataChoice()), "cpu")
    losses = [event.valid.loss for event in training.events() if isinstance(event, EpochDone)]
    files = python_files(tmp_path / "written.py", Kept(Description(graph, recipe)), training.examples)
    files.write()
    module = imported((tmp_path / "written.py").read_text(), tmp_path)
    module.DEVICE = "cpu"
    told: list[str] = []
    module.print = told.append

    module.train()

    assert "own_steps(x)" in (tmp_path / "written.py").read_text()
    found = [float(re.search(r"loss ([-\d.e]+)", line)[1]) for line in told]
    assert found == pytest.approx(losses, abs=2e-6)
    assert np.isnan(np.load(tmp_path / "written_data.npz")["train_inputs"]).any()
