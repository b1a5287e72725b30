"""Written training takes the engine's steps: the same order, penalties, rates and end, whatever the recipe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from playground.app.document import Document, make_project
from playground.data.catalogue import load
from playground.data.dataset import DataChoice, Examples
from playground.data.split import prepare
from playground.engine.events import EpochDone
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.exchange.python_code import python_code
from playground.exchange.python_files import python_files
from playground.graph.model import Graph
from playground.layers.dense import Dense
from playground.layers.normalise import BatchNorm, Dropout
from tests.engine.nets import gauss, net, numbers
from tests.exchange.written import Description, Kept, imported, wired

HIDDEN = (Dense(units=8, activation="tanh"), BatchNorm(), Dropout(rate=0.2))
RECIPES = {
    "adam": {},
    "sgd with penalties": {"optimiser": "sgd", "l1": 0.01, "l2": 0.1, "learning_rate": 0.05},
    "adamw, warmed up, cosine": {"optimiser": "adamw", "l2": 0.1, "warmup": 2, "schedule": "cosine"},
    "rmsprop in steps, clipped": {"optimiser": "rmsprop", "schedule": "step", "schedule_epochs": 2, "clip": 0.1},
    "on a plateau": {"schedule": "plateau", "schedule_epochs": 1, "learning_rate": 0.3},
    "the best kept, with patience": {"patience": 1, "keep_best": True, "learning_rate": 0.5, "epochs": 12},
    "one example left": {"batch": 23},
    "adamw without decay": {"optimiser": "adamw", "seed": 3},
}


def train_both(
    graph: Graph, recipe: Recipe, examples: Examples, folder: Path
) -> tuple[list[float], list[float], Training, list[str]]:
    """The validation losses of each epoch, the engine's and those that the written file tells."""
    training = Training(graph, recipe, examples)
    losses = [event.valid.loss for event in training.events() if isinstance(event, EpochDone)]
    description = Description(graph, recipe)
    python_files(folder / "written.py", Kept(description), training.examples).write()
    module = imported(python_code(description).text, folder)
    module.DEVICE = "cpu"
    told: list[str] = []
    module.print = told.append
    model = module.train()
    told.append(f"loss {module.evaluate(model, 'valid')[0]:.6f},")
    found = [float(re.search(r"loss ([-\d.e]+)", line)[1]) for line in told]
    return losses, found, training, told


def mixed() -> Examples:
    """Points that no network tells apart without mistakes."""
    choice = DataChoice(source="xor", noise=50, samples=100)
    return prepare(load(choice), choice)


@pytest.mark.parametrize("name", RECIPES)
def test_the_losses_are_the_engines(name: str, tmp_path: Path) -> None:
    recipe = Recipe.model_validate({"epochs": 4, "batch": 16, **RECIPES[name]})
    losses, found, training, _ = train_both(net(*HIDDEN), recipe, mixed(), tmp_path)

    assert min(losses) > 0.01
    assert found[:-1] == pytest.approx(losses, rel=1e-4)
    assert found[-1] == pytest.approx(training.evaluate("valid").loss, rel=1e-4)


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "hinge"])
def test_every_loss_of_classes_is_said(loss: str, tmp_path: Path) -> None:
    recipe = Recipe(epochs=2, batch=16)
    losses, found, *_ = train_both(net(Dense(units=4), loss=loss), recipe, gauss(), tmp_path)
    assert found[:-1] == pytest.approx(losses, rel=1e-4)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge"])
def test_losses_of_more_than_two_classes_are_said(loss: str, tmp_path: Path) -> None:
    document, dataset = make_project("table-mlp", "iris")
    output = document.graph.of_type("Output")[0]
    graph = document.graph.with_node(output, document.graph.nodes[output].with_settings(loss=loss))
    losses, found, *_ = train_both(graph, Recipe(epochs=2), prepare(dataset, document.data), tmp_path)
    assert found[:-1] == pytest.approx(losses, rel=1e-4)


def test_numbers_are_told_in_their_own_units(tmp_path: Path) -> None:
    graph = net(Dense(units=4), inputs=3, loss="mean_squared_error", units=1)
    losses, found, training, told = train_both(graph, Recipe(epochs=3), numbers(), tmp_path)
    assert found[:-1] == pytest.approx(losses, rel=1e-4)
    figures = dict(re.findall(r"(\w+) ([-\d.]+)", told[-2].split(", ", 1)[1]))
    assert {key: float(value) for key, value in figures.items()} == pytest.approx(
        dict(training.evaluate("valid").measures), rel=1e-3
    )


@pytest.mark.parametrize("name", ["autoencoder", "encoder-decoder", "gru-many-to-many", "elman", "char-lm"])
def test_networks_that_are_judged_otherwise_learn_alike(name: str, tmp_path: Path) -> None:
    document, dataset = make_project(name)
    examples = prepare(dataset, document.data)
    short = Examples(**{**vars(examples), "train": first(examples.train), "valid": first(examples.valid)})
    recipe = document.recipe.model_copy(update={"epochs": 2, "learning_rate": 0.001})
    losses, found, *_ = train_both(document.graph, recipe, short, tmp_path)
    assert found[:-1] == pytest.approx(losses, rel=1e-4)


def first(part, count: int = 64):
    return type(part)(part.inputs[:count], part.targets[:count], part.rows[:count])


def test_several_outputs_are_weighed(tmp_path: Path) -> None:
    graph = wired(
        {
            "begin": ("Input", {"dims": (2,)}),
            "hidden": ("Dense", {"units": 6, "activation": "tanh"}),
            "aside": ("Dense", {"units": 1}),
            "side": ("Output", {"loss": "hinge", "weight": 0.3}),
            "back": ("Dense", {"units": 2}),
            "again": ("Output", {"loss": "mean_squared_error", "truth": "inputs", "weight": 0.5}),
            "scores": ("Dense", {"units": 2}),
            "end": ("Output", {"weight": 2.0}),
        },
        "begin hidden", "hidden aside", "aside side", "hidden back", "back again", "hidden scores", "scores end",
    )  # fmt: skip
    losses, found, *_ = train_both(graph, Recipe(epochs=3, batch=16), gauss(), tmp_path)
    assert found[:-1] == pytest.approx(losses, rel=1e-4)


def test_trained_weights_are_kept_as_safetensors_that_others_read(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    document = Document("n", net(*HIDDEN), recipe=Recipe(epochs=1, batch=16))
    python_files(tmp_path / "written.py", Kept(document), gauss()).write()
    module = imported(python_code(document).text, tmp_path)
    module.DEVICE = "cpu"
    module.print = lambda _: None
    model = module.train()
    module.write_weights(tmp_path / "kept.safetensors", model.state_dict())

    theirs, ours = load_file(tmp_path / "kept.safetensors"), module.read_weights(tmp_path / "kept.safetensors")
    for name, value in model.state_dict().items():
        assert (theirs[name] == value).all()
        assert (ours[name] == value).all()


def test_examples_that_are_changed_at_random_are_named_as_not_written() -> None:
    recipe = Recipe.model_validate({"augment": {"noise": 0.1, "mixup": 0.2}})
    text = python_code(Description(net(), recipe)).text
    assert "NOT WRITTEN HERE: the project changes its training examples at random (noise 0.1," in text
    assert "NOT WRITTEN" not in python_code(Description(net(), Recipe())).text


IMAGES = {
    "input": ("Input", {"dims": (1, 8, 8)}), "conv": ("Conv2d", {"filters": 4, "activation": "relu"}),
    "pool": ("MaxPool2d", {}), "flat": ("Flatten", {}), "head": ("Dense", {"units": 10}),
    "output": ("Output", {"units": 10}),
}  # fmt: skip


def test_images_that_are_convolved_lie_as_the_window_lays_them(tmp_path):
    choice = DataChoice(source="digits", samples=200)
    graph = wired(IMAGES, "input conv", "conv pool", "pool flat", "flat head", "head output")
    losses, found, training, _ = train_both(graph, Recipe(epochs=3), prepare(load(choice), choice), tmp_path)

    assert found[:-1] == pytest.approx(losses, abs=1e-6)
    module = imported((tmp_path / "written.py").read_text(), tmp_path)
    module.DEVICE = "cpu"
    inputs, _ = module.load("valid")
    assert inputs[:2].stride() == training.network._laid_out(inputs.contiguous())[:2].stride() == (64, 1, 8, 1)


def test_other_inputs_lie_as_ever():
    flat = wired(
        {**{k: IMAGES[k] for k in ("input", "flat", "head", "output")}}, "input flat", "flat head", "head output"
    )

    assert "channels_last" not in python_code(Description(flat)).text
    assert "channels_last" not in python_code(Description(net())).text
