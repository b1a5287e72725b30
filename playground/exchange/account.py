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
from playground.exchange.subject import Described, Kept
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


def outcome(project: Kept) -> str:
    """What came of training, in a few sentences: first the score of the weights that the project has."""
    epochs = project.epochs
    if not epochs:
        return "This network has not been trained yet: there are no curves and no scores."
    best, last, kept = _lowest(epochs), epochs[-1], kept_epoch(project)
    sentences = [f"Trained for {last.epoch:,} epochs in {sum(epoch.seconds for epoch in epochs):,.1f} s."]
    if kept is None or kept is last:
        sentences.append(f"Validation after the last epoch: {told(last)}.")
    else:
        sentences.append(f"Validation: {told(kept)}, with the weights of epoch {kept.epoch:,}, which are kept.")
        sentences.append(f"After the last epoch, {last.epoch:,}, it was: {told(last)}.")
    if best is not kept and best is not last:
        sentences.append(f"Lowest validation loss in epoch {best.epoch:,}: {told(best)}.")
    return " ".join(sentences)


def kept_epoch(project: Kept) -> EpochDone | None:
    """The epoch on the curves whose weights the project has; None where that is not known."""
    if project.checkpoint is None or not project.epochs or "epoch" not in project.checkpoint.facts:
        return None
    if not project.checkpoint.group("last"):
        return project.epochs[-1]
    wanted = best_on_curves(project)
    return next((each for each in project.epochs if each.epoch == wanted), None)


def best_on_curves(project: Kept) -> int:
    """The number on the curves of the epoch that the run calls its best; 0 if there is none.

    A run's own count may be behind its curves, which can begin with an earlier run's.
    """
    assert project.checkpoint is not None
    facts, last = project.checkpoint.facts, project.epochs[-1].epoch
    done, best = (facts[name] if isinstance(facts.get(name), int) else 0 for name in ("epoch", "best_epoch"))
    return last - done + best if 0 < best <= done <= last else 0


def _lowest(epochs: Sequence[EpochDone]) -> EpochDone:
    return min(epochs, key=lambda each: each.valid.loss if isfinite(each.valid.loss) else float("inf"))


def told(epoch: EpochDone) -> str:
    """The validation scores of an epoch."""
    names = {"r2": "R²", "rmse": "RMSE", "mae": "MAE"}
    return ", ".join(f"{names.get(name, name)} {value:.4g}" for name, value in epoch.valid.flat().items())


def scores(project: Kept) -> list[tuple[object, ...]]:
    """A row for the first, the best, the kept and the last epoch: epoch, training loss, validation scores."""
    epochs, names = project.epochs, dict[int, list[str]]()
    marked = (("first", epochs[0]), ("lowest validation loss", _lowest(epochs)), ("last", epochs[-1]))
    for name, each in (*marked, ("the weights that are kept", kept_epoch(project))):
        if each is not None:
            names.setdefault(epochs.index(each), []).append(name)
    return [
        (f"{epochs[at].epoch:,} ({', '.join(names[at])})", f"{epochs[at].train.loss:.4g}", told(epochs[at]))
        for at in sorted(names)
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
