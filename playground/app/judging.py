"""A trained project judged for what is written of it: beside baselines on its own validation part, with its confusion.

Knows no torch at import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.app.checking import checked
from playground.app.comparing import offered, usual
from playground.app.files import Project
from playground.app.for_use import changed_since
from playground.exchange.problem import ExportProblem
from playground.selection.main_loss import loss_of

if TYPE_CHECKING:
    from playground.data.dataset import Examples
    from playground.engine.train import Training
    from playground.selection.outcome import Comparison, Outcome

Fit = Callable[["Examples", str], "list[Outcome]"]
"""Fits baselines to examples, for a loss."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What can be said of a network; nothing of one that has not learned."""

    comparison: Comparison | None = None
    confusion: NDArray[Any] | None = None
    """Counts (classes, classes), row the truth, column the answer."""
    notes: tuple[str, ...] = ()
    """A sentence where there can be none."""


def judged(project: Project, examples: Examples, fit: Fit) -> Judged:
    """The network with its weights on the validation part. Raises ExportProblem."""
    if project.checkpoint is None:
        return Judged()
    if checked(project.document, examples.signature).errors or not fits(project):
        return Judged(notes=("The network was changed since it was trained: the curves are those of the one before.",))
    if not all(np.isfinite(value).all() for value in project.checkpoint.weights.values()):
        raise ExportProblem("Some of the network's weights are no numbers. Train it anew.")
    training, confusion = _begun(project, examples), None
    if training.examples.targets is None:
        from playground.engine.measures import confusion as counted

        truth = training.examples.valid.targets
        confusion = counted(truth, training.predict("valid"), examples.signature.outputs)
    changed = changed_since(project.for_use, examples)
    return Judged(compared(project, training, fit), confusion, (changed,) if changed else ())


def compared(project: Project, training: Training, fit: Fit) -> Comparison:
    """A trained project beside baselines. training: its network, with its weights."""
    from playground.selection.compare import compare
    from playground.selection.network import outcome_of

    examples = training.examples
    baselines = fit(examples, loss_of(project.document.graph))
    spent = sum(epoch.seconds for epoch in project.epochs)
    return compare(replace(outcome_of(training), seconds=spent), baselines, examples)


def fitting(tell: Callable[[str], None]) -> Fit:
    """Fits the usual baselines one after another, and tells which."""

    def fit(examples: Examples, loss: str) -> list[Outcome]:
        from playground.selection.baselines import fit as fitted

        titles, made = dict(offered(examples)), []
        for name in usual(examples, loss):
            tell(f"Fitting {titles.get(name, name)}…")
            made.append(fitted(name, examples, loss))
        return made

    return fit


def fits(project: Project) -> bool:
    """Whether the project's weights are all of its network, and no others."""
    from playground.exchange.weights_file import is_of

    return project.checkpoint is not None and is_of(project.checkpoint.weights, project.document.graph)


def _begun(project: Project, examples: Examples) -> Training:
    from playground.engine.compile import CompileProblem
    from playground.engine.device import DeviceProblem
    from playground.engine.recipe import RecipeProblem
    from playground.engine.train import Training

    document = project.document
    try:
        return Training(document.graph, document.recipe, examples, "auto", checkpoint=project.checkpoint)
    except (CompileProblem, DeviceProblem, RecipeProblem) as problem:
        raise ExportProblem(str(problem)) from problem
    except RuntimeError as error:  # torch's word for too little memory on a device
        raise ExportProblem(f"The network could not be set up: {str(error).splitlines()[0]}") from error
