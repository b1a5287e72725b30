"""What a layer says about inputs it cannot take: the sentence, with its numbers."""

from __future__ import annotations

import pytest

from playground.layers import LAYERS
from playground.layers.shape import Shape, ShapeProblem

IMAGE, SMALL = Shape((32, 14, 14)), Shape((8, 2, 2))
SEQUENCE, VECTOR = Shape((20, 3)), Shape((64,))


@pytest.mark.parametrize(
    ("name", "settings", "inputs", "text"),
    [
        ("Dense", {}, [IMAGE], "Dense needs a vector, but gets 14×14×32."),
        ("Conv2d", {}, [VECTOR], "Conv 2D needs an image, but gets a vector of 64."),
        ("MaxPool2d", {}, [SEQUENCE], "Max pooling needs an image, but gets a sequence of 20 steps × 3."),
        (
            "GlobalAvgPool2d",
            {},
            [VECTOR],
            "Global average pooling needs an image or a sequence, but gets a vector of 64.",
        ),
        (
            "Conv2d",
            {"kernel": 5, "padding": "valid"},
            [SMALL],
            "Conv 2D looks through a 5×5 window, which does not fit a 2×2 image. "
            "Use a smaller window, or shrink the image less before it.",
        ),
        (
            "Conv2d",
            {"kernel": 31, "stride": 2},
            [Shape((1, 1, 0))],
            "Conv 2D looks through a 31×31 window, which does not fit a 1×0 image with padding 15. "
            "Use a smaller window, or shrink the image less before it.",
        ),
        (
            "MaxPool2d",
            {"kernel": 3},
            [SMALL],
            "Max pooling looks through a 3×3 window, which does not fit a 2×2 image. "
            "Use a smaller window, or shrink the image less before it.",
        ),
        (
            "LSTM",
            {},
            [IMAGE],
            "LSTM needs a sequence, but gets 14×14×32. Feed it data with steps, such as frequency, "
            "or a recurrent layer that returns the whole sequence.",
        ),
        ("Add", {}, [IMAGE, SMALL], "Add needs inputs of one shape, but gets 14×14×32 and 2×2×8."),
        (
            "Concat",
            {},
            [IMAGE, SMALL],
            "Concat needs inputs that differ only in channels, but gets 14×14×32 and 2×2×8.",
        ),
        (
            "Output",
            {"units": 10},
            [IMAGE],
            "Output needs a vector of 10 values, one for each class, but gets 14×14×32.",
        ),
        ("Output", {"units": 10}, [VECTOR], "Output needs 10 values, one for each class, but gets 64."),
        (
            "Output",
            {"units": 1, "loss": "mean_squared_error"},
            [VECTOR],
            "Output needs 1 value, one for each number, but gets 64.",
        ),
        (
            "Output",
            {"loss": "binary_cross_entropy"},
            [Shape((2,))],
            "Output needs 1 value, whose sign tells two classes apart, but gets 2.",
        ),
        (
            "Dense",
            {"units": 100_000},
            [Shape((2_000, 3))],
            "Dense 100000 would give 200,000,000 values for each example, more than the 100,000,000 that fit in "
            "memory. Use fewer units or filters, or a larger stride before it.",
        ),
    ],
)
def test_a_misfit_is_told_in_one_sentence_with_its_numbers(
    name: str, settings: dict[str, object], inputs: list[Shape], text: str
) -> None:
    with pytest.raises(ShapeProblem) as caught:
        LAYERS[name].model_validate(settings).infer(*inputs)

    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("loss", "units", "scores"),
    [
        ("cross_entropy", 2, 2),
        ("cross_entropy", 10, 10),
        ("binary_cross_entropy", 2, 1),
        ("binary_cross_entropy", 3, 3),
        ("hinge", 2, 1),
        ("mean_squared_error", 2, 2),
    ],
)
def test_one_score_is_enough_for_two_classes_under_a_loss_of_signs(loss: str, units: int, scores: int) -> None:
    output = LAYERS["Output"].model_validate({"loss": loss, "units": units})

    assert output.infer(Shape((scores,))) == Shape((scores,))
    with pytest.raises(ShapeProblem):
        output.infer(Shape((scores + 1,)))


def test_concat_joins_channels_features_and_units() -> None:
    concat = LAYERS["Concat"]()

    assert concat.infer(Shape((3, 8, 8)), Shape((5, 8, 8))) == Shape((8, 8, 8))
    assert concat.infer(Shape((20, 3)), Shape((20, 4))) == Shape((20, 7))
    assert concat.infer(Shape((3,)), Shape((4,)), Shape((5,))) == Shape((12,))


def test_same_padding_keeps_the_size_and_a_stride_divides_it_upwards() -> None:
    conv = LAYERS["Conv2d"]

    assert conv(kernel=3).infer(Shape((1, 9, 7))).dims[1:] == (9, 7)
    assert conv(kernel=4).infer(Shape((1, 9, 7))).dims[1:] == (9, 7)
    assert conv(kernel=3, stride=2).infer(Shape((1, 9, 7))).dims[1:] == (5, 4)
    assert conv(kernel=3, stride=2, padding="valid").infer(Shape((1, 9, 7))).dims[1:] == (4, 3)
