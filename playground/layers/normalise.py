"""Layers that keep values in a good range or make learning robust. Knows no graph and no torch."""

from __future__ import annotations

from pydantic import Field

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, ShapeProblem, described


class Dropout(Layer, title="Dropout", family="normalisation", stem="drop", keywords=("regularise", "overfitting")):
    """While training, sets a random share of the values to 0 and scales the others up. No unit can rely
    on another, so the network overfits less. When it predicts, everything passes unchanged.

    Formula: x · m / (1 − rate), with each m 0 with chance rate, else 1.
    Shapes: any, unchanged.
    Source: Srivastava et al. 2014.
    """

    rate: float = Field(0.5, ge=0, le=0.99, title="Rate", description="Share of the values set to 0.")

    @property
    def summary(self) -> str:
        return f"{self.rate:.0%} off"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Dropout", self.rate)


class BatchNorm(Layer, title="Batch normalisation", family="normalisation", stem="norm", keywords=("batchnorm", "bn")):
    """Shifts and scales each unit, or each channel of an image, to mean 0 and variance 1 over the batch;
    then a learned scale and shift follow. Deep networks learn faster and bear larger learning rates.
    When it predicts, it uses averages remembered from training.

    Formula: γ (x − mean) / √(variance + ε) + β.
    Shapes: (n,) -> (n,); (C, H, W) -> (C, H, W).
    Source: Ioffe and Szegedy 2015, algorithm 1.
    """

    momentum: float = Field(
        0.1, gt=0, le=1, title="Momentum", description="Weight of the newest batch in the averages."
    )
    epsilon: float = Field(1e-5, ge=1e-12, le=1, title="Epsilon", description="Keeps the division away from 0.")

    @property
    def heading(self) -> str:
        return "Batch norm"

    def shape(self, inputs: Shape) -> Shape:
        if inputs.is_sequence:
            raise ShapeProblem(
                f"Batch normalisation needs a vector or an image, but gets {described(inputs)}. "
                "Put it behind a recurrent layer that returns its last state.",
                (
                    Repair("Return the last state only", "set_source", settings=(("returns", "last"),)),
                    Repair("Remove batch normalisation", "remove"),
                ),
            )
        return inputs

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0].channels

    def torch(self, *inputs: Shape) -> Call:
        name = "nn.BatchNorm2d" if inputs[0].is_image else "nn.BatchNorm1d"
        return call(name, inputs[0].channels, eps=self.epsilon, momentum=self.momentum)
