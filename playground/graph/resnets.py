"""Residual networks and their plain twins, and the highway network from which they came.

A stage is a first unit (2a), which changes the size, and one that is repeated (2b).
He et al. 2015, "Deep Residual Learning for Image Recognition": for 224×224 pixels as torchvision builds them (v1.5: the
stride is in the 3×3 window), for 32×32 pixels with shortcuts without weights (option A).
"""

from __future__ import annotations

from functools import partial

from playground.graph.building import Net, Template, ended, flat
from playground.graph.convnets import LARGE, begun
from playground.graph.model import Graph, NodeId
from playground.layers.activation import ReLU
from playground.layers.cut import PadChannels
from playground.layers.dense import Dense
from playground.layers.ends import Input
from playground.layers.image import Conv2d
from playground.layers.layer import Layer
from playground.layers.merge import Add, Gate
from playground.layers.normalise import BatchNorm
from playground.layers.pooling import GlobalAvgPool2d, MaxPool2d
from playground.layers.shape import Signature

STAGES: dict[int, tuple[int, ...]] = {
    18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3),
}  # fmt: skip
"""Units in each stage: table 1 of the paper."""
BOTTLENECK = 50
"""Layers from which on a unit has three convolutions, the middle one narrow."""


def conv(filters: int, kernel: int, stride: int = 1) -> Conv2d:
    """A convolution without bias, as normalisation follows; padding as torchvision has it."""
    return Conv2d(filters=filters, kernel=kernel, stride=stride, padding=kernel // 2, bias=False)


def resnet(signature: Signature, depth: int) -> Graph:
    """18, 34, 50, 101 or 152 layers."""
    net = begun(signature, 32)
    net.line(conv(64, 7, 2), BatchNorm(), ReLU(), MaxPool2d(kernel=3, stride=2, padding=1))
    wide = depth >= BOTTLENECK
    channels = 64
    for stage, (units, filters) in enumerate(zip(STAGES[depth], (64, 128, 256, 512), strict=True), 1):
        given = 4 * filters if wide else filters
        stride = 1 if stage == 1 else 2
        if stride != 1 or channels != given:
            _unit(net, filters, stride, wide, f"Stage {stage}a", projects=True)
            units -= 1
        channels = given
        _unit(net, filters, 1, wide, f"Stage {stage}b", repeat=units)
    net.line(GlobalAvgPool2d())
    return ended(net, signature)


def _unit(net: Net, filters: int, stride: int, wide: bool, title: str, projects: bool = False, repeat: int = 1) -> None:
    """One residual unit, with a 1×1 convolution on the way round where sizes differ."""
    begin, before = net.last, set(net.graph.nodes)
    given = 4 * filters if wide else filters
    layers: tuple[Conv2d, ...]
    if wide:
        layers = (conv(filters, 1), conv(filters, 3, stride), conv(given, 1))
    else:
        layers = (conv(filters, 3, stride), conv(given, 3))
    end = net.line(*_normed(layers))
    round_ = net.line(conv(given, 1, stride), BatchNorm(), after=begin) if projects else begin
    net.join(Add(), end, round_)
    net.line(ReLU())
    net.block(title, before, repeat)


def _normed(convolutions: tuple[Conv2d, ...]) -> tuple[Layer, ...]:
    """Normalisation behind each, and ReLU behind each but the last."""
    found: list[Layer] = []
    for number, layer in enumerate(convolutions, 1):
        found += [layer, BatchNorm(), *([ReLU()] if number < len(convolutions) else [])]
    return tuple(found)


def cifar(signature: Signature, depth: int, residual: bool) -> Graph:
    """6n + 2 layers: three stages of n units with 16, 32 and 64 filters (section 4.2); plain: without the way round."""
    net = begun(signature, 16)
    net.line(conv(16, 3), BatchNorm(), ReLU())
    units = (depth - 2) // 6
    for stage, filters in enumerate((16, 32, 64), 1):
        repeats = units
        if stage > 1:
            _cifar_unit(net, filters, 2, residual, f"Stage {stage}a")
            repeats -= 1
        if repeats:
            _cifar_unit(net, filters, 1, residual, f"Stage {stage}b", repeats)
    net.line(GlobalAvgPool2d())
    return ended(net, signature)


def _cifar_unit(net: Net, filters: int, stride: int, residual: bool, title: str, repeat: int = 1) -> None:
    begin, before = net.last, set(net.graph.nodes)
    end: NodeId = net.line(*_normed((conv(filters, 3, stride), conv(filters, 3))))
    if residual:
        pad = PadChannels(channels=filters, stride=stride)
        round_ = net.line(pad, after=begin) if stride > 1 else begin
        net.join(Add(), end, round_)
    net.line(ReLU(), after=net.last if residual else end)
    net.block(title, before, repeat)


def highway(signature: Signature, units: int = 32, layers: int = 8) -> Graph:
    """Dense layers whose gates decide how much passes unchanged: Srivastava, Greff and Schmidhuber 2015."""
    net = Net()
    net.line(Input(dims=signature.input.dims), *flat(signature), Dense(units=units, activation="relu"))
    begin, before = net.last, set(net.graph.nodes)
    new = net.line(Dense(units=units, activation="tanh"))
    gate = net.line(Dense(units=units, activation="sigmoid"), after=begin)
    mix = net.named("mix1", Gate())
    for source, port in ((new, "new"), (begin, "old"), (gate, "gate")):
        net.wire(source, mix, port)
    net.block("Highway", before, layers, ("units",))
    return ended(net, signature)


_CIFAR = {"epochs": 8, "batch": 32, "learning_rate": 0.003, "schedule": "cosine"}

TEMPLATES = (
    *(
        Template(
            f"resnet-{depth}",
            f"ResNet-{depth}",
            "Units that learn what to add to their input: He et al. 2015.",
            "images-224",
            partial(resnet, depth=depth),
            LARGE,
            family="Residual",
        )
        for depth in STAGES
    ),
    *(
        Template(
            f"cifar-resnet-{depth}",
            f"ResNet-{depth} for 32×32",
            "Residual units with shortcuts without weights: He et al. 2015, section 4.2.",
            "images-32",
            partial(cifar, depth=depth, residual=True),
            _CIFAR,
            family="Residual",
        )
        for depth in (20, 32, 44, 56, 110)
    ),
    *(
        Template(
            f"cifar-plain-{depth}",
            f"Plain-{depth} for 32×32",
            "The residual network's twin without the way round: the deeper, the worse it learns.",
            "images-32",
            partial(cifar, depth=depth, residual=False),
            _CIFAR,
            family="Residual",
        )
        for depth in (20, 32, 44, 56, 110)
    ),
    Template(
        "highway",
        "Highway network",
        "Gates decide how much of each layer's input passes unchanged: Srivastava et al. 2015.",
        "digits",
        highway,
        {"epochs": 20, "learning_rate": 0.003},
        family="Residual",
    ),
)
