"""What changing training examples at random costs a step: the image network, batches of 128 images of 32×32×3.

python -m tests.bench.augment
"""

from __future__ import annotations

import sys
from statistics import median
from time import process_time

import numpy as np

from playground.data.dataset import DataChoice, Dataset, Examples
from playground.data.split import prepare
from playground.engine.augmentation import Augmentation
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.templates import TEMPLATES

BATCH, STEPS = 128, 12
CASES = {
    "as they are": {},
    "shift and flip": {"shift": 0.1, "flip": "across"},
    "shift, rotate, erase, mixup": {"shift": 0.1, "rotate": 15, "erase": 0.3, "mixup": 0.2},
    "everything": {
        "shift": 0.1, "rotate": 15, "scale": 0.1, "flip": "across", "crop": 0.2, "contrast": 0.2, "erase": 0.3,
        "noise": 0.1, "mixup": 0.2,
    },
}  # fmt: skip


def images() -> Examples:
    """Random ones: what is in them costs nothing."""
    random = np.random.default_rng(0)
    inputs = random.normal(size=(4000, 3, 32, 32)).astype(np.float32)
    dataset = Dataset("made", "Made", "image", inputs, random.integers(0, 10, 4000), "classes", tuple("abcdefghij"))
    return prepare(dataset, DataChoice())


def seconds(examples: Examples, asked: Augmentation) -> float:
    """Of the processors, all threads together: the median step."""
    graph = TEMPLATES["image-cnn"].build(examples.signature)
    training = Training(graph, Recipe(batch=BATCH, epochs=1, augment=asked), examples)
    found, began = [], 0.0
    for event in training.events():
        if type(event).__name__ == "BatchDone":
            found.append(process_time() - began)
            if len(found) > STEPS:
                break
        began = process_time()
    return median(found[1:])


def main() -> None:
    """One line a case."""
    examples = images()
    plain = 0.0
    for name, asked in CASES.items():
        spent = seconds(examples, Augmentation.model_validate(asked))
        plain = plain or spent
        sys.stdout.write(f"{name:28} {1000 * spent:7.1f} ms of the processors a step, {spent / plain:4.2f} times\n")


if __name__ == "__main__":
    main()
