"""How fast a network learns from a large set of images that stays on the disk, beside the same set held in memory.

Run: python -m tests.bench.cache [--images 200000] [--side 32] [--channels 3] [--steps 2] [--seconds 45] [--batch 64].
The images are made straight into a file as image_cache.py writes it. Both learn in turns of a few steps, until the
seconds are over: what else the machine does meets both alike. Reported: steps a second, the median share of the held
one's speed by the clock and by the processor's time, where a streamed batch's time goes, and by how much the program's
memory grew while it divided, scaled and learned from the file, validation included.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.dataset import DataChoice

CLASSES = 10


def write(path: Path, shape: tuple[int, int, int, int]) -> np.ndarray:
    """Noise with a brighter stripe, whose place is the class; returns the classes."""
    random = np.random.default_rng(0)
    labels = random.integers(0, CLASSES, shape[0])
    noise = np.frombuffer(random.bytes(4096 * int(np.prod(shape[1:]))), np.uint8).reshape(4096, *shape[1:]) // 2
    with path.open("wb") as file:
        for start in range(0, shape[0], 4096):
            some = labels[start : start + 4096]
            pixels = np.roll(noise, start % 977, axis=0)[: len(some)].copy()
            rows = some * shape[2] // CLASSES
            pixels[np.arange(len(some)), :, rows] += 80
            file.write(pixels.tobytes())
    return labels


def resident() -> float:
    """MB of memory that the program holds now, mapped files included."""
    if sys.platform == "linux":
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


class Watching:
    """The most memory held while it is open."""

    def __enter__(self) -> Watching:
        self.most = self.before = resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self.most = max(self.most, resident())

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def grown(self) -> float:
        return self.most - self.before


def trained(training: Any, steps: int) -> tuple[float, float]:
    """Seconds of so many steps, with all that happens between them: by the clock, and of the processor."""
    events = training.events() if not hasattr(training, "under_way") else training.under_way
    training.under_way = events
    end = training.step + steps
    began, worked = time.perf_counter(), time.process_time()
    for _ in events:
        if training.step >= end:
            break
    return time.perf_counter() - began, time.process_time() - worked


def in_turns(holding: Any, streaming: Any, options: argparse.Namespace) -> np.ndarray:
    """(turns, held or streamed, clock or processor) seconds of a few steps each, for as long as is asked."""
    turns = []
    until = time.perf_counter() + options.seconds
    while len(turns) < FEWEST or time.perf_counter() < until:
        turns.append((trained(holding, options.steps), trained(streaming, options.steps)))
    return np.array(turns)


def of_a_batch(streaming: Any, options: argparse.Namespace) -> dict[str, float]:
    """Milliseconds of the processor that a streamed batch needs: to be read, and to be read and scaled."""
    import torch

    inputs, times = streaming.examples.train.inputs, 50
    fed = streaming._parts["train"][0]
    rows = np.random.default_rng(1).integers(0, len(inputs), (times, options.batch))
    found = {}
    for name, draw in (("read", inputs.raw), ("read_and_scaled", lambda some: fed.index_select(0, some))):
        some = list(rows if name == "read" else torch.from_numpy(rows))
        began = time.process_time()
        for each in some:
            draw(each)
        found[f"batch_{name}_ms"] = 1000 * (time.process_time() - began) / times
    return found


NAMES = tuple(map(str, range(CLASSES)))
FEWEST = 9
"""Turns that are taken however slow the machine is."""
PARTS = DataChoice(valid=0.02, test=0.02)
"""Small parts beside the training's: what is asked is how fast training is, and all three are read alike."""


def dataset(pixels: np.ndarray, labels: np.ndarray) -> Any:
    """Images with their classes."""
    from playground.data.dataset import Dataset

    return Dataset("made", "Made", "image", pixels, labels, "classes", NAMES)


def measured(options: argparse.Namespace) -> dict[str, float]:
    """All figures of one run."""
    from playground.data.split import prepare
    from playground.data.streamed import Streamed
    from playground.engine.device import limit_threads

    limit_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.bytes")
        shape = (options.images, options.channels, options.side, options.side)
        labels = write(path, shape)
        warm_up(path, shape, labels, options)
        with Watching() as watching:
            began = time.perf_counter()
            examples = prepare(dataset(np.memmap(path, np.uint8, "r", shape=shape), labels), PARTS)
            divided = time.perf_counter() - began
            assert isinstance(examples.train.inputs, Streamed), "too small to be streamed: take more images"
            streaming = training(examples, options)
            trained(streaming, options.first)
            streaming.evaluate("valid")
        parts = {name: getattr(examples, name) for name in ("train", "valid")}
        held = {name: replace(part, inputs=np.asarray(part.inputs)) for name, part in parts.items()}
        assert np.array_equal(parts["train"].inputs[:100], held["train"].inputs[:100])
        holding = training(replace(examples, **held), options)
        trained(holding, FEWEST)
        seconds = in_turns(holding, streaming, options)
        batch = of_a_batch(streaming, options)
    # The median withstands what else the machine does.
    middle = 1000 * np.median(seconds, axis=0) / options.steps
    share, processor_share = np.median(seconds[:, 0] / seconds[:, 1], axis=0)
    size = float(np.prod(shape, dtype=float)) / 2**20
    return {
        "images": options.images,
        "turns": len(seconds),
        "held_step_ms": float(middle[0, 1]),
        "streamed_step_ms": float(middle[1, 1]),
        **batch,
        "share": float(share),
        "processor_share": float(processor_share),
        "grown_mb": watching.grown,
        "file_mb": size,
        "held_mb": 4 * size,
        "prepare_seconds": divided,
    }


def training(examples: Any, options: argparse.Namespace) -> Any:
    """A small convolutional network on those examples."""
    from playground.engine.recipe import Recipe
    from playground.engine.train import Training
    from playground.graph.templates import TEMPLATES

    recipe = Recipe(epochs=1000, batch=options.batch, learning_rate=0.001)
    return Training(TEMPLATES["image-cnn"].build(examples.signature), recipe, examples, options.device)


def warm_up(path: Path, shape: tuple[int, ...], labels: np.ndarray, options: argparse.Namespace) -> None:
    """Let torch take what it needs for itself, for a batch and for a piece of the validation part."""
    from playground.data.split import prepare

    few = np.array(np.memmap(path, np.uint8, "r", shape=shape)[:4000])
    warming = training(prepare(dataset(few, labels[: len(few)]), PARTS), options)
    trained(warming, 20)
    warming.evaluate("valid")


def main() -> None:
    """Measure, print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=200_000)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--channels", type=int, default=3)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--first", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measured(options)
    if options.json:
        print(json.dumps(found, indent=1))  # noqa: T201
        return
    for name, value in found.items():
        print(f"{name:16} {value:12,.3f}")  # noqa: T201


if __name__ == "__main__":
    main()
