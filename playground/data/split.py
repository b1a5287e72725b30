"""Dividing examples into training, validation and test, and scaling them by what training alone has seen.

Knows nothing of where examples come from. The same choice gives the same parts, always.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from playground.data.corrections import kept
from playground.data.dataset import DataChoice, DataProblem, Dataset, Examples, Floats, Ints, Part, Scaler, Scaling
from playground.data.grouping import Parts, by_group, by_lot, by_time
from playground.data.lengths import emptied, own_steps, unanswered
from playground.data.preparing import fitted
from playground.data.scarcity import learned_from, told, with_wrong_labels
from playground.data.streamed import Rows, Streamed, byte_counts, is_streamed
from playground.data.suspicions import first_of_each

FEWEST = 10
"""Examples below which three parts make no sense."""


def divide(dataset: Dataset, choice: DataChoice) -> Parts:
    """Rows for training, validation and test: by ratio and seed, stratified by class; groups whole, times in order.

    A publisher's own test part stays the test part; the validation share is then taken of the rest. Examples in the
    order of time are divided in that order, with a gap.
    Raises: DataProblem: If there are too few examples, or the shares leave none for training.
    """
    count = len(dataset.inputs)
    if count < FEWEST:
        raise DataProblem(f"{dataset.title} has {count} examples; at least {FEWEST} are needed. Choose other data.")
    own_test = dataset.test_from is not None
    if not own_test and choice.valid + choice.test >= 0.95:
        raise DataProblem(
            f"Validation ({choice.valid:.0%}) and test ({choice.test:.0%}) leave too little to train on. "
            "Make them smaller."
        )
    if dataset.gap is not None:
        train, valid_rows, test_rows = _in_order(dataset, choice, dataset.gap)
        return kept(dataset, choice, train), kept(dataset, choice, valid_rows), test_rows
    random = np.random.default_rng(choice.seed)
    rows = np.arange(count if dataset.test_from is None else dataset.test_from)
    if choice.distinct:
        cells: NDArray[Any] = dataset.inputs if dataset.table is None else dataset.table.cells()
        rows = rows[first_of_each(cells[: len(rows)])]
        if len(rows) < FEWEST:
            raise DataProblem(f"Without duplicates {len(rows)} examples are left; at least {FEWEST} are needed.")
    valid_share, test_share = (choice.valid, 0.0) if own_test else (choice.valid, choice.test)
    train, valid_rows, test_rows = _divided(dataset, rows, valid_share, test_share, random)
    if own_test:
        test_rows = np.arange(dataset.test_from or 0, count)
    train, valid_rows, test_rows = (kept(dataset, choice, part) for part in (train, valid_rows, test_rows))
    if not len(train) or not len(valid_rows):
        raise DataProblem(
            f"{dataset.title} is too small to divide like this. Make validation and test larger or smaller."
        )
    return train, valid_rows, test_rows


def _divided(dataset: Dataset, rows: Ints, valid: float, test: float, random: np.random.Generator) -> Parts:
    if dataset.times is not None:
        return by_time(dataset, rows, valid, test)
    if dataset.lots is not None:
        return by_lot(dataset, rows, valid, test)
    if dataset.groups is not None:
        return by_group(dataset, rows, valid, test, random)
    return _by_class(_groups(dataset, rows), valid, test, len(rows), random)


def _in_order(dataset: Dataset, choice: DataChoice, gap: int) -> tuple[Ints, Ints, Ints]:
    """The first examples for training, the next for validation, the last for test, `gap` left out in between."""
    count = len(dataset.inputs)
    valid, test = round(count * choice.valid), round(count * choice.test)
    train = count - valid - test - 2 * gap
    if train < 1 or valid < 1 or test < 1:
        raise DataProblem(
            f"{dataset.title} has {count:,} windows, of which {gap:,} are left out between parts: too few. Make the "
            "windows shorter, or validation and test smaller."
        )
    rows = np.arange(count)
    return rows[:train], rows[train + gap : train + gap + valid], rows[count - test :]


def _by_class(
    groups: list[Ints], valid_share: float, test_share: float, total: int, random: np.random.Generator
) -> Parts:
    parts: tuple[list[Ints], list[Ints], list[Ints]] = ([], [], [])
    valid_sizes = _sizes(groups, valid_share, total)
    left = [len(group) - valid for group, valid in zip(groups, valid_sizes, strict=True)]
    test_sizes = _sizes(groups, test_share, total, left)
    for group, valid, test in zip(groups, valid_sizes, test_sizes, strict=True):
        mixed = random.permutation(group)
        for part, piece in zip(parts, np.split(mixed, [len(group) - valid - test, len(group) - test]), strict=True):
            part.append(piece)
    train, valid_rows, test_rows = (np.sort(np.concatenate(part)) for part in parts)
    return train, valid_rows, test_rows


def _groups(dataset: Dataset, rows: Ints) -> list[Ints]:
    if dataset.task == "numbers" or dataset.targets.ndim > 1:
        return [rows]
    labels = dataset.targets_as_came[rows]
    return [rows[labels == label] for label in np.unique(labels)]


def _sizes(groups: list[Ints], share: float, total: int, most: list[int] | None = None) -> list[int]:
    """How many of each group: largest remainders, so that the sum is round(share · total).

    most: what another part has left of each group; where it is spent, the sum is less.
    """
    exact = [len(group) * share for group in groups]
    most = [len(group) for group in groups] if most is None else most
    sizes = [min(int(size), left) for size, left in zip(exact, most, strict=True)]
    missing = round(total * share) - sum(sizes)
    by_remainder = sorted(range(len(groups)), key=lambda index: sizes[index] - exact[index])
    for index in [index for index in by_remainder if sizes[index] < most[index]][:missing]:
        sizes[index] += 1
    return sizes


def prepare(dataset: Dataset, choice: DataChoice) -> Examples:
    """Divide and scale. Raises DataProblem for values that are not finite."""
    _refuse_infinite(dataset)
    return assembled(dataset, choice, divide(dataset, choice))


def assembled(dataset: Dataset, choice: DataChoice, rows: Parts) -> Examples:
    """The examples of a division that was made elsewhere; whatever is fitted is fitted to its training rows alone.

    Raises: DataProblem: For values that are not finite.
    """
    used = learned_from(dataset, choice, rows[0])
    unused = np.setdiff1d(rows[0], used) if len(used) < len(rows[0]) else used[:0]  # 2.6 s of a million rows
    dataset = fitted(dataset, choice, used)
    _refuse_infinite(dataset)
    inputs = _inputs_scaler(dataset, choice, used)
    numbers = dataset.task == "numbers"
    targets = fit_scaler(np.asarray(dataset.targets, np.float32), used, "standard", False) if numbers else None

    def part(these: Ints, wanted: Ints | Floats) -> Part:
        scaled = targets.apply(wanted.astype(np.float32)) if targets else wanted
        return Part(_inputs(dataset, inputs, these), unanswered(scaled, dataset, these), these)

    train = part(used, with_wrong_labels(dataset, choice, used))
    valid, test = (part(these, dataset.targets[these]) for these in rows[1:])
    features = dataset.feature_names if dataset.kind == "points" else ()
    made = Examples(
        dataset, train, valid, test, inputs, targets, features, preparation=dataset.preparation, unused=unused
    )
    return replace(made, scarcity=told(made, choice))


def unlabelled(examples: Examples) -> NDArray[Any]:
    """Scaled inputs of the training rows that are not learned from, as if nobody had said what they are."""
    return _inputs(examples.dataset, examples.inputs, examples.unused)


def _refuse_infinite(dataset: Dataset) -> None:
    is_bytes = dataset.inputs.dtype == np.uint8
    if not (is_bytes or np.isfinite(dataset.inputs).all()) or not np.isfinite(dataset.targets).all():
        raise DataProblem(f"{dataset.title} has values that are not finite numbers. Remove those rows.")


def _inputs_scaler(dataset: Dataset, choice: DataChoice, train: Ints) -> Scaler:
    if dataset.preparation is not None:
        return dataset.preparation.scaler()
    scaling = "none" if dataset.kind == "text" else choice.scaling
    return fit_scaler(*own_steps(dataset, train), scaling, dataset.kind == "image")


def _inputs(dataset: Dataset, scaler: Scaler, rows: Ints) -> NDArray[Any]:
    """Scaled inputs of those rows: of a table computed with 64 bits from its raw columns, of a large set of images what
    makes them when they are asked for.
    """
    if dataset.preparation is not None and dataset.table is not None:
        return dataset.preparation.apply(dataset.table.at(rows))
    if is_streamed(dataset.inputs):
        return cast("NDArray[Any]", Streamed(Rows(dataset.inputs), rows, scaler))
    return emptied(scaler.apply(dataset.inputs[rows]), dataset, rows)


def learning_from(examples: Examples, rows: Ints, targets: Ints | Floats) -> Examples:
    """The same examples with other training rows and answers, scaled as before; of the pool, the rest is unused."""
    pool = np.union1d(examples.train.rows, examples.unused)
    train = Part(_inputs(examples.dataset, examples.inputs, rows), targets, rows)
    return replace(examples, train=train, unused=np.setdiff1d(pool, rows))


def rebuilding(examples: Examples) -> Examples:
    """The same examples with the inputs themselves as what is to be predicted: numbers, (n, values)."""

    def part(old: Part) -> Part:
        return replace(old, targets=old.inputs.reshape(len(old), int(np.prod(old.inputs.shape[1:]))))  # it may be empty

    raw = examples.dataset.inputs
    dataset = replace(examples.dataset, task="numbers", targets=raw.reshape(len(raw), -1), class_names=())
    shift, scale = (
        np.broadcast_to(figures, (1, *raw.shape[1:])).reshape(1, -1).astype(np.float32)
        for figures in (examples.inputs.shift, examples.inputs.scale)
    )
    return replace(
        examples,
        dataset=dataset,
        train=part(examples.train),
        valid=part(examples.valid),
        test=part(examples.test),
        targets=Scaler(shift, scale),
        is_rebuilding=True,
    )


def fit_scaler(values: NDArray[Any], train: Ints, scaling: Scaling, is_image: bool) -> Scaler:
    """Figures of the training rows alone: for images one mean and spread over all pixels, else one per feature.

    "standard" (and "auto"): mean 0, standard deviation 1. "unit": from 0 to 1. "none": as they are.
    Constant features keep their scale.
    """
    shape = (1,) * values.ndim
    if scaling == "none":
        return Scaler(np.zeros(shape, np.float32), np.ones(shape, np.float32))
    if is_image and values.dtype == np.uint8:
        return _of_bytes(byte_counts(values, train), scaling, values.ndim)
    seen = values[train]
    axes = tuple(range(values.ndim)) if is_image else tuple(range(values.ndim - 1))
    if scaling == "unit":
        shift = seen.min(axis=axes, keepdims=True)
        scale = seen.max(axis=axes, keepdims=True) - shift
    else:
        shift = seen.mean(axis=axes, keepdims=True, dtype=np.float64)
        scale = seen.std(axis=axes, keepdims=True, dtype=np.float64)
    scale = np.where(scale > 1e-12, scale, 1.0)
    return Scaler(shift.astype(np.float32), scale.astype(np.float32))


def _of_bytes(counts: Ints, scaling: Scaling, rank: int) -> Scaler:
    """The same figures of how often each byte occurs: exact, and without holding the images."""
    seen = np.flatnonzero(counts)
    if scaling == "unit":
        shift, scale = float(seen.min()), float(seen.max() - seen.min())
    else:
        shift = float((seen * counts[seen]).sum() / counts.sum())
        scale = float(np.sqrt((((seen - shift) ** 2) * counts[seen]).sum() / counts.sum()))
    shape = (1,) * rank
    return Scaler(np.full(shape, shift, np.float32), np.full(shape, scale if scale > 1e-12 else 1.0, np.float32))
