"""Which settings of a project are worth varying, how they are called, and values to begin with.

What a person writes is read by varying.py.
"""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from playground.app.document import AUGMENT, Document
from playground.app.varying import paths, value_at
from playground.data.catalogue import MADE_IMAGES
from playground.data.dataset import DataChoice
from playground.engine.augmentation import OF_IMAGES, OF_NUMBERS, OF_SERIES, Augmentation
from playground.engine.recipe import Recipe
from playground.layers.ends import Input

FIRST = ("recipe.learning_rate", "recipe.l2", "recipe.batch", "recipe.epochs")
"""Named before all others."""
WIDTHS = ("units", "filters", "hidden")
"""Settings that are varied over powers of two."""
NEVER = ("data.valid", "data.test", "data.seed", "data.distinct", "data.steps", "data.samples", "recipe.keep_best")
"""What would make trials that cannot be compared, or says nothing. The command line allows them."""
USUAL = {
    "units": "1, 2, 4, 8, 16, 32, 64", "filters": "1, 2, 4, 8, 16, 32, 64", "hidden": "1, 2, 4, 8, 16, 32, 64",
    "l1": "0, 1e-5, 1e-4, 1e-3, 1e-2", "l2": "0, 1e-5, 1e-4, 1e-3, 1e-2", "rate": "0, 0.1, 0.25, 0.5",
    "dropout": "0, 0.1, 0.25, 0.5", "momentum": "0.5, 0.9, 0.99", "noise": "0, 10, 20, 30",
    "variation": "0, 25, 50, 100",
    "activation": "none, sigmoid, tanh, relu, gelu", "clip": "0, 0.1, 1, 10", "patience": "0, 5, 20",
    "train_on": "20, 50, 100, 200, 500", "imbalance": "1, 10, 100", "label_noise": "0, 0.1, 0.2, 0.4",
}  # fmt: skip
"""Values to begin with, by a setting's last word, whatever it is now."""
CHANGED = {"rotate": "0, 5, 10, 20", "mixup": "0, 0.1, 0.2, 0.4"}
"""The same for how examples are changed at random; the others are shares."""
SHARES = "0, 0.05, 0.1, 0.2"


def titles(document: Document) -> dict[str, str]:
    """Settings that can be varied, by path: how each is called. The most useful first."""
    found = {}
    for path in paths(document):
        field = _field(document, path)
        room, _, rest = path.partition(".")
        if field is None or path in NEVER or not _is_plain(field):
            continue
        if room == "layers" and document.graph.nodes[rest.partition(".")[0]].type in ("Input", "Output"):
            continue
        if path == "data.variation" and document.data.source not in MADE_IMAGES:
            continue
        if rest.startswith(AUGMENT) and rest.removeprefix(AUGMENT) not in _changeable(document):
            continue
        title = field.title or rest.rpartition(".")[2]
        owner = "Augmentation" if rest.startswith(AUGMENT) else rest.rpartition(".")[0]
        found[path] = f"{owner} · {title.lower()}" if owner else title
    return dict(sorted(found.items(), key=lambda item: _rank(item[0])))


def _changeable(document: Document) -> tuple[str, ...]:
    """What can be changed at random of examples as the network takes them."""
    ranks = {len(layer.dims) for layer in document.graph.nodes.values() if isinstance(layer, Input)}
    return {1: OF_NUMBERS, 2: OF_SERIES, 3: OF_IMAGES}.get(max(ranks, default=0), ())


def _rank(path: str) -> tuple[int, int]:
    if path in FIRST:
        return 0, FIRST.index(path)
    last = path.rpartition(".")[2]
    return (1, 0) if last in WIDTHS else (2, 0) if path.startswith("layers.") else (3, 0)


def suggestion(document: Document, path: str) -> str:
    """Values to begin with, as a person would write them."""
    field, value = _field(document, path), value_at(document, path)
    last = path.rpartition(".")[2]
    if path.startswith(f"recipe.{AUGMENT}") and field is not None and not _choices(field):
        return CHANGED.get(last, SHARES)
    if last in USUAL:
        return USUAL[last]
    if field is not None and (choices := _choices(field)):
        return ", ".join(str(choice) for choice in choices)
    if isinstance(value, bool):
        return "false, true"
    if last == "seed":
        return ", ".join(str(value + place) for place in range(5))
    if isinstance(value, int):
        least = max(value, 1)
        return ", ".join(
            str(each) for each in dict.fromkeys((max(1, least // 4), max(1, least // 2), least, 2 * least))
        )
    if isinstance(value, float) and value > 0:
        return ", ".join(f"{value * times:.2g}" for times in (0.1, 0.3, 1, 3, 10))
    return str(value)


def _field(document: Document, path: str) -> FieldInfo | None:
    room, _, rest = path.partition(".")
    model: type[BaseModel] | None
    if rest.startswith(AUGMENT) and room == "recipe":
        model, name = Augmentation, rest.removeprefix(AUGMENT)
    elif room in ("recipe", "data"):
        model, name = (Recipe if room == "recipe" else DataChoice), rest
    else:
        id, _, name = rest.partition(".")
        layer = document.graph.nodes.get(id)
        model = type(layer) if isinstance(layer, BaseModel) else None
    return model.model_fields.get(name) if model is not None else None


def _kinds(field: FieldInfo) -> tuple[Any, ...]:
    kind = field.annotation
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _choices(field: FieldInfo) -> tuple[Any, ...]:
    for kind in _kinds(field):
        if get_origin(kind) is Literal:
            return get_args(kind)
    return ()


def _is_plain(field: FieldInfo) -> bool:
    """Whether it holds one number, switch or choice."""
    return bool(_choices(field)) or any(kind in (int, float, bool) for kind in _kinds(field))
