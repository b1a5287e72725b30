"""Layers that read a sequence step by step and remember. Knows no graph and no torch.

Parameters are counted as torch has them: two bias vectors in each gate.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described, sequence, vector

Returns = Literal["last", "sequence"]


class _Recurrent(Layer):
    """What the recurrent layers share: only the number of gates differs."""

    gates: ClassVar[int] = 1

    units: int = Field(32, ge=1, le=65_536, title="Units", description="Size of the state it carries along.")
    returns: Returns = Field("last", title="Returns", description="The state after the last step, or after each.")

    @property
    def heading(self) -> str:
        return f"{self.type} {self.units}"

    @property
    def summary(self) -> str:
        return "last state" if self.returns == "last" else "whole sequence"

    def shape(self, steps: Shape) -> Shape:
        if not steps.is_sequence:
            raise ShapeProblem(
                f"{self.type} needs a sequence, but gets {described(steps)}. Feed it data with steps, such as "
                "frequency, or a recurrent layer that returns the whole sequence.",
                (
                    Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),)),
                    Repair("Remove the layer before it", "remove_source"),
                    Repair(f"Remove {self.type}", "remove"),
                ),
            )
        return vector(self.units) if self.returns == "last" else sequence(steps.steps, self.units)

    def parameters(self, *inputs: Shape) -> int:
        return self.gates * (self.units * (inputs[0].channels + self.units) + 2 * self.units)

    def multiply_adds(self, *inputs: Shape) -> int:
        return inputs[0].steps * self.gates * self.units * (inputs[0].channels + self.units)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return self._torch(inputs[0].channels).followed_by(call("last", returns=self.returns))

    def _torch(self, features: int) -> Call:
        return call(f"nn.{self.type}", features, self.units, batch_first=True)


class RNN(_Recurrent, title="RNN", family="recurrent", stem="rnn", keywords=("simple recurrent", "Elman")):
    """Reads a sequence step by step: each new state is made of the step's input and the state before.
    So it can remember, but over many steps its gradient fades or explodes. For long memory take
    LSTM or GRU.

    Formula: hₜ = tanh(W xₜ + b + U hₜ₋₁ + c).
    Shapes: (steps, n) -> (units,) or (steps, units).
    Source: Elman 1990; Goodfellow, Bengio and Courville 2016, section 10.2.
    """

    nonlinearity: Literal["tanh", "relu"] = Field(
        "tanh", title="Activation", description="What the new state goes through."
    )

    def _torch(self, features: int) -> Call:
        return call("nn.RNN", features, self.units, nonlinearity=self.nonlinearity, batch_first=True)


class LSTM(_Recurrent, title="LSTM", family="recurrent", stem="lstm", keywords=("long short-term memory",)):
    """Reads a sequence step by step with a memory cell beside its state. Three gates decide what is
    forgotten, what is stored and what is shown, so it can remember over hundreds of steps. It needs four
    times the weights of an RNN.

    Formula: cₜ = f ⊙ cₜ₋₁ + i ⊙ g, hₜ = o ⊙ tanh(cₜ), with i, f, o sigmoids and g a tanh of xₜ and hₜ₋₁.
    Shapes: (steps, n) -> (units,) or (steps, units).
    Source: Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000.
    """

    gates: ClassVar[int] = 4


class GRU(_Recurrent, title="GRU", family="recurrent", stem="gru", keywords=("gated recurrent unit",)):
    """Reads a sequence step by step; one gate says how much of the old state stays, another how much of
    it the new one may use. It remembers about as well as LSTM with three quarters of the weights.
    There is no separate memory cell.

    Formula: hₜ = z ⊙ hₜ₋₁ + (1 − z) ⊙ n, with n = tanh(W xₜ + b + r ⊙ (U hₜ₋₁ + c)), z and r sigmoids.
    Shapes: (steps, n) -> (units,) or (steps, units).
    Source: Cho et al. 2014, section 2.3, with torch's placing of r.
    """

    gates: ClassVar[int] = 3
