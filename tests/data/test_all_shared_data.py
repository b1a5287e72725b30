"""Each of the real data sets becomes a project with nothing set but the target, and is learned better than not at all:
above the most frequent class, or nearer than the mean.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from playground.app.files import read_project
from playground.cli import main
from playground.data.catalogue import load
from playground.data.split import prepare

TABLES = {
    "penguins": "species", "titanic": "survived", "tips": "tip", "mpg": "mpg", "pima-indians-diabetes": "column 9",
    "horse-colic": "column 24", "california_housing": "median_house_value",
}  # fmt: skip
OTHERS = {
    "series/GunPoint": ("series-cnn", None),
    "series/JapaneseVowels": ("frequency-lstm", 10),
    "series/airline-passengers.csv": ("frequency-lstm", 60),
    "series/daily-min-temperatures.csv": ("frequency-lstm", 5),
    "image_folders/cifar10_png_subset": ("image-cnn", 5),
    "fashion_mnist": ("image-cnn", 1),
    "text/names": ("char-lm", 3),
    "text/tinyshakespeare": ("char-lm", 1),
    "text/eng-fra_subset.txt": ("encoder-decoder", 2),
}
"""By their folder or file: a template, and how many epochs are enough; None: as the template proposes."""


def learned(capsys, project, making, training=()) -> dict:
    """What training told at its end. making, training: options of the commands new and train."""
    assert main(["new", *making, "-o", str(project)]) == 0
    capsys.readouterr()
    assert main(["train", str(project), "--json", "--no-history", *training]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])["valid"]


def majority(project) -> float:
    """Share of the validation part's answers that are the training part's most frequent."""
    data = read_project(project).document.data
    examples = prepare(load(data), data)
    usual = np.bincount(np.ravel(examples.train.targets)).argmax()
    return float((examples.valid.targets == usual).mean())


def is_above(score: dict, project) -> bool:
    return score["accuracy"] > majority(project) if "accuracy" in score else score["r2"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_learned_by_naming_its_target(capsys, test_data, tmp_path, name):
    project = tmp_path / "p.nnplay"
    source = str(test_data / "csv" / f"{name}.csv")
    score = learned(capsys, project, ["table-mlp", "--data", source, "--target", TABLES[name]])
    assert is_above(score, project), score
    assert main(["predict", str(project), source, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["strange"] <= 0.05 * found["count"]


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_series_images_and_texts_are_learned(capsys, test_data, tmp_path, name):
    template, epochs = OTHERS[name]
    project = tmp_path / "p.nnplay"
    asked = ["--epochs", str(epochs)] if epochs else []
    score = learned(capsys, project, [template, "--data", str(test_data / name)], asked)
    assert is_above(score, project), score
