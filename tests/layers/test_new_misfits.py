"""What convolutions, norms, merges and reshapes say about inputs they cannot take, and the ways out they offer."""

from __future__ import annotations

import pytest

from playground.layers import LAYERS
from playground.layers.shape import Shape, ShapeProblem

IMAGE, SMALL, SEQUENCE, VECTOR = Shape((6, 8, 8)), Shape((6, 2, 2)), Shape((20, 3)), Shape((64,))

MISFITS: tuple[tuple[str, dict[str, object], list[Shape], str, list[str]], ...] = (
    (
        "Conv2d",
        {"groups": 4, "filters": 16},
        [IMAGE],
        "Conv 2D splits its input into 4 groups, which must divide both its 6 input channels and its 16 filters. "
        "Use 2 groups, or other numbers of channels.",
        ["Set groups to 2"],
    ),
    (
        "Conv2d",
        {"groups": 6, "filters": 16},
        [IMAGE],
        "Conv 2D splits its input into 6 groups, which must divide both its 6 input channels and its 16 filters. "
        "Use 2 groups, or other numbers of channels.",
        ["Set groups to 2", "Set filters to 18"],
    ),
    (
        "Conv2d",
        {"kernel": (1, 5), "padding_mode": "reflect"},
        [SMALL],
        "Conv 2D cannot reflect 2×2 into a padding of 2: what is reflected must be smaller than the input. "
        "Fill the padding with zeros, or use a smaller window.",
        ["Fill padding with zeros"],
    ),
    (
        "Conv2d",
        {"kernel": (3, 1), "dilation": 2, "padding": "valid"},
        [SMALL],
        "Conv 2D looks through a 5×1 window, which does not fit a 2×2 image. "
        "Use a smaller window, or shrink the image less before it.",
        ["Set padding to same", "Set window to 1×1"],
    ),
    (
        "Conv1d",
        {"kernel": 30, "padding": "valid"},
        [SEQUENCE],
        "Conv 1D looks through a 30-step window, which does not fit 20 steps. "
        "Use a smaller window, or shrink the sequence less before it.",
        ["Set padding to same", "Set window to 20"],
    ),
    (
        "Conv1d",
        {},
        [VECTOR],
        "Conv 1D needs a sequence, but gets a vector of 64. Feed it data with steps, or a recurrent layer that "
        "returns the whole sequence.",
        ["Return the whole sequence", "Remove the layer before it", "Remove Conv 1D"],
    ),
    (
        "ConvTranspose2d",
        {"output_padding": 2},
        [IMAGE],
        "Transposed conv 2D has output padding 2, which must be smaller than its stride or dilation of 2. "
        "Use at most 1.",
        ["Set output padding to 1"],
    ),
    (
        "ConvTranspose2d",
        {"padding": 9},
        [IMAGE],
        "Transposed conv 2D cuts 9 pixels off all around, and nothing is left of 16×16. Use less padding.",
        ["Set padding to 0"],
    ),
    (
        "MaxPool2d",
        {"kernel": 3, "padding": 2},
        [IMAGE],
        "Max pooling has padding 2, more than half its window of 3×3, so some windows would see no input. "
        "Use at most 1.",
        ["Set padding to 1"],
    ),
    (
        "GroupNorm",
        {"groups": 4},
        [IMAGE],
        "Group normalisation splits channels into 4 groups, which must divide the 6 it gets. Use 2.",
        ["Set groups to 2", "Remove group normalisation"],
    ),
    (
        "InstanceNorm2d",
        {},
        [Shape((6, 1, 1))],
        "Instance normalisation needs more than one pixel in each channel, but gets 1×1×6: it would set all to 0. "
        "Put it before the image is that small.",
        ["Remove instance normalisation"],
    ),
    (
        "Multiply",
        {},
        [VECTOR, Shape((32,))],
        "Multiply needs inputs of one shape, but gets a vector of 64 and a vector of 32.",
        ["Insert Dense 64 to match", "Insert Dense 32 to match"],
    ),
    (
        "Gate",
        {},
        [VECTOR, VECTOR, SEQUENCE],
        "Gate needs inputs of one shape, but gets a vector of 64 and a sequence of 20 steps × 3.",
        ["Insert Flatten"],
    ),
    (
        "Subtract",
        {},
        [IMAGE, Shape((6, 4, 4))],
        "Subtract needs inputs of one shape, but gets 8×8×6 and 4×4×6.",
        ["Insert Conv 1×1, stride 2, to match channels"],
    ),
    (
        "DotProduct",
        {},
        [VECTOR, IMAGE],
        "Dot product needs two vectors or two sequences, but gets 8×8×6.",
        ["Insert Flatten", "Insert global pooling"],
    ),
    (
        "Reshape",
        {"dims": (4, 4)},
        [VECTOR],
        "Reshape makes a sequence of 4 steps × 4, which is 16 values, but gets a vector of 64, which is 64. "
        "Choose sides whose product is 64.",
        ["Reshape to 64", "Remove reshape"],
    ),
    (
        "Permute",
        {},
        [IMAGE],
        "Permute puts 2 sides in order, but gets 8×8×6, which has 3. Name each of them once.",
        ["Set order to 2, 3, 1", "Remove permute"],
    ),
    (
        "RepeatVector",
        {},
        [SEQUENCE],
        "Repeat over time needs a vector, but gets a sequence of 20 steps × 3. Flatten it first, or take its last "
        "step.",
        ["Return the last state only", "Insert Flatten", "Remove repeat over time"],
    ),
    (
        "LastStep",
        {},
        [VECTOR],
        "Last step needs a sequence or a film, but gets a vector of 64. Put it behind a layer that returns the whole "
        "sequence.",
        ["Return the whole sequence", "Remove last step"],
    ),
    (
        "Crop",
        {"top": 6, "height": 4, "width": 8},
        [IMAGE],
        "Crop takes 4×8 pixels from row 6 and column 0 on, which reach out of the 8×8 image. Take a smaller piece.",
        ["Crop 2×8 from 6, 0", "Remove crop"],
    ),
    (
        "Slice",
        {"along": "steps"},
        [IMAGE],
        "Slice takes steps, but gets 8×8×6, which has none. Slice along channels.",
        ["Slice along channels", "Remove slice"],
    ),
    (
        "Slice",
        {"start": 2, "stop": 9},
        [IMAGE],
        "Slice takes channels from 2 up to 9, but there are 6 in 8×8×6. Choose a start before the end, and an end of "
        "at most 6.",
        ["Take all 6", "Remove slice"],
    ),
    (
        "ZeroPad2d",
        {"top": 2, "mode": "reflect"},
        [SMALL],
        "Pad 2D cannot reflect a 2×2 image by 2, 1 rows and 1, 1 columns: they must be fewer than it has. Pad with "
        "zeros, or by less.",
        ["Pad with zeros", "Remove pad 2D"],
    ),
    (
        "PadChannels",
        {"channels": 4},
        [IMAGE],
        "Pad channels gives 4 channels, but gets 6 already. It can only add: use at least 6, or a 1×1 convolution.",
        ["Set channels to 6", "Remove pad channels"],
    ),
    ("Dense", {}, [Shape((4, 6, 8, 8))], "Dense needs a vector, but gets a film of 4 images 8×8×6.",
     ["Insert Flatten", "Insert global pooling"]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "inputs", "text", "ways_out"), MISFITS)
def test_a_misfit_is_told_in_one_sentence_with_ways_out(
    name: str, settings: dict[str, object], inputs: list[Shape], text: str, ways_out: list[str]
) -> None:
    with pytest.raises(ShapeProblem) as caught:
        LAYERS[name].model_validate(settings).infer(*inputs)

    assert str(caught.value) == text
    assert [repair.label for repair in caught.value.repairs] == ways_out


@pytest.mark.parametrize(("name", "settings", "inputs", "text", "ways_out"), MISFITS)
def test_a_way_out_that_sets_something_leads_out(
    name: str, settings: dict[str, object], inputs: list[Shape], text: str, ways_out: list[str]
) -> None:
    layer = LAYERS[name].model_validate(settings)
    with pytest.raises(ShapeProblem) as caught:
        layer.infer(*inputs)

    for repair in caught.value.repairs:
        if repair.action == "set":
            assert layer.with_settings(**dict(repair.settings)).infer(*inputs).size > 0
