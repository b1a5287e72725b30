"""Which parts of the input speak for a class: saliency, integrated gradients, Grad-CAM, occlusion.

Each gives one number an input value (or an area of it) for one score, before the softmax. Compared with captum in the
tests. Codes of text have no gradient: occlusion alone applies to them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.engine.losses import probabilities
from playground.engine.train import Training
from playground.graph.model import NodeId
from playground.insight.moving import Move, background, moved
from playground.insight.slices import finish

Reference = Literal["mean", "background", "blurred"]
"""The input that says nothing: the training part's mean, what lies at the edges of its images, the example blurred."""
BLUR = 0.15
"""Standard deviation of the blur that leaves nothing to recognise, as a share of the image's shorter side."""
Method = Literal[
    "saliency", "gradient × input", "integrated gradients", "Grad-CAM", "Grad-CAM without ReLU", "occlusion"
]
METHODS: tuple[Method, ...] = (
    "saliency", "gradient × input", "integrated gradients", "Grad-CAM", "Grad-CAM without ReLU", "occlusion",
)  # fmt: skip
STEPS = 48
"""Points on the way from the baseline to the input."""
AT_ONCE = 32
"""Occluded inputs in one pass."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each input value contributes to one score."""

    method: Method
    target: int
    """The class, or the output's column."""
    values: NDArray[np.float64]
    """(*shape) as the input; Grad-CAM: (height, width) of the layer's map."""
    score: float
    """Of the target, for the input."""
    baseline: float
    """Of the target, for the reference."""
    chances: NDArray[np.float32]
    """Probabilities of all classes (classes,); empty for numbers."""

    @property
    def missing(self) -> float:
        """Score − baseline − Σ values: for integrated gradients it should be near 0 (completeness)."""
        return self.score - self.baseline - float(self.values.sum())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one example."""

    method: Method
    target: int | None = None
    """The class, or the output's column; None for the network's own answer."""
    layer: NodeId = ""
    """Grad-CAM's convolution."""
    reference: Reference = "mean"
    """Where integrated gradients begin, and what occlusion covers with. Others than the mean are for images."""
    window: int | None = None
    """Side of what occlusion covers, in pixels or steps; None for a quarter of the shorter side."""


def attribution(training: Training, example: NDArray[np.float32], question: Question) -> Attribution:
    """Attribute one score of one scaled example (*shape), all at once.

    Raises: ValueError: With a sentence, where the method does not apply.
    Sources: Simonyan, Vedaldi and Zisserman 2014, section 3 (saliency); Shrikumar et al. 2017 (gradient × input);
    Sundararajan, Taly and Yan 2017, equation 1; Selvaraju et al. 2017, equations 1 and 2.
    """
    return finish(attributing(training, example, question))


def attributing(
    training: Training, example: NDArray[np.float32], question: Question
) -> Generator[float, None, Attribution]:
    """The same in slices, between which the network may learn on: occlusion asks it hundreds of times."""
    x = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    start = _reference(training, x, question.reference)
    with _as_it_answers(training), torch.no_grad():
        scores = _scores(training, torch.cat([x, start]))
    own = int(scores[0].argmax()) if scores.shape[1] > 1 else 0
    target = min(own if question.target is None else question.target, scores.shape[1] - 1)
    if question.method == "occlusion":
        values = yield from occlude(training, x, target, start, question.window)
    else:
        with _as_it_answers(training):
            values = _by_gradient(training, x, start, target, question)
    ends = scores[:, target].double().tolist()
    found = values.detach().double().nan_to_num(0).cpu().numpy()
    return Attribution(question.method, target, found, ends[0], ends[1], _chances(training, scores))


def _by_gradient(training: Training, x: Tensor, start: Tensor, target: int, question: Question) -> Tensor:
    if question.method == "Grad-CAM":
        return torch.relu(_weighed_maps(training, x, target, question.layer))
    if question.method == "Grad-CAM without ReLU":
        return _weighed_maps(training, x, target, question.layer)
    if question.method == "integrated gradients":
        return _integrated(training, x, start, target)
    slope = _slope(training, x, target)
    return slope.abs() if question.method == "saliency" else slope * x[0]


def _reference(training: Training, x: Tensor, name: Reference) -> Tensor:
    """The input that says nothing (1, *shape), in scaled units, where the training part's mean is 0."""
    if name == "mean" or x.dim() != 4:
        return 0 * x  # what fills up a sequence stays NaN: it is not looked at here either
    paper = background(training.examples).to(x)
    if name == "background":
        return paper.expand_as(x[0])[None].clone()
    return moved(x, Move(blur=BLUR * min(x.shape[-2:])), paper)


@contextmanager
def _as_it_answers(training: Training) -> Iterator[None]:
    """Without dropout or moving averages, gradients allowed; afterwards everything is as before."""
    network, was = training.network, training.network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was)


def _scores(training: Training, x: Tensor) -> Tensor:
    """(n, outputs); of answers at each step, those of the last."""
    scores = training.judge.scores(x)
    return scores[:, -1] if scores.dim() == 3 else scores


def _chances(training: Training, scores: Tensor) -> NDArray[np.float32]:
    if training.examples.targets is not None:
        return np.zeros(0, np.float32)
    found: NDArray[np.float32] = probabilities(scores[:1], training.judge.loss_name)[0].cpu().numpy()
    return found


def _slope(training: Training, x: Tensor, target: int) -> Tensor:
    """∂ score / ∂ input (*shape), for one example or, added up, several."""
    if training.examples.dataset.kind == "text":
        raise ValueError("Letters have no gradient. Choose occlusion, which replaces them.")
    wanted = x.detach().requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(_scores(training, wanted)[:, target].sum(), wanted)
    return slope.sum(0)


def _integrated(training: Training, x: Tensor, start: Tensor, target: int) -> Tensor:
    """(x − start) · ∫ ∂score/∂x along the line from start to x, by Gauss-Legendre points."""
    points, weights = np.polynomial.legendre.leggauss(STEPS)
    total = torch.zeros_like(x[0])
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        total += float(weight) * _slope(training, start + float(point) * (x - start), target)
    return total * (x - start)[0]


def _weighed_maps(training: Training, x: Tensor, target: int, layer: NodeId) -> Tensor:
    """Σ over channels of (mean gradient of the channel) · its map: below 0 where it speaks against the target.

    Source: Selvaraju et al. 2017, equations 1 and 2; Grad-CAM keeps what is above 0.
    """
    with torch.enable_grad():
        # The input asks for gradients, so that frozen layers pass them on too.
        inputs = x.detach().requires_grad_()
        values = training.network.activations(inputs, [layer, training.network.output], None)
        if layer not in values or values[layer].dim() != 4:
            raise ValueError("Grad-CAM needs a layer that gives an image. Select a convolution.")
        score = values[training.network.output]
        score = score[:, -1] if score.dim() == 3 else score
        (slope,) = torch.autograd.grad(score[0, target], values[layer], allow_unused=True)
    if slope is None:
        raise ValueError("The score does not depend on that layer. Select one on the way to the output.")
    return (slope.mean(dim=(2, 3), keepdim=True) * values[layer]).sum(1)[0]


def occlude(
    training: Training, x: Tensor, target: int, cover: Tensor, window: int | None = None
) -> Generator[float, None, Tensor]:
    """By how much the score falls where a window is covered, averaged over the windows that cover a value.

    x: (1, *shape); cover: as x, what is seen in its place. window: side in pixels, or length in steps; None for a
    quarter of the side. Vectors are covered a value at a time. Source: Zeiler and Fergus 2014, section 4.2.
    """
    shape = x.shape[1:]
    sides = shape[-2:] if len(shape) == 3 else shape[:1]
    size = 1 if len(shape) == 1 else window or max(1, min(sides) // 4)
    stride = max(1, size // 2)
    corners = [
        tuple(int(at) * stride for at in place) for place in np.ndindex(*(_places(s, size, stride) for s in sides))
    ]
    found, counted = torch.zeros(shape, dtype=torch.double), torch.zeros(shape, dtype=torch.double)
    for first in range(0, len(corners), AT_ONCE):
        areas = [_area(corner, size, len(shape)) for corner in corners[first : first + AT_ONCE]]
        covered = x.repeat(1 + len(areas), *(1 for _ in shape))
        for row, area in enumerate(areas, 1):
            covered[row][area] = cover[0][area]
        with _as_it_answers(training), torch.no_grad():
            # The whole example is asked each time: between two slices the network may have learned.
            whole, *scores = _scores(training, covered)[:, target].tolist()
        for area, score in zip(areas, scores, strict=True):
            found[area] += whole - score
            counted[area] += 1
        yield min(1.0, (first + AT_ONCE) / len(corners))
    return found / counted.clamp(min=1)


def _places(side: int, size: int, stride: int) -> int:
    return max(1, -(-(side - size) // stride) + 1)


def _area(corner: tuple[int, ...], size: int, dims: int) -> tuple[slice, ...]:
    sides = tuple(slice(at, at + size) for at in corner)
    return (slice(None), *sides) if dims == 3 else sides
