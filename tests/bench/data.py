"""Data: rows of CSV a second against pandas alone, images a second against Pillow alone; in turns, as ratios."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np


def csv(rows: int, rounds: int) -> dict[str, float]:
    """Reading a table of 20 columns as the program does, up to raw columns with their gaps; and pandas.read_csv."""
    import pandas as pd

    from playground.data.catalogue import load
    from playground.data.dataset import DataChoice

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        table = pd.DataFrame(np.random.default_rng(0).normal(size=(rows, 20)).round(4))
        table.columns = [f"c{number}" for number in range(20)]
        table["label"] = np.where(table["c0"] > 0, "yes", "no")
        table.to_csv(file, index=False)
        choice = DataChoice(source=str(file), target="label")
        return _turns({"ours": lambda: load(choice), "alone": lambda: pd.read_csv(file)}, rows, rounds)


def images(count: int, rounds: int) -> dict[str, float]:
    """Reading a folder of PNGs in two classes as the program does, the first time; and Pillow in a plain loop."""
    from PIL import Image

    from playground.data.catalogue import load
    from playground.data.dataset import DataChoice

    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            place = folder / ("a" if number % 2 else "b")
            place.mkdir(exist_ok=True)
            Image.fromarray(random.integers(0, 255, (64, 64, 3), np.uint8)).save(place / f"{number}.png")
        files = sorted(folder.rglob("*.png"))

        def alone() -> None:
            for file in files:
                with Image.open(file) as image:
                    np.asarray(image.convert("RGB"))

        def anew() -> None:
            for file in files:  # what was read before and kept is that of another file now
                os.utime(file)

        return _turns({"ours": lambda: load(DataChoice(source=str(folder))), "alone": alone}, count, rounds, anew)


def _turns(
    acts: dict[str, Callable[[], object]], count: int, rounds: int, before: Callable[[], None] = lambda: None
) -> dict[str, float]:
    speeds: dict[str, list[float]] = {name: [] for name in acts}
    for act in acts.values():
        act()
    for _ in range(rounds):
        for name, act in acts.items():
            before()
            began = perf_counter()
            act()
            speeds[name].append(count / (perf_counter() - began))
    ratios = [ours / alone for ours, alone in zip(speeds["ours"], speeds["alone"], strict=True)]
    return {
        "ours, a second": median(speeds["ours"]),
        "alone, a second": median(speeds["alone"]),
        "ratio": median(ratios),
    }
