"""Looking through the examples: which are shown in which order, and putting right what is wrong with them.

The test part is not shown: it stays locked. Knows neither Qt nor torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import numpy as np

from playground.app.session import Session
from playground.data.corrections import can_be_labelled, restored, with_dropped, with_label
from playground.data.dataset import DataChoice, Dataset, Examples, Ints
from playground.data.neighbours import NEAREST, StandingOut, Twins, standing_out, twins

T = TypeVar("T")
Shown = Literal["both", "train", "valid", "corrected"]
Order = Literal["given", "far", "doubtful", "twins"]
PARTS = {"train": "training", "valid": "validation", "out": "left out"}


class LookingStopped(Exception):
    """A person did not want to wait for it."""


class Browsing:
    """Rows of the session's data, by part, class and order. What takes long is worked out beside the window."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: Examples | None = None
        self._standing: StandingOut | None = None
        self._twins: tuple[Twins, ...] | None = None
        self._is_stopped = False
        self.progress: float | None = None
        """How much of the work is done, from 0 to 1; None if there is none."""

    @property
    def examples(self) -> Examples | None:
        """The session's; what was worked out of others is forgotten."""
        examples = self._session.examples
        if examples is not self._seen:
            self._seen, self._standing, self._twins = examples, None, None
        return examples

    def beside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Work something out beside the window."""
        self._session.beside.run(work, then, lambda error: self._session.say(str(error)))

    @property
    def dataset(self) -> Dataset:
        assert self.examples is not None
        return self.examples.dataset

    def orders(self) -> tuple[Order, ...]:
        """Those that these data have."""
        if self.examples is None or self.dataset.kind == "text":
            return ("given", "twins")
        return ("given", "far", "doubtful", "twins") if can_be_labelled(self.dataset) else ("given", "far", "twins")

    def is_ready(self, order: Order) -> bool:
        """Whether what the order needs has been worked out."""
        if self.examples is None:
            return False
        return order == "given" or (self._twins if order == "twins" else self._standing) is not None

    def prepare(self, order: Order, then: Callable[[], None], failed: Callable[[str], None]) -> None:
        """Work out beside the window what an order needs."""
        examples = self.examples
        assert examples is not None
        self._is_stopped, self.progress = False, 0.0

        def tell(done: int, total: int) -> None:
            if self._is_stopped:
                raise LookingStopped
            self.progress = done / max(1, total)

        def work() -> StandingOut | tuple[Twins, ...] | None:
            return twins(examples) if order == "twins" else standing_out(examples, tell)

        def take(found: StandingOut | tuple[Twins, ...] | None) -> None:
            self.progress = None
            if examples is not self.examples:
                return
            if isinstance(found, tuple):
                self._twins = found
            else:
                self._standing = found
            if found is None:
                failed("There are too few training examples to tell which stand out.")
            else:
                then()

        def stopped(error: Exception) -> None:
            self.progress = None
            failed("" if isinstance(error, LookingStopped) else str(error))

        self._session.beside.run(work, take, stopped)

    def stop(self) -> None:
        """Work no further."""
        self._is_stopped = True

    def rows(self, shown: Shown, label: int | None, order: Order) -> Ints:
        """Rows of the data set. label: only of that class. An order that is not ready yet is that of the data."""
        examples = self.examples
        if examples is None:
            return np.zeros(0, np.int64)
        parts = {"train": [examples.train.rows], "valid": [examples.valid.rows], "corrected": [self.corrected()]}
        rows = np.concatenate(parts.get(shown, [examples.train.rows, examples.valid.rows]))
        if label is not None:
            rows = rows[examples.dataset.targets[rows] == label]
        if order == "twins" and self._twins is not None:
            wanted = set(rows.tolist())
            return np.array([row for twin in self._twins for row in twin.rows if row in wanted], np.int64)
        if order in ("far", "doubtful") and self._standing is not None:
            found = self._standing
            by = found.distance if order == "far" else found.strange + found.distance / (1e3 * found.distance.max() + 1)
            ranked = found.rows[np.argsort(-by, kind="stable")]
            return ranked[np.isin(ranked, rows)]
        return np.sort(rows)

    def corrected(self) -> Ints:
        """Rows that were corrected by hand, those left out too."""
        said = self._session.document.data.corrections
        found = {*said.dropped, *(row for row, _ in said.labels)} if said is not None else set()
        return np.array(sorted(row for row in found if row < len(self.dataset.inputs)), np.int64)

    # One example

    def part_of(self, row: int) -> str:
        """train, valid, or out: left out."""
        examples = self.examples
        if examples is not None and row in set(examples.train.rows.tolist()):
            return "train"
        return "valid" if examples is not None and row in set(examples.valid.rows.tolist()) else "out"

    def answer(self, row: int) -> str:
        """What is to be predicted of it, in words."""
        dataset = self.dataset
        wanted = dataset.targets[row]
        if dataset.task == "classes":
            joint = "" if dataset.kind == "text" else " "
            return joint.join(dataset.class_names[int(each)] for each in np.atleast_1d(wanted))
        return ", ".join(f"{float(each):.5g}" for each in np.ravel(wanted)[:6])

    def why(self, row: int) -> list[str]:
        """What is known of an example, a sentence each."""
        words = []
        found = self._standing
        place = np.flatnonzero(found.rows == row) if found is not None else np.zeros(0, np.int64)
        if found is not None and len(place):
            at = int(place[0])
            share = float((found.distance < found.distance[at]).mean())
            words.append(
                f"Farther from its {NEAREST} nearest than all other examples."
                if found.distance[at] == found.distance.max()
                else f"Farther from its {NEAREST} nearest than {share:.0%} of the examples."
            )
            if can_be_labelled(self.dataset):
                names = [self.dataset.class_names[int(self.dataset.targets[each])] for each in found.nearest[at]]
                words.append(f"Its {NEAREST} nearest training examples are: {', '.join(names)}.")
        for twin in self._twins or ():
            if row in twin.rows:
                words.append(f"{len(twin.rows)} examples have the same inputs.")
                words += ["They have different labels: no network can learn them all."] if twin.differ else []
                words += ["Some are in training, some in validation: the score flatters."] if twin.crosses else []
        came = self.dataset.before_corrections
        if came is not None and can_be_labelled(self.dataset):
            was = self.dataset.classes_as_came[int(came[row])]
            if was != self.answer(row):
                words.append(f"Its label was “{was}” and was corrected by hand.")
        return words

    def label(self, row: int, name: str) -> None:
        """Say that it is of another class; can be undone."""
        self._correct(with_label(self._choice, self.dataset, row, name), f"Label example {row + 1} “{name}”")

    def drop(self, row: int, is_dropped: bool) -> None:
        """Leave it out, or not any more; can be undone."""
        label = f"Leave out example {row + 1}" if is_dropped else f"Put back example {row + 1}"
        self._correct(with_dropped(self._choice, self.dataset, row, is_dropped), label)

    def restore(self, row: int) -> None:
        """Have it as it came; can be undone."""
        self._correct(restored(self._choice, row), f"Restore example {row + 1}")

    @property
    def _choice(self) -> DataChoice:
        return self._session.document.data

    def _correct(self, choice: DataChoice, label: str) -> None:
        if choice != self._choice:
            self._session.choose_data(choice, label=label)
