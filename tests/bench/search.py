"""How many trials a minute a search does: batched, side by side in processes, and one after another, in one run.

Run: python -m tests.bench.search [--epochs 20] [--json]. A grid of 5 learning rates, each on 10 folds of 500 points by
a 2-8-8-1 network, through the same search that `playground tune` and the window use; beginning processes and making the
storage count. The order is one by one, batched, side by side, one by one again; ratios are of the faster of the two.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
FOLDS = 10


def project(epochs: int) -> Any:
    """A 2-8-8-1 network on the spiral."""
    from playground.app.document import Document
    from playground.data.dataset import DataChoice
    from playground.engine.recipe import Recipe
    from playground.graph.templates import chain
    from playground.layers.dense import Dense
    from playground.layers.ends import Input, Output

    tanh = [Dense(units=8, activation="tanh") for _ in range(2)]
    graph = chain(Input(dims=(2,)), *tanh, Dense(units=1), Output(loss="binary_cross_entropy"))
    return Document("bench", graph, {}, DataChoice(source="spiral", samples=500), Recipe(epochs=epochs, batch=10))


def seconds(document: Any, folder: Path, name: str, **settings: Any) -> tuple[float, float]:
    """Wall time of a whole search, and the mean validation loss at the smallest learning rate.

    The ways differ by rounding, which a large rate blows up over some thousand steps; a small one does not.
    """
    from playground.app.tuning import Settings, tuning_of
    from playground.data.catalogue import load
    from playground.selection.folds import Folding
    from playground.selection.space import Choices
    from playground.selection.trials import ranked
    from playground.selection.tune import SearchEnded

    own = Settings(search="grid", folding=Folding(count=FOLDS), url=str(folder / f"{name}.db"), **settings)
    began = time.perf_counter()
    tuning = tuning_of(document, {"recipe.learning_rate": Choices(RATES)}, own, load(document.data))
    ended = next(event for event in tuning.events() if isinstance(event, SearchEnded))
    spent = time.perf_counter() - began
    if len(ranked(ended.trials)) != len(RATES):
        raise RuntimeError(f"some trials were not done: {[trial.message for trial in ended.trials]}")
    return spent, ended.trials[0].score("valid", "loss")[0]


def measure(epochs: int) -> dict[str, dict[str, float]]:
    """Seconds, trials a minute, and how many times as fast as one by one, for each way."""
    document = project(epochs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds(project(1), folder, "warm", processes=0, stacks=False)  # torch and Optuna are imported, tables made
        first, loss = seconds(document, folder, "before", processes=0, stacks=False)
        batched, batched_loss = seconds(document, folder, "batched", processes=0)
        beside, beside_loss = seconds(document, folder, "beside", stacks=False)
        last, _ = seconds(document, folder, "after", processes=0, stacks=False)
    if max(abs(batched_loss - loss), abs(beside_loss - loss)) > 1e-4:
        raise RuntimeError(f"the ways disagree: {loss}, {batched_loss}, {beside_loss}")
    alone = min(first, last)
    ways = {"one by one": alone, "side by side": beside, "batched": batched}
    return {
        way: {"seconds": spent, "trials a minute": len(RATES) / spent * 60, "ratio": alone / spent}
        for way, spent in ways.items()
    }


def main() -> int:
    """Print, for each way, seconds, trials a minute and the ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    found = measure(options.epochs)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return 0
    for way, figures in found.items():
        spent, speed, ratio = figures.values()
        sys.stdout.write(f"{way:14} {spent:7.2f} s   {speed:8.1f} trials a minute   {ratio:5.1f} times as fast\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
