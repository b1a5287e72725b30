"""The sum behind one unit, written out: window times kernel plus bias, and what its activation makes of it.

Everything is worked out anew in double precision from the copied inputs and weights; what torch gave is only set beside
it. Recurrent gates are in gates.py, the formulas of activations in formulas.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.stepping import OWN, Step
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.model import NodeId
from playground.insight import gates
from playground.insight.formulas import ACTIVATED, activated
from playground.insight.terms import Case, Stage, Sum, Term, Unit, Values, Written
from playground.layers.layer import Layer
from playground.layers.shape import Shape


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one unit got its value for one example."""

    layer: NodeId
    unit: Unit
    sums: tuple[Sum, ...]
    stages: tuple[Stage, ...]
    value: float
    """What comes out of the last stage."""
    torch: float
    """What the network itself gave, in single precision."""
    note: str = ""
    """A sentence where there is no sum to write out."""
    arrives: Values | None = None
    """What arrives at the layer's first port, (*shape)."""


SHORTER = (
    "This sequence is shorter than the longest, and only its own steps count. Choose one of full length to see the "
    "sums written out."
)


def arithmetic(training: Training, id: NodeId, unit: Unit, example: NDArray[np.float32]) -> Arithmetic | None:
    """Write out one unit of a layer for one scaled example; None if there is no such layer."""
    step = next((step for step in training.network.each_step() if step.id == id), None)
    if step is None or not step.feeds:
        return None
    inputs = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    with training.looking():
        asked = [*step.sources, id, *(source + OWN for source in step.sources)]
        values = training.network.activations(inputs, asked, training.judge.own_answers(inputs))
    arrived = tuple(values[source][0].double().cpu().numpy() for source in step.sources)
    given = float(values[id][0][unit])
    if any(source + OWN in values and int(values[source + OWN][0]) < len(arrived[0]) for source in step.sources):
        return Arithmetic(id, unit, (), (), given, given, SHORTER, arrived[0])
    case = Case(_layer(training, id), _shapes(training, id), arrived, _weights(step), unit)
    written = _write(case, step)
    if isinstance(written, str):
        return Arithmetic(id, unit, (), (), given, given, written, arrived[0])
    sums, stages = written
    value = stages[-1].value if stages else sums[-1].total
    return Arithmetic(id, unit, sums, stages, value, given, "", arrived[0])


def _layer(training: Training, id: NodeId) -> Layer:
    return check(training.graph).written_out.nodes[id]


def _shapes(training: Training, id: NodeId) -> tuple[Shape, ...]:
    return tuple(shape for shape in check(training.graph).given[id] if shape is not None)


def _weights(step: Step) -> dict[str, Values]:
    if step.module is None:
        return {}
    return {name: value.detach().double().cpu().numpy() for name, value in step.module.state_dict().items()}


def _write(case: Case, step: Step) -> Written | str:
    writer = WRITERS.get(case.layer.type) or gates.WRITERS.get(case.layer.type)
    if case.layer.type in ACTIVATED:
        return _pointwise(case)
    if writer is None or step.each_frame:
        return f"{case.layer.heading} has no sum of its own to write out: it passes on, arranges or compares values."
    return writer(case)


def _finish(case: Case, sums: tuple[Sum, ...]) -> Written:
    """The activation inside a layer, if it has one."""
    name = str(getattr(case.layer, "activation", "none"))
    if name == "none":
        return sums, ()
    words, value = activated(name, sums[-1].total)
    return sums, (Stage(words, value),)


def _pointwise(case: Case) -> Written:
    value = float(case.inputs[0][case.unit])
    words, after = activated(ACTIVATED[case.layer.type], value, case.layer)
    return (Sum("What arrives", (Term(case.unit, value, None, value),), None, value),), (Stage(words, after),)


def _dense(case: Case) -> Written:
    *place, number = case.unit
    vector = case.inputs[0][tuple(place)] if place else case.inputs[0]
    row = case.weights["weight"][number]
    terms = tuple(
        Term((*place, at), float(x), float(w), float(x * w), (number, at))
        for at, (x, w) in enumerate(zip(vector, row, strict=True))
    )
    return _finish(case, (_summed("Σ w · x + b", terms, _bias(case, number)),))


def _convolution(case: Case) -> Written:
    """Also along steps: an image one pixel high."""
    layer, inputs, weight = case.layer, case.inputs[0], case.weights["weight"]
    is_steps = inputs.ndim == 2
    unit = case.unit if not is_steps else (case.unit[1], case.unit[0])
    image = inputs.T if is_steps else inputs
    number, starts = unit[0], unit[1:]
    window = layer.window(*case.given)
    assert window is not None
    dilation, groups = int(getattr(layer, "dilation", 1)), int(getattr(layer, "groups", 1))
    first = (number // (weight.shape[0] // groups)) * weight.shape[1]
    mode = str(getattr(layer, "padding_mode", "zeros"))
    terms = []
    for place in np.ndindex(*weight.shape[1:]):
        at = tuple(
            start * window.stride[axis] - window.padding[axis] + offset * dilation
            for axis, (start, offset) in enumerate(zip(starts, place[1:], strict=True))
        )
        found = _inside(at, image.shape[1:], mode)
        x = float(image[(first + place[0], *found)]) if found is not None else 0.0
        w = float(weight[(number, *place)])
        index = None if found is None else (found[0], first + place[0]) if is_steps else (first + place[0], *found)
        terms.append(Term(index, x, w, x * w, place))
    return _finish(case, (_summed("Σ w · x + b over the window", tuple(terms), _bias(case, number)),))


def _inside(at: Unit, sides: tuple[int, ...], mode: str) -> Unit | None:
    """The pixel that is read at a place; None for zeros of the padding."""
    found = []
    for place, side in zip(at, sides, strict=True):
        if 0 <= place < side:
            found.append(place)
        elif mode == "zeros":
            return None
        elif mode == "replicate":
            found.append(min(max(place, 0), side - 1))
        else:
            found.append(-place if place < 0 else 2 * (side - 1) - place)
    return tuple(found)


def _window(case: Case) -> Iterable[tuple[Unit | None, float]]:
    """The places and values of a pooling window; None for padding."""
    channel, *starts = case.unit
    image = case.inputs[0]
    if image.ndim == 2:  # a sequence (steps, features)
        image, (starts, channel) = image.T, ([case.unit[0]], case.unit[1])
    window = case.layer.window(*case.given)
    sides = image.shape[1:]
    if window is None:
        for place in np.ndindex(*sides):
            yield place, float(image[(channel, *place)])
        return
    for offset in np.ndindex(*window.kernel[: len(starts)]):
        at = tuple(
            start * window.stride[axis] - window.padding[axis] + move
            for axis, (start, move) in enumerate(zip(starts, offset, strict=True))
        )
        found = _inside(at, sides, "zeros")
        yield found, float(image[(channel, *found)]) if found is not None else 0.0


def _global_case(case: Case) -> Case:
    """A global pooling's unit is its channel."""
    unit = (0, case.unit[0]) if case.inputs[0].ndim == 2 else (case.unit[0], 0, 0)
    return replace(case, unit=unit)


def _terms_of(case: Case) -> tuple[Term, ...]:
    channel = case.unit[1] if case.inputs[0].ndim == 2 else case.unit[0]
    is_steps = case.inputs[0].ndim == 2
    return tuple(
        Term(None if at is None else ((at[0], channel) if is_steps else (channel, *at)), value, None, value)
        for at, value in _window(case)
    )


def _largest(case: Case) -> Written:
    case = _global_case(case) if case.layer.type.startswith("Global") else case
    terms = tuple(term for term in _terms_of(case) if term.at is not None)
    top = max(term.value for term in terms)
    return (Sum("Values in the window", terms, None, sum(term.value for term in terms)),), (Stage("the largest", top),)


def _mean(case: Case) -> Written:
    case = _global_case(case) if case.layer.type.startswith("Global") else case
    every = _terms_of(case)
    terms = tuple(term for term in every if term.at is not None)
    count = len(every) if getattr(case.layer, "count_include_pad", False) else len(terms)
    total = sum(term.value for term in terms)
    return (Sum("Σ x over the window", terms, None, total),), (Stage(f"divided by {count}", total / count),)


def _batch_norm(case: Case) -> Written:
    x = float(case.inputs[0][case.unit])
    channel = case.unit[0] if case.inputs[0].ndim != 2 else case.unit[-1]
    w, epsilon = case.weights, float(getattr(case.layer, "epsilon", 1e-5))
    mean, variance = float(w["running_mean"][channel]), float(w["running_var"][channel])
    normal = (x - mean) / np.sqrt(variance + epsilon)
    value = float(w["weight"][channel] * normal + w["bias"][channel])
    return (Sum("What arrives", (Term(case.unit, x, None, x),), None, x),), (
        Stage(f"− running mean {mean:.4g}, ÷ √(running variance {variance:.4g} + {epsilon:g})", float(normal)),
        Stage(f"· γ {w['weight'][channel]:.4g} + β {w['bias'][channel]:.4g}", value),
    )


def _layer_norm(case: Case) -> Written:
    whole = case.inputs[0][case.unit[0]] if case.inputs[0].ndim == 2 else case.inputs[0]
    inner = case.unit[1:] if case.inputs[0].ndim == 2 else case.unit
    x, epsilon = float(whole[inner]), float(getattr(case.layer, "epsilon", 1e-5))
    mean, variance = float(whole.mean()), float(whole.var())
    normal = (x - mean) / np.sqrt(variance + epsilon)
    stages = [Stage(f"− mean {mean:.4g}, ÷ √(variance {variance:.4g} + {epsilon:g})", float(normal))]
    if "weight" in case.weights:
        gamma, beta = float(case.weights["weight"][inner]), float(case.weights["bias"][inner])
        stages.append(Stage(f"· γ {gamma:.4g} + β {beta:.4g}", gamma * float(normal) + beta))
    return (Sum("What arrives", (Term(case.unit, x, None, x),), None, x),), tuple(stages)


def _softmax(case: Case) -> Written:
    *place, number = case.unit
    scores = case.inputs[0][tuple(place)] if place else case.inputs[0]
    powers = np.exp(scores - scores.max())
    pairs = enumerate(zip(scores, powers, strict=True))
    terms = tuple(Term((*place, at), float(x), None, float(power)) for at, (x, power) in pairs)
    total = float(powers.sum())
    share = float(powers[number] / total)
    first = Stage(f"exp(x − max) = {powers[number]:.4g}, divided by the sum", share)
    is_log = case.layer.type == "LogSoftmax"
    stages = (first, Stage("its logarithm", float(np.log(share)))) if is_log else (first,)
    return (Sum("Σ exp(xⱼ − max)", terms, None, total),), stages


def _merged(fold: Callable[[Values], float], words: str) -> Callable[[Case], Written]:
    def write(case: Case) -> Written:
        values = np.array([each[case.unit] for each in case.inputs])
        terms = tuple(Term(case.unit, float(value), None, float(value)) for value in values)
        return (Sum("What arrives", terms, None, float(values.sum())),), (Stage(words, float(fold(values))),)

    return write


def _summed(title: str, terms: tuple[Term, ...], bias: float | None) -> Sum:
    return Sum(title, terms, bias, sum(term.product for term in terms) + (bias or 0.0))


def _bias(case: Case, number: int) -> float | None:
    return float(case.weights["bias"][number]) if "bias" in case.weights else None


WRITERS: dict[str, Callable[[Case], Written]] = {
    "Dense": _dense, "Conv2d": _convolution, "Conv1d": _convolution,
    "MaxPool2d": _largest, "MaxPool1d": _largest, "GlobalMaxPool": _largest,
    "AvgPool2d": _mean, "AvgPool1d": _mean, "GlobalAvgPool2d": _mean,
    "BatchNorm": _batch_norm, "LayerNorm": _layer_norm, "Softmax": _softmax, "LogSoftmax": _softmax,
    "Add": _merged(np.sum, "added"), "Multiply": _merged(np.prod, "multiplied"),
    "Average": _merged(np.mean, "their mean"), "Maximum": _merged(np.max, "the largest"),
    "Subtract": _merged(lambda values: values[0] - values[1], "the second subtracted"),
}  # fmt: skip
"""How each kind of layer is written out."""
