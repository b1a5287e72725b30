"""Windows of convolutions and poolings: what they see, how padding is written, and values torch has no layer for."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional as F

from playground.engine.modules import make
from playground.graph.check import check
from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.graph.receptive import Field, fields
from playground.layers import LAYERS
from playground.layers.cut import Crop, PadChannels, ZeroPad2d
from playground.layers.image import Conv2d, ConvTranspose2d
from playground.layers.layer import Layer, read_layer
from playground.layers.pooling import AvgPool2d, LpPool2d, MaxPool2d
from playground.layers.refusal import refusal
from playground.layers.shape import Shape, Window
from playground.layers.squashers import HardTanh, Step
from playground.layers.steps import Conv1d


def computed(layer: Layer, *given: torch.Tensor) -> torch.Tensor:
    """What torch gives for a batch."""
    call = layer.torch(*(Shape(tuple(each.shape[1:])) for each in given))
    assert call is not None
    made = make(call)(*given)
    assert isinstance(made, torch.Tensor)
    return made


def test_files_from_before_read_the_same_and_a_pair_of_equal_sides_becomes_one() -> None:
    old = {"filters": 8, "kernel": 5, "stride": 1, "padding": "valid", "activation": "relu", "bias": True}

    assert read_layer("Conv2d", old) == Conv2d(filters=8, kernel=5, padding="valid", activation="relu")
    assert Conv2d(kernel=(5, 5)) == Conv2d(kernel=5)
    assert read_layer("Conv2d", {"kernel": [3, 5]}).settings["kernel"] == [3, 5]


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"kernel": 0}, "A window must be 1 to 64 pixels wide, or two such numbers for height × width, not 0."),
        (
            {"kernel": (3, 65)},
            "A window must be 1 to 64 pixels wide, or two such numbers for height × width, not 3×65.",
        ),
        ({"kernel": True}, "A window must be 1 to 64 pixels wide, or two such numbers for height × width, not True."),
        ({"padding": "full"}, "Padding must be same, valid, tf_same or a number from 0 to 64, not full."),
        ({"padding": -1}, "Padding must be same, valid, tf_same or a number from 0 to 64, not -1."),
        ({"dilation": 17}, "Dilation must be at most 16, not 17."),
        ({"padding_mode": "wrap"}, "Padding with must be one of zeros, reflect, replicate, not wrap."),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_a_sentence(setting: dict[str, object], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Conv2d.model_validate(setting)

    assert refusal(Conv2d, caught.value) == text


@pytest.mark.parametrize(
    ("name", "settings", "text"),
    [
        ("HardTanh", {"low": 2, "high": 1}, "Low must be less than high, but they are 2 and 1."),
        ("Permute", {"order": [1, 3]}, "Order must name each side once, such as 2, 1 or 2, 3, 1, not 1×3."),
        (
            "Reshape",
            {"dims": [0, 3]},
            "It must be 1 to 4 whole numbers from 1 to 1,000,000, such as 4×4, not 0×3.",
        ),
        (
            "Reshape",
            {"dims": [1_000_000, 1000]},
            "A shape of 1,000,000,000 values is more than the 100,000,000 that fit in memory.",
        ),
    ],
)
def test_numbers_that_do_not_go_together_are_refused(name: str, settings: dict[str, object], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        LAYERS[name].model_validate(settings)

    assert refusal(LAYERS[name], caught.value) == text


@pytest.mark.parametrize(
    ("layer", "window"),
    [
        (Conv2d(kernel=(3, 5), dilation=2), Window((5, 9), (1, 1), (2, 4))),
        (Conv2d(kernel=3, stride=2, padding="tf_same"), Window((3, 3), (2, 2), (0, 1))),
        (Conv2d(kernel=4), Window((4, 4), (1, 1), (1, 1))),
        (Conv2d(kernel=3, padding=4), Window((3, 3), (1, 1), (4, 4))),
        (MaxPool2d(kernel=(2, 3), padding="tf_same"), Window((2, 3), (2, 2), (0, 1))),
        (Crop(top=2, left=1), Window((1, 1), (1, 1), (-2, -1))),
        (ZeroPad2d(top=3, left=2), Window((1, 1), (1, 1), (3, 2))),
        (PadChannels(stride=2), Window((1, 1), (2, 2), (0, 0))),
        (ConvTranspose2d(), None),
    ],
)
def test_a_value_sees_its_dilated_window_and_the_padding_in_front(layer: Layer, window: Window | None) -> None:
    assert layer.window(Shape((3, 10, 9))) == window


def test_padding_first_and_a_valid_window_see_the_same_as_padding_in_the_layer() -> None:
    first = ZeroPad2d(top=2, left=2, bottom=2, right=2)
    graph = Graph(
        {"a": layer_like("Input", (("dims", (1, 12, 12)),)), "b": first, "c": Conv2d(kernel=5, padding="valid")},
        (Edge("a", "b", "image"), Edge("b", "c", "image")),
    )

    assert fields(graph, check(graph))["c"] == Field((5, 5), (1, 1), (2, 2))


@pytest.mark.parametrize(("side", "stride", "sides"), [(8, 2, (0, 1)), (9, 2, (1, 1)), (7, 3, (1, 1)), (8, 3, (0, 1))])
def test_tensorflows_same_pads_behind_what_is_odd(side: int, stride: int, sides: tuple[int, int]) -> None:
    image = torch.arange(side * side, dtype=torch.float32).reshape(1, 1, side, side)
    pooled = computed(AvgPool2d(kernel=3, stride=stride, padding="tf_same", count_include_pad=True), image)

    assert torch.equal(pooled, F.avg_pool2d(F.pad(image, (*sides, *sides)), 3, stride))
    assert pooled.shape[-1] == -(-side // stride)


def test_a_mean_of_uneven_padding_is_of_the_pixels_alone() -> None:
    pooled = computed(AvgPool2d(kernel=2, stride=1, padding="same"), torch.full((1, 2, 3, 3), 5.0))

    assert torch.equal(pooled, torch.full((1, 2, 3, 3), 5.0))


def test_padding_never_is_the_maximum() -> None:
    pooled = computed(MaxPool2d(kernel=2, stride=1, padding="same"), torch.full((1, 1, 3, 3), -5.0))

    assert torch.equal(pooled, torch.full((1, 1, 3, 3), -5.0))


def test_lp_pooling_is_the_norm_of_a_window_and_learns_from_zeros() -> None:
    image = torch.tensor([[[[3.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]], requires_grad=True)

    pooled = computed(LpPool2d(), image)
    pooled.sum().backward()

    assert pooled.flatten().tolist() == [5.0, 0.0]
    assert image.grad is not None
    assert image.grad.isfinite().all()


def test_depthwise_filters_see_one_channel_each() -> None:
    image = torch.stack([torch.zeros(5, 5), torch.ones(5, 5)])[None]
    layer = Conv2d(filters=2, groups=2, bias=False)

    with torch.no_grad():
        answers = computed(layer, image)

    assert answers[0, 0].abs().max() == 0
    assert answers[0, 1].abs().max() > 0
    assert layer.parameters(Shape((2, 5, 5))) == 18


def test_a_convolution_of_steps_is_torchs_with_features_in_front() -> None:
    steps = torch.randn(2, 7, 3)
    call = Conv1d(filters=4, kernel=3, dilation=2).torch(Shape((7, 3)))
    module = make(call)

    wanted = F.conv1d(steps.transpose(1, 2), module.weight, module.bias, padding=2, dilation=2).transpose(1, 2)

    assert torch.allclose(module(steps), wanted)


def test_a_step_is_all_or_nothing_and_lets_the_gradient_straight_through_near_0() -> None:
    x = torch.tensor([[-3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0]], requires_grad=True)

    y = computed(Step(), x)
    y.sum().backward()

    assert y.tolist() == [[0, 0, 0, 0, 1, 1, 1]]
    assert x.grad is not None
    assert x.grad.tolist() == [[0, 1, 1, 1, 1, 1, 0]]


def test_padded_channels_stand_half_in_front_and_half_behind() -> None:
    image = torch.arange(16.0).reshape(1, 1, 4, 4) + 1

    padded = computed(PadChannels(channels=4, stride=2), image)

    assert padded[0].sum((1, 2)).tolist() == [0, 1 + 3 + 9 + 11, 0, 0]
    assert torch.equal(computed(PadChannels(channels=1), image), image)


def test_hard_tanh_between_0_and_6_is_relu6() -> None:
    x = torch.linspace(-8, 8, 33)[None]

    assert torch.equal(computed(HardTanh(low=0, high=6), x), F.relu6(x))
