"""How much faster many small networks train as one batched model than one after another, in one run.

Run: python -m tests.bench.stacked [--epochs 20] [--json]. 10 folds × 5 learning rates of a 2-8-8-1 network on points,
and of a 784-128-10 network on random images. Both ways train the same networks and give the same numbers; the order is
one by one, stacked, one by one again, and the ratio is taken of the faster of the two.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
FOLDS = 10


def points() -> Any:
    """500 points of the spiral, divided and scaled."""
    from playground.data.catalogue import load
    from playground.data.dataset import DataChoice
    from playground.data.split import prepare

    choice = DataChoice(source="spiral", samples=500)
    return prepare(load(choice), choice)


def images() -> Any:
    """1,200 images of random numbers in ten classes: their size counts here, not what they show."""
    from playground.data.dataset import DataChoice, Dataset
    from playground.data.split import prepare

    random = np.random.default_rng(0)
    inputs = random.normal(size=(1200, 1, 28, 28)).astype(np.float32)
    names = tuple("0123456789")
    data = Dataset("random", "Random", "image", inputs, random.integers(0, 10, 1200), "classes", names)
    return prepare(data, DataChoice(source="random"))


def folds(examples: Any) -> list[Any]:
    """Training and validation examples divided anew."""
    from playground.data.dataset import Part

    inputs = np.concatenate([examples.train.inputs, examples.valid.inputs])
    targets = np.concatenate([examples.train.targets, examples.valid.targets])
    each = np.array_split(np.random.default_rng(0).permutation(len(inputs)), FOLDS)
    made = []
    for number, own in enumerate(each):
        rest = np.concatenate(each[:number] + each[number + 1 :])
        parts = [Part(inputs[rows], targets[rows], rows) for rows in (rest, own)]
        made.append(replace(examples, train=parts[0], valid=parts[1]))
    return made


def networks() -> dict[str, tuple[Any, Any, int, int]]:
    """By name: the graph, the examples, the batch, and by what the epochs are divided."""
    from playground.graph.templates import chain
    from playground.layers.dense import Dense
    from playground.layers.ends import Input, Output
    from playground.layers.reshape import Flatten

    tanh = [Dense(units=8, activation="tanh") for _ in range(2)]
    tiny = chain(Input(dims=(2,)), *tanh, Dense(units=1), Output(loss="binary_cross_entropy"))
    wide = chain(
        Input(dims=(1, 28, 28)), Flatten(), Dense(units=128, activation="relu"), Dense(units=10), Output(units=10)
    )
    return {"2-8-8-1, batch 10": (tiny, points(), 10, 1), "784-128-10, batch 128": (wide, images(), 128, 10)}


def seconds(act: Callable[[], object]) -> float:
    """Wall time of an act."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def measure(graph: Any, examples: Any, batch: int, epochs: int) -> dict[str, float]:
    """Seconds for all networks either way, and their ratio."""
    from playground.engine.recipe import Recipe
    from playground.engine.stacked import Stacked
    from playground.engine.train import Training

    each = folds(examples) * len(RATES)
    recipes = [Recipe(epochs=epochs, batch=batch, learning_rate=rate) for rate in RATES for _ in range(FOLDS)]

    def one_by_one() -> None:
        for recipe, own in zip(recipes, each, strict=True):
            for _ in Training(graph, recipe, own, "cpu").events():
                pass

    def together() -> None:
        for _ in Stacked(graph, recipes, each, "cpu").events():
            pass

    for _ in Training(graph, recipes[0].model_copy(update={"epochs": 1}), each[0], "cpu").events():
        pass  # torch's first step takes longer
    before, stacked, after = seconds(one_by_one), seconds(together), seconds(one_by_one)
    alone = min(before, after)
    return {"one by one, s": alone, "stacked, s": stacked, "ratio": alone / stacked}


def main() -> int:
    """Print, for each network, seconds either way and the ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stacked")
    parser.add_argument("--epochs", type=int, default=20, help="of the small network; the large one's are a tenth")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    found = {
        name: measure(graph, examples, batch, max(1, options.epochs // share))
        for name, (graph, examples, batch, share) in networks().items()
    }
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return 0
    for name, figures in found.items():
        alone, stacked, ratio = figures.values()
        line = f"{name:24} one by one {alone:7.2f} s   stacked {stacked:6.2f} s   {ratio:5.1f} times as fast\n"
        sys.stdout.write(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
