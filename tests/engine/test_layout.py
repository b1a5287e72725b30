"""How images lie in memory: as is fastest on a processor, which no number may show."""

from __future__ import annotations

import pytest
import torch

from playground.app.document import make_project
from playground.engine.compile import build

NAMES = ("digits-cnn", "image-cnn", "cifar-resnet-20")


def network(name: str):
    document, dataset = make_project(name)
    return build(document.graph), torch.from_numpy(dataset.inputs[:4])


@pytest.mark.parametrize("name", NAMES)
def test_scores_and_gradients_are_those_of_the_plain_layout(name, monkeypatch):
    made, x = network(name)
    made.eval()
    scores = made(x)
    found = torch.autograd.grad(scores.square().sum(), list(made.parameters()))
    monkeypatch.setattr(made, "_slides", False)
    plain = made(x)
    expected = torch.autograd.grad(plain.square().sum(), list(made.parameters()))
    assert torch.allclose(scores, plain, rtol=1e-5, atol=1e-5 * float(plain.detach().abs().max()))
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-4 * float(other.abs().max()))


def test_the_channels_of_a_pixel_lie_side_by_side_where_images_are_convolved():
    made, x = network("digits-cnn")
    assert made.activations(x, ["conv2"])["conv2"].is_contiguous(memory_format=torch.channels_last)
    assert all(weight.is_contiguous() for weight in made.parameters())  # as they are stored


def test_images_that_nothing_slides_over_are_left_as_they_are():
    made, x = network("digits-mlp")
    assert made._laid_out(x) is x
