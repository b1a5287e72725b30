"""Models that torch's own exporter writes, as others hand them over, become layers that give the same."""

from __future__ import annotations

import io
import warnings

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.exchange.onnx_import import imported
from playground.exchange.onnx_reading import model_of
from playground.graph.check import check
from tests.exchange.onnx_models import close
from tests.exchange.test_onnx_import import given
from tests.exchange.written import drawn


class Images(nn.Module):
    """Computes its flat size from what arrives, and GELU by the error function."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.second = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.last = nn.Linear(8 * 4 * 4, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(torch.relu(self.norm(self.first(x))), 2)
        x = F.gelu(x + self.second(x))
        return torch.log_softmax(self.last(x.view(x.size(0), -1)), 1)


class Words(nn.Module):
    """Batch first, both directions, zeros for a state that are computed from the batch's size."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.memory = nn.Embedding(20, 6), nn.LSTM(6, 7, batch_first=True, bidirectional=True)
        self.last = nn.Linear(14, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.memory(self.table(x))[0][:, -1])


class Signals(nn.Module):
    """Features in front of steps, then behind them; all states and the last one."""

    def __init__(self) -> None:
        super().__init__()
        self.filters, self.norm = nn.Conv1d(4, 8, 3, padding=1), nn.BatchNorm1d(8)
        self.memory, self.last = nn.GRU(8, 7, batch_first=True), nn.Linear(7, 3)

    def forward(self, x: Tensor) -> Tensor:
        states, last = self.memory(F.silu(self.norm(self.filters(x))).transpose(1, 2))
        return self.last(states).mean(1) + self.last(last[0])


class Small(nn.Module):
    """A pooling to one pixel, and numbers in formulas."""

    def __init__(self) -> None:
        super().__init__()
        self.all = nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.LayerNorm(4), nn.Linear(4, 2), nn.Mish(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.all(x) * 2 - 0.5


@pytest.mark.parametrize(
    ("model", "inputs", "kinds"),
    [
        (Images(), drawn(4, 3, 8, 8), "Conv2d MaxPool2d Conv2d Add GELU Flatten Dense LogSoftmax"),
        (Words(), torch.arange(20).reshape(4, 5), "Embedding LSTM LastStep Dense"),
        (Signals(), drawn(4, 4, 9), "Permute Conv1d SiLU GRU GRU Dense GlobalAvgPool2d Dense Add"),
        (Small(), drawn(4, 1, 9, 9), "Conv2d GlobalAvgPool2d LayerNorm Dense Mish Expression Expression"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, nn.Module) else "",
)
def test_it_comes_in_as_layers_and_gives_the_same(model: nn.Module, inputs: Tensor, kinds: str) -> None:
    pytest.importorskip("onnx")
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch says that this exporter is its older one
        torch.onnx.export(
            model.eval(), (inputs,), file, dynamo=False, input_names=["given"], output_names=["scores"],
            dynamic_axes={"given": {0: "N"}}, opset_version=17,
        )  # fmt: skip

    found = imported(model_of(file.getvalue()), "theirs")

    assert found.notes == ()
    assert [layer.type for layer in found.graph.nodes.values()] == ["Input", *kinds.split(), "Output"]
    assert check(found.graph).ok
    with torch.no_grad():
        close(given(found, {"given": inputs.numpy()}), model(inputs))
