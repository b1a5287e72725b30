"""What a run was made of: the project, the data's fingerprint, the versions and the machine, as the history keeps them.

Knows no torch and no SQLite: the versions are asked of the installed packages.
"""

from __future__ import annotations

import json
import platform
import secrets
import sys
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib import metadata
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from playground import __version__
from playground.app.document import Document, to_json
from playground.app.processes import process_key
from playground.data.dataset import SCARCE, Dataset, Examples
from playground.data.preparing import fitted
from playground.engine.recipe import Recipe

_KNOWN: WeakKeyDictionary[Dataset, str] = WeakKeyDictionary()


def new_id() -> str:
    """A name that no other run has: twelve letters and digits."""
    return secrets.token_hex(6)


@dataclass(frozen=True, eq=False)
class RunFacts:
    """What is known of a run before its first step."""

    document: Document
    recipe: Recipe
    """As it trains: the epochs are those it goes on to."""
    examples: Examples
    device: str = "auto"
    """As asked for; the run tells which it got."""
    continues: str | None = None
    """The run whose weights it began with."""
    tags: tuple[str, ...] = ()
    """How it began, if not with weights drawn anew."""
    id: str = field(default_factory=new_id)

    def row(self) -> dict[str, Any]:
        """Its columns in the history. Takes a moment for large data, so not on the window's thread."""
        layers = sorted({f"{layer.type_title} {layer.type}" for layer in self.document.graph.nodes.values()})
        dataset = self.examples.dataset
        return {
            "id": self.id,
            "name": self.document.name,
            "process": process_key(),
            "machine": machine(),
            "versions": json.dumps(versions()),
            "document": json.dumps(to_json(self.document), ensure_ascii=False),
            "recipe": json.dumps(self.recipe.model_dump(mode="json")),
            "data_name": dataset.title,
            "data": data_fingerprint(self.examples),
            "split": split_fingerprint(self.examples),
            "device": self.device,
            "parameters": 0,
            "seed": self.recipe.seed,
            "continues": self.continues,
            "layers": f"{dataset.name} {' '.join(layers)}",
        }


def fingerprint(dataset: Dataset) -> str:
    """Of names, shapes and values: two data sets with the same one are the same, wherever they were read from."""
    if dataset not in _KNOWN:
        names = (dataset.task, dataset.feature_names, dataset.class_names)
        _KNOWN[dataset] = _hashed(json.dumps(names), dataset.inputs, dataset.targets)
    return _KNOWN[dataset]


def data_fingerprint(examples: Examples) -> str:
    """Of their data set as it is when all of the training part is learned from: a table's gaps are filled by figures of
    those that are.
    """
    dataset, choice = examples.dataset, examples.dataset.fitted_for
    if choice is not None and len(examples.unused):
        pool = np.union1d(examples.train.rows, examples.unused)
        dataset = fitted(dataset, choice.model_copy(update=SCARCE), pool)
    return fingerprint(dataset)


def split_fingerprint(examples: Examples) -> str:
    """Of which examples are in which part: two runs with the same data and the same one can be compared by example.

    It does not matter how many of the training part were learned from.
    """
    train = np.sort(np.concatenate([examples.train.rows, examples.unused])) if len(examples.unused) else None
    return _hashed("split", examples.train.rows if train is None else train, examples.valid.rows, examples.test.rows)


def _hashed(words: str, *arrays: NDArray[Any]) -> str:
    made = blake2b(words.encode(), digest_size=16)
    for array in arrays:
        made.update(f"{array.shape}{array.dtype.str}".encode())
        made.update(np.ascontiguousarray(array).data)
    return made.hexdigest()


@cache
def versions() -> dict[str, str]:
    """Of what a run's numbers depend on."""
    return {
        "playground": __version__,
        "python": platform.python_version(),
        "torch": _version("torch"),
        "numpy": _version("numpy"),
    }


def _version(package: str) -> str:
    module = sys.modules.get(package)
    try:
        return str(module.__version__) if module is not None else metadata.version(package)
    except (metadata.PackageNotFoundError, AttributeError):
        return "unknown"


@cache
def machine() -> str:
    """Its name, system and processor, in one line."""
    return f"{platform.node()}, {platform.system()} {platform.release()}, {platform.machine()}"
