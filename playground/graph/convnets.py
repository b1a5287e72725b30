"""Convolutional networks as they were published, for images of any size that they can take. Residual ones: resnets.py.

Parameters and multiply-adds are held against published figures in tests/graph/test_published_figures.py.
"""

from __future__ import annotations

from functools import partial

from playground.graph.building import Net, Template, ended, output_for
from playground.graph.model import Graph
from playground.layers.activation import ReLU
from playground.layers.dense import Dense
from playground.layers.ends import Input
from playground.layers.image import Conv2d, Upsample
from playground.layers.layer import Layer
from playground.layers.merge import Concat
from playground.layers.normalise import BatchNorm, Dropout, LocalResponseNorm
from playground.layers.pooling import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, MaxPool2d
from playground.layers.recurrent import GRU
from playground.layers.reshape import Flatten, Permute, Reshape
from playground.layers.shape import Signature
from playground.layers.steps import Conv1d, MaxPool1d


def begun(signature: Signature, smallest: int) -> Net:
    """An Input, with an Upsample behind it where the images are smaller than the network can take."""
    net = Net()
    net.line(Input(dims=signature.input.dims))
    side = min(signature.input.height, signature.input.width) if signature.input.is_image else smallest
    if side < smallest:
        net.line(Upsample(factor=min(16, -(-smallest // side)), mode="bilinear"))
    return net


def conv(filters: int, kernel: int, stride: int = 1, padding: int | str = "same") -> Conv2d:
    """A convolution with ReLU."""
    return Conv2d(filters=filters, kernel=kernel, stride=stride, padding=padding, activation="relu")


def lenet_5(signature: Signature) -> Graph:
    """With a dense C3, average pooling without weights, and a linear output: 61,706 parameters on 1×32×32."""
    side = signature.input.dims[-1]

    def tanh(filters: int, needs: int) -> Conv2d:
        return Conv2d(filters=filters, kernel=5, padding="valid" if side >= needs else "same", activation="tanh")

    net = Net()
    net.line(Input(dims=signature.input.dims), tanh(6, 32), AvgPool2d(), tanh(16, 28), AvgPool2d(), Flatten())
    net.line(Dense(units=120, activation="tanh"), Dense(units=84, activation="tanh"))
    return ended(net, signature)


def alexnet(signature: Signature) -> Graph:
    """One tower, as torchvision has it: Krizhevsky 2014, "One weird trick"."""
    net = begun(signature, 64)
    before = set(net.graph.nodes)
    net.line(conv(64, 11, 4, 2), MaxPool2d(kernel=3, stride=2), conv(192, 5), MaxPool2d(kernel=3, stride=2))
    net.line(conv(384, 3), conv(256, 3), conv(256, 3), MaxPool2d(kernel=3, stride=2))
    net.block("Convolutions", before)
    net.line(AdaptiveAvgPool2d(size=6), Flatten())
    net.line(Dropout(), Dense(units=4096, activation="relu"), Dropout(), Dense(units=4096, activation="relu"))
    return ended(net, signature)


VGG: dict[int, tuple[int, ...]] = {11: (1, 1, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""Convolutions in each stage: Simonyan and Zisserman 2014, table 1, columns A, D and E."""


def vgg(signature: Signature, depth: int) -> Graph:
    """Stages of 3×3 convolutions, a pooling after each, and three dense layers."""
    net = begun(signature, 32)
    for stage, (count, filters) in enumerate(zip(VGG[depth], (64, 128, 256, 512, 512), strict=True), 1):
        before = set(net.graph.nodes)
        net.line(*(conv(filters, 3) for _ in range(count)), MaxPool2d())
        net.block(f"Stage {stage}", before, exposes=("filters",))
    net.line(AdaptiveAvgPool2d(size=7), Flatten())
    net.line(Dense(units=4096, activation="relu"), Dropout(), Dense(units=4096, activation="relu"), Dropout())
    return ended(net, signature)


def squeezenet(signature: Signature) -> Graph:
    """Version 1.1: fire modules squeeze with 1×1 and expand with 1×1 and 3×3 windows side by side."""
    net = begun(signature, 64)
    net.line(conv(64, 3, 2, "valid"), MaxPool2d(kernel=3, stride=2, ceil_mode=True))
    number = 2
    for widths in ((16, 16), (32, 32), (48, 48, 64, 64)):
        for squeeze in widths:
            _fire(net, squeeze, f"Fire {number}")
            number += 1
        if widths[-1] != 64:
            net.line(MaxPool2d(kernel=3, stride=2, ceil_mode=True))
    output = output_for(signature)
    net.line(Dropout(), conv(output.scores, 1), GlobalAvgPool2d(), output)
    return net.graph


def _fire(net: Net, squeeze: int, title: str) -> None:
    before = set(net.graph.nodes)
    narrow = net.line(conv(squeeze, 1))
    branches = [net.line(conv(4 * squeeze, kernel), after=narrow) for kernel in (1, 3)]
    net.join(Concat(), *branches)
    net.block(title, before)


INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Filters of each module, as in table 1: 1×1, before and of 3×3, before and of 5×5, behind the pooling."""


def googlenet(signature: Signature) -> Graph:
    """Szegedy et al. 2014, table 1, with the two side classifiers of section 5, each of weight 0.3."""
    net = begun(signature, 64)
    pool = MaxPool2d(kernel=3, stride=2, padding=1)
    norm = LocalResponseNorm(size=5, alpha=1e-4, k=1.0)
    before = set(net.graph.nodes)
    net.line(conv(64, 7, 2, 3), pool, norm, conv(64, 1), conv(192, 3), norm, pool)
    net.block("Stem", before)
    for name, widths in INCEPTION.items():
        _inception(net, widths, f"Inception {name}")
        if name in ("4a", "4d"):
            _side_classifier(net, signature, f"Side classifier {1 if name == '4a' else 2}")
        if name in ("3b", "4e"):
            net.line(pool)
    net.line(GlobalAvgPool2d(), Dropout(rate=0.4))
    return ended(net, signature)


def _inception(net: Net, widths: tuple[int, ...], title: str) -> None:
    one, before3, three, before5, five, behind_pool = widths
    begin, before = net.last, set(net.graph.nodes)
    branches: tuple[tuple[Layer, ...], ...] = (
        (conv(one, 1),),
        (conv(before3, 1), conv(three, 3)),
        (conv(before5, 1), conv(five, 5)),
        (MaxPool2d(kernel=3, stride=1, padding=1), conv(behind_pool, 1)),
    )
    net.join(Concat(), *(net.line(*branch, after=begin) for branch in branches))
    net.block(title, before)


def _side_classifier(net: Net, signature: Signature, title: str) -> None:
    """Average pooling, a 1×1 convolution and two dense layers: a nearer way for the gradient."""
    begin, before = net.last, set(net.graph.nodes)
    output = output_for(signature, weight=0.3)
    net.line(AdaptiveAvgPool2d(size=4), conv(128, 1), Flatten(), Dense(units=1024, activation="relu"))
    net.line(Dropout(rate=0.7), Dense(units=output.scores), output)
    net.block(title, before)
    net.last = begin


def cnn_reader(signature: Signature) -> Graph:
    """Convolutions find strokes, a GRU reads the columns of what they found from left to right."""
    net = begun(signature, 8)
    net.line(conv(16, 3), MaxPool2d())
    shape = signature.input
    height, width = shape.height // 2, shape.width // 2
    net.line(Permute(order=(3, 1, 2)), Reshape(dims=(width, 16 * height)), GRU(units=32))
    return ended(net, signature)


LONG_SERIES = 16
"""Steps from which on a series is halved between convolutions."""


def series_cnn(signature: Signature) -> Graph:
    """Convolutions over the steps, each with batch normalisation, then the mean over time: a motif counts anywhere.

    The fully convolutional network of Wang, Yan and Oates 2017, section 2.2, with fewer filters, windows of 7, 5 and 3
    steps, and long series halved in between: as right on a few dozen series, for a twentieth of the work.
    """
    net = Net()
    net.line(Input(dims=signature.input.dims))
    for filters, kernel in ((32, 7), (64, 5), (64, 3)):
        if kernel < 7 and signature.input.steps >= LONG_SERIES:
            net.line(MaxPool1d())
        net.line(Conv1d(filters=filters, kernel=kernel), BatchNorm(), ReLU())
    net.line(GlobalAvgPool2d())
    return ended(net, signature)


LARGE = {"epochs": 2, "batch": 8, "learning_rate": 0.0003}
"""How networks for 224×224 pixels are tried."""

TEMPLATES = (
    Template(
        "alexnet",
        "AlexNet",
        "Krizhevsky, Sutskever and Hinton 2012, in torchvision's single tower.",
        "images-224",
        alexnet,
        LARGE,
        family="Convolutional",
    ),
    *(
        Template(
            f"vgg-{depth}",
            f"VGG-{depth}",
            "3×3 windows only, stacked deep: Simonyan and Zisserman 2014.",
            "images-224",
            partial(vgg, depth=depth),
            LARGE,
            family="Convolutional",
        )
        for depth in VGG
    ),
    Template(
        "googlenet",
        "GoogLeNet",
        "Nine inception modules and two side classifiers: Szegedy et al. 2014.",
        "images-224",
        googlenet,
        LARGE,
        family="Convolutional",
    ),
    Template(
        "squeezenet-1.1",
        "SqueezeNet 1.1",
        "AlexNet's accuracy with a fiftieth of its weights: Iandola et al. 2016.",
        "images-224",
        squeezenet,
        LARGE,
        family="Convolutional",
    ),
    Template(
        "cnn-rnn",
        "CNN and RNN",
        "Convolutions find strokes in a digit, a GRU reads them column by column.",
        "digits",
        cnn_reader,
        {"epochs": 20, "learning_rate": 0.005},
        family="Convolutional",
    ),
    Template(
        "series-cnn",
        "Series, convolutional",
        "Filters find motifs in a series wherever they are: for series that are labelled as a whole.",
        "frequency",
        series_cnn,
        {"epochs": 20, "batch": 16, "learning_rate": 0.003, "schedule": "cosine"},
        family="Convolutional",
    ),
)
