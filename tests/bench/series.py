"""How many held-out series two templates read right, after what is proposed for data of one's own.

Run: python -m tests.bench.series FOLDER… [--templates series-cnn,frequency-lstm] [--seeds 3]. Each folder holds
labelled series as `playground new --data` takes them. Only its training file is used: three fifths to learn from, one
to validate, one held out, divided anew for each seed; the publisher's test part stays closed.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.app.document import with_fitting_batch
from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.data.ts_files import load_series_file, train_file_in
from playground.engine.device import limit_threads
from playground.engine.recipe import Recipe, with_enough_epochs
from playground.engine.train import Training
from playground.graph.templates import TEMPLATES


def training_file_of(folder: Path) -> Dataset:
    """The labelled series of the training file alone."""
    file = train_file_in(folder)
    assert file is not None, f"{folder} holds no training file of labelled series"
    both = load_series_file(file)
    own = slice(both.test_from)
    lengths = None if both.lengths is None else both.lengths[own]
    return replace(both, inputs=both.inputs[own], targets=both.targets[own], lengths=lengths, test_from=None)


def held_out(dataset: Dataset, template: str, seed: int) -> float:
    """Share of the held-out fifth that is read right at the end."""
    examples = prepare(dataset, DataChoice(source=dataset.name, valid=0.2, test=0.2, seed=seed))
    chosen, count = TEMPLATES[template], len(examples.train)
    recipe = Recipe.model_validate({**chosen.recipe, "seed": seed})
    recipe = with_enough_epochs(with_fitting_batch(recipe, count), count)
    training = Training(chosen.build(examples.signature), recipe, examples, "cpu")
    for _ in training.events():
        pass
    return training.evaluate("test").measures["accuracy"]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", metavar="FOLDER", type=Path, nargs="+")
    parser.add_argument("--templates", default="series-cnn,frequency-lstm")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    limit_threads(1)
    for folder in options.folders:
        dataset = training_file_of(folder)
        majority = np.bincount(dataset.targets).max() / len(dataset.targets)
        print(f"{dataset.name:24} {len(dataset.targets):6,} series  majority {majority:.2f}", end="")  # noqa: T201
        for template in options.templates.split(","):
            right = [held_out(dataset, template, seed) for seed in range(options.seeds)]
            print(f"  {template} {np.mean(right):.3f} ± {np.std(right):.3f}", end="", flush=True)  # noqa: T201
        print()  # noqa: T201


if __name__ == "__main__":
    main()
