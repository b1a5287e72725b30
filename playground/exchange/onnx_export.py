"""A project as an ONNX file that was tried: written, run by onnxruntime, and compared with torch on real examples.

What the file says is onnx_file.py's business. Imports torch when called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.data.lengths import filled
from playground.exchange.onnx_file import About, OnnxFile, difference, need_onnx, onnx_file
from playground.exchange.onnx_graph import refuse_unsaid
from playground.exchange.problem import ExportProblem
from playground.exchange.scaling import of_answers, of_inputs, of_rebuilt
from playground.exchange.subject import Kept
from playground.graph.check import check

if TYPE_CHECKING:
    from playground.data.dataset import Examples
    from playground.engine.compile import Network

TRIED = 8
"""Examples that both compute."""
MOST_DIFFERENCE = 1e-4
"""As a share of the largest value; a file that differs by more is not handed over."""


@dataclass(frozen=True)
class Tried:
    """A file, how far it is from torch, and what a person should know."""

    file: OnnxFile
    difference: float | None
    """The largest, as a share of the largest value; None where onnxruntime is not installed."""
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What came of the trial, in a sentence."""
        if self.difference is None:
            return "It was not run, since onnxruntime is not installed: pip install “nn-playground[onnx]”."
        return (
            f"onnxruntime gives what torch gives on {TRIED} examples: the largest difference is {self.difference:.1e}."
        )


def tried_onnx(project: Kept, examples: Examples | None, tell: Callable[[str], None] = lambda _: None) -> Tried:
    """The project's network as ONNX. examples: whose scaling and classes are written, and which it is tried on; None:
    it is tried on random numbers. tell: hears a few words at each step.

    Raises: ExportProblem: If the network has errors, ONNX cannot say it, or what runs is not what torch computes.
    """
    need_onnx("onnx")
    document = project.document
    report = check(document.graph)
    if report.ok:
        refuse_unsaid(report)
    tell("Building the network…")
    network, notes = _network(project)
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    tell("Writing its operators…")
    file = onnx_file(document, report, weights, _about(examples))
    found = None
    if find_spec("onnxruntime") is not None:
        tell("Running it beside torch…")
        found = difference(file.content, *_both(network, file, examples))
        if not found <= MOST_DIFFERENCE:
            raise ExportProblem(
                f"The ONNX file would differ from the network by {found:.1e} of its largest value, which is too much "
                "to hand over. Export Python instead, and please report this network."
            )
    return Tried(file, found, notes)


def _network(project: Kept) -> tuple[Network, tuple[str, ...]]:
    """The engine's network with what was learned, or as it begins."""
    import torch

    from playground.engine.compile import CompileProblem, build
    from playground.exchange.weights_file import is_of

    document, checkpoint = project.document, project.checkpoint
    try:
        network = build(document.graph, document.recipe.seed).eval()
    except CompileProblem as problem:
        raise ExportProblem(f"The network cannot be written as ONNX yet. {problem}") from problem
    if checkpoint is not None and is_of(checkpoint.weights, document.graph):
        weights = checkpoint.weights
        if broken := [name for name, value in weights.items() if not np.isfinite(value).all()]:
            raise ExportProblem(f"Some weights of {broken[0]} are no numbers. Train the network anew.")
        network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
        return network, ()
    why = "was changed since it was trained" if checkpoint is not None else "has not been trained yet"
    return network, (f"The network {why}: its weights are those that training would begin with.",)


def _about(examples: Examples | None) -> About:
    if examples is None:
        return About()
    return About(examples.dataset.class_names, of_inputs(examples), of_answers(examples), of_rebuilt(examples))


def _both(
    network: Network, file: OnnxFile, examples: Examples | None
) -> tuple[Mapping[str, NDArray[Any]], Mapping[str, NDArray[Any]]]:
    """What goes into the file's inputs, and what torch gives for it."""
    import torch

    given = _tried_on(network, examples)
    with torch.no_grad():
        values = network.values_of({name: torch.from_numpy(each) for name, each in given.items()})
    return given, {name: values[name].numpy() for name in file.outputs}


def _tried_on(network: Network, examples: Examples | None) -> dict[str, NDArray[Any]]:
    """A few examples, or random numbers, for each Input."""
    random = np.random.default_rng(0)
    real = filled(np.asarray(examples.valid.inputs[:TRIED], np.float32)) if examples is not None else None
    found: dict[str, NDArray[Any]] = {}
    for id, layer in network.ends.inputs.items():
        own = None
        if real is not None and layer.reads == "data":
            axis = -1 if real.ndim < 4 else -3
            own = real.take(layer.chosen, axis) if layer.chosen else real
        if own is None or own.shape[1:] != layer.dims:
            own = np.abs(random.normal(size=(TRIED, *layer.dims))).astype(np.float32)
        found[id] = own
    return found
