"""Layers that read a sequence step by step and remember. Knows no graph and no torch.

Parameters are counted as torch has them: two bias vectors in each gate. How a state is written as one
vector, and what is passed on, is computed in playground.engine.recurrent.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from playground.layers.layer import Call, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described, sequence, vector

Returns = Literal["last", "sequence", "state"]
MOST_UNITS = 65_536


class _Recurrent(Weighted):
    """What the recurrent layers share: only the number of gates, and of vectors in a state, differs."""

    state_port: ClassVar[str] = "state"
    weighs: ClassVar[bool] = True
    gates: ClassVar[int] = 1
    vectors: ClassVar[int] = 1
    """Vectors of `units` numbers in the state of one layer and direction: an LSTM's h and c are two."""

    units: int = Field(32, ge=1, le=MOST_UNITS, title="Units", description="Size of the state it carries along.")
    returns: Returns = Field(
        "last",
        title="Returns",
        description="What it gives after the last step, after each, or the whole final state of all its layers.",
    )
    layers: int = Field(1, ge=1, le=8, title="Layers", description="How many are stacked, each reading the one below.")
    bidirectional: bool = Field(
        False, title="Both directions", description="A second one reads from the end; what both give is joined."
    )
    dropout: float = Field(
        0.0, ge=0, le=0.99, title="Dropout", description="Share of values set to 0 between stacked layers in training."
    )

    @property
    def heading(self) -> str:
        return f"{self.type} {self.units}" + (f" × {self.layers}" if self.layers > 1 else "")

    @property
    def summary(self) -> str:
        what = {"last": "last state", "sequence": "whole sequence", "state": "whole state"}[self.returns]
        return what + (", both directions" if self.bidirectional else "")

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def hidden(self) -> int:
        """Numbers in h over all layers and directions."""
        return self.layers * self.directions * self.units

    def shape(self, steps: Shape, state: Shape | None = None) -> Shape:
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
        if state is not None and (not state.is_vector or state.size not in self._state_sizes()):
            raise self._wrong_state(state)
        if self.returns == "state":
            return self.final_state()
        given = self.units * self.directions
        return vector(given) if self.returns == "last" else sequence(steps.steps, given)

    def final_state(self) -> Shape:
        """All numbers of h after the last step: layer by layer, forward before backward; an LSTM's c behind them."""
        return vector(self.hidden * self.vectors)

    def _state_sizes(self) -> tuple[int, ...]:
        """What an initial state may measure: the whole of it, or h alone while the rest begins at 0."""
        return tuple(dict.fromkeys((self.hidden * self.vectors, self.hidden)))

    def _wrong_state(self, state: Shape) -> ShapeProblem:
        sizes = " or ".join(f"{size:,}" for size in self._state_sizes())
        text = f"{self.type} needs an initial state of {sizes} numbers, but gets {described(state)}."
        if not state.is_vector:
            return ShapeProblem(
                f"{text} Make a vector of it first.", (Repair("Insert Flatten", "insert", "Flatten", edge=1),)
            )
        whole = self.hidden * self.vectors
        ways = [Repair(f"Insert Dense {whole}", "insert", "Dense", (("units", whole),), 1)]
        per_unit = whole // self.units
        if state.size % per_unit == 0 and state.size // per_unit <= MOST_UNITS:
            units = state.size // per_unit
            ways.append(Repair(f"Set units to {units}", "set", settings=(("units", units),)))
        return ShapeProblem(f"{text} Put a Dense layer before it, or give it other units.", tuple(ways))

    def _read(self, features: int) -> list[int]:
        """What each stacked layer reads at a step."""
        return [features] + [self.units * self.directions] * (self.layers - 1)

    def parameters(self, *inputs: Shape) -> int:
        each = (self.units * (read + self.units) + 2 * self.units for read in self._read(inputs[0].channels))
        return self.gates * self.directions * sum(each)

    def multiply_adds(self, *inputs: Shape) -> int:
        each = (self.units * (read + self.units) for read in self._read(inputs[0].channels))
        return inputs[0].steps * self.gates * self.directions * sum(each)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        made = call(f"nn.{self.type}", inputs[0].channels, self.units, **self._arguments())
        return made.followed_by(
            call("last", returns=self.returns, hidden=self.hidden, wide=self.units * self.directions)
        )

    def _arguments(self) -> dict[str, Any]:
        """What torch is told beside the sizes; only what differs from its defaults."""
        told: dict[str, Any] = {}
        if self.layers > 1:
            told["num_layers"] = self.layers
            if self.dropout:
                told["dropout"] = self.dropout
        if self.bidirectional:
            told["bidirectional"] = True
        return {**told, "batch_first": True}


class RNN(_Recurrent, title="RNN", family="recurrent", stem="rnn", keywords=("simple recurrent", "Elman")):
    """Reads a sequence step by step: each new state is made of the step's input and the state before.
    So it can remember, but over many steps its gradient fades or explodes. For long memory take
    LSTM or GRU.

    Formula: hₜ = tanh(W xₜ + b + U hₜ₋₁ + c).
    Shapes: (steps, n) -> (units,), (steps, units) or (layers · directions · units,)
    for the whole state; twice as many units in both directions.
    Source: Elman 1990; Goodfellow, Bengio and Courville 2016, section 10.2.
    """

    nonlinearity: Literal["tanh", "relu"] = Field(
        "tanh", title="Activation", description="What the new state goes through."
    )

    def _arguments(self) -> dict[str, Any]:
        return {"nonlinearity": self.nonlinearity, **super()._arguments()}


class LSTM(_Recurrent, title="LSTM", family="recurrent", stem="lstm", keywords=("long short-term memory",)):
    """Reads a sequence step by step with a memory cell beside its state. Three gates decide what is
    forgotten, what is stored and what is shown, so it can remember over hundreds of steps. It needs four
    times the weights of an RNN.

    Formula: cₜ = f ⊙ cₜ₋₁ + i ⊙ g, hₜ = o ⊙ tanh(cₜ), with i, f, o sigmoids and g a tanh of xₜ and hₜ₋₁.
    Shapes: (steps, n) -> (units,), (steps, units) or (2 · layers · directions · units,)
    for the whole state; twice as many units in both directions.
    Source: Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000.
    """

    gates: ClassVar[int] = 4
    vectors: ClassVar[int] = 2


class GRU(_Recurrent, title="GRU", family="recurrent", stem="gru", keywords=("gated recurrent unit",)):
    """Reads a sequence step by step; one gate says how much of the old state stays, another how much of
    it the new one may use. It remembers about as well as LSTM with three quarters of the weights.
    There is no separate memory cell.

    Formula: hₜ = z ⊙ hₜ₋₁ + (1 − z) ⊙ n, with n = tanh(W xₜ + b + r ⊙ (U hₜ₋₁ + c)), z and r sigmoids.
    Shapes: (steps, n) -> (units,), (steps, units) or (layers · directions · units,)
    for the whole state; twice as many units in both directions.
    Source: Cho et al. 2014, section 2.3, with torch's placing of r.
    """

    gates: ClassVar[int] = 3
