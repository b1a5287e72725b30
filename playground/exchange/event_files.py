"""What TensorBoard reads: event files of curves, weights and the model card, written by torch's SummaryWriter.

That needs the tensorboard package, which is imported when they are written. Training and validation are two runs
with the same tags, which TensorBoard lays on one chart; a step is an epoch. Places are whole_folder.py's business.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import accumulate
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.events import EpochDone
from playground.exchange.account import best_on_curves
from playground.exchange.curves import harmless_tag
from playground.exchange.model_card import model_card
from playground.exchange.problem import ExportProblem
from playground.exchange.subject import Kept

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

    from playground.exchange.weights_file import Weights

PACKAGE = "tensorboard"
MISSING = (
    "TensorBoard's files need the package tensorboard, which is not installed: "
    "pip install “nn-playground[tensorboard]”."
)
RUNS = ("train", "validation")
ENDING = ".nn-playground"
"""Of each file's name, by which an earlier export is known."""
TOLD = 1000
"""Epochs between two words of how far it is: about a second."""
BINS = 64
"""Of a histogram, from the least weight to the greatest; TensorBoard draws 30."""


@dataclass(frozen=True)
class EventFiles:
    """A folder's files by their paths in it, and a sentence for each thing that is missing."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()


def is_ours(folder: Path) -> bool:
    """Whether a folder holds an earlier export, and nothing else."""
    inner = list(folder.iterdir())
    return {each.name for each in inner} == set(RUNS) and all(
        run.is_dir() and not run.is_symlink() and all(file.name.endswith(ENDING) for file in run.iterdir())
        for run in inner
    )


def event_files(project: Kept, with_weights: bool, tell: Callable[[str], None] = lambda _words: None) -> EventFiles:
    """All of a project's curves; the last wall time is now, and those before it lie as far apart as the epochs took.

    with_weights: whether the project's weights are of its network. Figures are single precision, as the format has
    them; losses that are no numbers stay so, and TensorBoard marks them. tell: hears how far it is.
    Raises: ExportProblem.
    """
    if not project.epochs:
        raise ExportProblem("The network has no curves yet. Train it first.")
    if find_spec(PACKAGE) is None:
        raise ExportProblem(MISSING)
    from torch.utils.tensorboard import SummaryWriter

    times = _wall_times(project.epochs, time.time())
    kept, notes = _weights_by_epoch(project, with_weights)
    with TemporaryDirectory() as folder:
        train, valid = (SummaryWriter(str(Path(folder, run)), max_queue=1000) for run in RUNS)
        with train, valid:
            for epoch, wall in zip(project.epochs, times, strict=True):
                _add_scores(train, {**epoch.train.flat(), "learning_rate": epoch.learning_rate}, epoch.epoch, wall)
                _add_scores(valid, epoch.valid.flat(), epoch.epoch, wall)
                if epoch.epoch % TOLD == 0:
                    tell(f"Writing the curves: epoch {epoch.epoch:,} of {project.epochs[-1].epoch:,}…")
            tell("Writing the weights…")
            for step, weights in kept.items():
                notes += tuple(_add_histograms(train, weights, step, times[-1]))
            train.add_text("model card", model_card(project), project.epochs[-1].epoch, times[-1])
        return EventFiles({name: content for run in RUNS for name, content in _files(Path(folder, run))}, notes)


def _files(run: Path) -> Iterator[tuple[str, bytes]]:
    """The writer names a file after this machine, which is nobody's business: it gets another name."""
    for number, file in enumerate(sorted(run.iterdir())):
        yield f"{run.name}/events.out.tfevents.{number:010d}{ENDING}", file.read_bytes()


def _wall_times(epochs: Sequence[EpochDone], end: float) -> list[float]:
    took = [epoch.seconds if isfinite(epoch.seconds) and epoch.seconds > 0 else 0.0 for epoch in epochs]
    done = list(accumulate(took))
    return [end - done[-1] + each for each in done]


def _add_scores(run: SummaryWriter, scores: Mapping[str, float], step: int, wall: float) -> None:
    for name, value in scores.items():
        run.add_scalar(harmless_tag(name), value, step, wall)


def _weights_by_epoch(project: Kept, with_weights: bool) -> tuple[dict[int, Weights], tuple[str, ...]]:
    """Those of the best epoch, where they were kept, and those of the last one."""
    if project.checkpoint is None or not with_weights:
        why = "was changed since it was trained" if project.checkpoint is not None else "was saved without weights"
        return {}, (f"There are no histograms of the weights: the network {why}.",)
    last = project.epochs[-1].epoch
    kept: dict[int, Weights] = {last: project.checkpoint.group("last") or project.checkpoint.weights}
    if project.checkpoint.group("best") and 0 < (best := best_on_curves(project)) < last:
        kept = {best: project.checkpoint.group("best"), **kept}
    return kept, ()


def _add_histograms(run: SummaryWriter, weights: Weights, step: int, wall: float) -> Iterator[str]:
    """Those of a layer below each other. Yields a sentence for each tensor with weights that are no numbers."""
    for name, value in weights.items():
        if value.dtype.kind != "f" or not value.size:
            continue  # what counts batches is no weight
        layer, _, own = name.rpartition(".")
        numbers = _numbers(value)
        if numbers.size < value.size:
            yield f"{value.size - numbers.size:,} of {name} at epoch {step:,} are no numbers, and in no histogram."
        if numbers.size:
            run.add_histogram(f"{layer}/{own}", numbers, step, _edges(numbers), wall)


def _edges(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the bins; numpy's own, of equal numbers, are half a unit to each side, which large ones do not notice."""
    low, high = float(numbers.min()), float(numbers.max())
    aside = max(0.5, abs(low) / 2) if low == high else 0.0
    return np.linspace(low - aside, high + aside, BINS + 1)


def _numbers(value: NDArray[Any]) -> NDArray[np.float64]:
    """In double precision, where squares of single precision do not overflow."""
    whole = value.astype(np.float64)
    finite: NDArray[np.float64] = whole[np.isfinite(whole)]
    return finite
