"""What a person puts right in their data: other labels, and examples left out. Kept in the project, not in the files.

Knows numpy only. Labels are taken over when the data are read, examples left out after they are divided, so that
neither moves an example from one part to another: the test part stays what it was.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import numpy as np

from playground.data.choices import Corrections
from playground.data.dataset import DataChoice, Dataset, Floats, Ints


def labelled(dataset: Dataset, choice: DataChoice) -> Dataset:
    """The data set with the labels that were corrected; with a note on what was."""
    said = choice.corrections
    if said is None:
        return dataset
    if not _fits(dataset, choice, said):
        note = (
            f"Corrections are not used: they were made for other data, {said.among:,} examples; "
            f"now there are {len(dataset.inputs):,}."
        )
        return replace(dataset, notes=(*dataset.notes, note))
    names = {name: number for number, name in enumerate(dataset.class_names)}
    wanted = {row: names[label] for row, label in said.labels if label in names and can_be_labelled(dataset)}
    notes = [f"{len(wanted):,} label{'' if len(wanted) == 1 else 's'} corrected by hand."] if wanted else []
    if said.dropped:
        notes.append(f"{len(said.dropped):,} example{'s' * (len(said.dropped) != 1)} left out by hand.")
    targets = dataset.targets.copy()
    targets[list(wanted)] = list(wanted.values())
    classes, targets, gone = _left(dataset, targets) if wanted else (dataset.class_names, targets, [])
    notes += [f"No example is “{name}” any more: the class is gone." for name in gone]
    return replace(
        dataset,
        targets=targets,
        class_names=classes,
        before_corrections=dataset.targets,
        classes_as_came=dataset.class_names,
        notes=(*dataset.notes, *notes),
    )


def _left(dataset: Dataset, targets: Ints | Floats) -> tuple[tuple[str, ...], Ints, list[str]]:
    """Classes and targets without the classes that corrections emptied, which are named."""
    labels = targets.astype(np.int64)
    emptied = np.setdiff1d(dataset.targets, labels).astype(np.int64)
    kept = np.setdiff1d(np.arange(len(dataset.class_names)), emptied)
    if len(kept) < 2:
        return dataset.class_names, labels, []
    place = np.full(len(dataset.class_names), -1, np.int64)
    place[kept] = np.arange(len(kept))
    names = tuple(dataset.class_names[each] for each in kept)
    return names, place[labels], [dataset.class_names[each] for each in emptied]


def kept(dataset: Dataset, choice: DataChoice, rows: Ints) -> Ints:
    """These rows without those that were left out."""
    said = choice.corrections
    if said is None or not said.dropped or not _fits(dataset, choice, said):
        return rows
    return rows[~np.isin(rows, said.dropped)]


def can_be_labelled(dataset: Dataset) -> bool:
    """Whether each example is of one class."""
    return dataset.task == "classes" and dataset.targets.ndim == 1


def with_label(choice: DataChoice, dataset: Dataset, row: int, label: str) -> DataChoice:
    """The choice in which the example is of another class."""
    said = _begun(choice, dataset)
    others = tuple(pair for pair in said.labels if pair[0] != row)
    return _choice(choice, said.model_copy(update={"labels": (*others, (row, label))}))


def with_dropped(choice: DataChoice, dataset: Dataset, row: int, is_dropped: bool) -> DataChoice:
    """The choice in which the example is left out, or not any more."""
    said = _begun(choice, dataset)
    others = tuple(each for each in said.dropped if each != row)
    return _choice(choice, said.model_copy(update={"dropped": (*others, row) if is_dropped else others}))


def restored(choice: DataChoice, row: int) -> DataChoice:
    """The choice in which the example is as it came."""
    said = choice.corrections
    if said is None:
        return choice
    labels = tuple(pair for pair in said.labels if pair[0] != row)
    dropped = tuple(each for each in said.dropped if each != row)
    return _choice(choice, said.model_copy(update={"labels": labels, "dropped": dropped}))


def _fits(dataset: Dataset, choice: DataChoice, said: Corrections) -> bool:
    rows = (*said.dropped, *(row for row, _ in said.labels))
    is_same = said.among == len(dataset.inputs) and said.made_with == _made_with(dataset, choice)
    return is_same and max(rows, default=0) < said.among


def _made_with(dataset: Dataset, choice: DataChoice) -> str:
    """Of points that are made anew for each of these."""
    if dataset.lots is not None:  # drawn by hand: each by its place
        return sha256(dataset.plane.tobytes()).hexdigest() if dataset.plane is not None else ""
    return f"{choice.source} {choice.samples} {choice.noise} {choice.seed}" if dataset.plane is not None else ""


def _begun(choice: DataChoice, dataset: Dataset) -> Corrections:
    said = choice.corrections
    if said is not None and _fits(dataset, choice, said):
        return said
    return Corrections(among=len(dataset.inputs), made_with=_made_with(dataset, choice))


def _choice(choice: DataChoice, said: Corrections) -> DataChoice:
    is_empty = not said.labels and not said.dropped
    return choice.model_copy(update={"corrections": None if is_empty else said})
