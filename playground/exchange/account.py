"""What a report and a model card tell of a project, as plain pairs of words: data, recipe, network, versions.

Knows neither HTML nor Markdown; report.py and model_card.py dress it.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from math import isfinite

from playground import __version__
from playground.data.dataset import DataChoice, Examples
from playground.engine.events import EpochDone
from playground.engine.recipe import PLAIN, Recipe
from playground.exchange.subject import Described
from playground.graph.analysis import NOTHING, in_bytes, rows, totals
from playground.graph.check import check
from playground.graph.problem import Report
from playground.layers.shape import described

Pairs = list[tuple[str, object]]


def network(document: Described, report: Report) -> Pairs:
    """Its size, and what is wrong with it."""
    whole = totals(rows(document.graph, report))
    pairs: Pairs = [
        ("Layers", f"{len(report.written_out.nodes):,}"),
        ("Parameters", f"{whole.parameters:,}"),
        ("Multiply-adds", f"{whole.multiply_adds:,} for one example"),
        ("Activations", f"{in_bytes(whole.activation_bytes)} for one example"),
    ]
    return pairs + [("Problem", f"{problem.node or 'Network'}: {problem.text}") for problem in report.errors]


def layers(document: Described, report: Report) -> list[tuple[object, ...]]:
    """A row a layer: id, layer, output, parameters, multiply-adds."""
    return [
        (
            row.id,
            row.layer,
            str(row.output) if row.output is not None else NOTHING,
            f"{row.cost.parameters:,}" if row.cost else NOTHING,
            f"{row.cost.multiply_adds:,}" if row.cost else NOTHING,
        )
        for row in rows(document.graph, report)
    ]


def data(choice: DataChoice, examples: Examples | None) -> Pairs:
    """What an example is, how many there are, and how they were divided and scaled."""
    if examples is None:
        pairs: Pairs = [("Data", source(choice)), ("Examples", "not read for this report")]
    else:
        dataset = examples.dataset
        pairs = [("Data", dataset.title)]
        pairs += [("About", dataset.about)] if dataset.about else []
        parts = (len(examples.train), len(examples.valid), len(examples.test))
        pairs.append(("Examples", "{:,} for training, {:,} for validation, {:,} for the final exam".format(*parts)))
        pairs.append(("An example", described(dataset.signature.input)))
        if dataset.class_names:
            names = ", ".join(dataset.class_names[:20]) + ("…" if len(dataset.class_names) > 20 else "")
            pairs.append((f"{len(dataset.class_names):,} classes", names))
        pairs += [("Note", note) for note in (*dataset.notes, *examples.scarcity)]
    if choice.target:
        pairs.append(("Predicted column", choice.target))
    pairs.append(("Divided", f"validation {choice.valid:.0%}, test {choice.test:.0%}, seed {choice.seed}"))
    pairs.append(("Scaling", f"{choice.scaling}, by figures of the training part alone"))
    return pairs


def source(choice: DataChoice) -> str:
    """The data's name, or the last part of their path: where they lie on a disk is nobody's business."""
    return choice.source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def recipe(chosen: Recipe) -> Pairs:
    """Every setting that has a say, by its title."""
    silent = set()
    if chosen.optimiser not in ("sgd", "rmsprop"):
        silent.add("momentum")
    if chosen.schedule not in ("step", "plateau"):
        silent.add("schedule_epochs")
    told = {True: "yes", False: "no"}
    pairs: Pairs = []
    for name in PLAIN:
        value, title = getattr(chosen, name), Recipe.model_fields[name].title or name
        if name not in silent:
            pairs.append((title, told[value] if isinstance(value, bool) else _short(value)))
    return [*pairs, ("Augmentation", chosen.augment.told())] if chosen.augment.is_on else pairs


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def outcome(epochs: Sequence[EpochDone]) -> str:
    """What came of training, in a sentence or two."""
    if not epochs:
        return "This network has not been trained yet: there are no curves and no scores."
    best, last = (
        min(epochs, key=lambda each: each.valid.loss if isfinite(each.valid.loss) else float("inf")),
        epochs[-1],
    )
    return (
        f"Trained for {last.epoch:,} epochs in {sum(epoch.seconds for epoch in epochs):,.1f} s. "
        f"Validation at the end: {told(last)}. Lowest validation loss in epoch {best.epoch:,}: {told(best)}."
    )


def told(epoch: EpochDone) -> str:
    """The validation scores of an epoch."""
    names = {"r2": "R²", "rmse": "RMSE", "mae": "MAE"}
    return ", ".join(f"{names.get(name, name)} {value:.4g}" for name, value in epoch.valid.flat().items())


def scores(epochs: Sequence[EpochDone]) -> list[tuple[object, ...]]:
    """A row for the first, the best and the last epoch: epoch, training loss, validation scores."""
    best = min(epochs, key=lambda each: each.valid.loss if isfinite(each.valid.loss) else float("inf"))
    names: dict[int, list[str]] = {}
    for name, each in (("first", epochs[0]), ("lowest validation loss", best), ("last", epochs[-1])):
        names.setdefault(epochs.index(each), []).append(name)
    return [
        (f"{epochs[at].epoch:,} ({', '.join(found)})", f"{epochs[at].train.loss:.4g}", told(epochs[at]))
        for at, found in names.items()
    ]


def versions(document: Described) -> Pairs:
    """What computed it, and the seeds."""
    pairs: Pairs = [("Neural Network Playground", __version__), ("Python", platform.python_version())]
    for package in ("torch", "numpy", "scikit-learn"):
        try:
            pairs.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return [*pairs, ("Seed of training", document.recipe.seed), ("Seed of the split", document.data.seed)]


def commands(document: Described, file: str) -> list[tuple[str, str]]:
    """How to repeat it: what each command does, and the command."""
    path = file.replace("'", "_")
    path = f"'{path}'" if any(not (sign.isalnum() or sign in "._-") for sign in path) else path
    return [
        ("Train it anew, with the same seed", f"playground train {path} --seed {document.recipe.seed}"),
        ("Set it against the baselines", f"playground compare {path}"),
        ("Write it as plain PyTorch", f"playground export {path} --to python -o model.py"),
    ]


def checked(document: Described) -> Report:
    """What is known of the network."""
    return check(document.graph)
