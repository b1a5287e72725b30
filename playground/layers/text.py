"""Layers that turn codes of symbols into vectors. Knows no graph and no torch.

Codes are whole numbers from 0, as data.language makes them; others are taken to the nearest that there is.
"""

from __future__ import annotations

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described


def _steps(name: str, codes: Shape) -> int:
    """How many codes there are. Raises ShapeProblem for what are no codes."""
    if codes.is_vector:
        return codes.size
    if codes.is_sequence and codes.channels == 1:
        return codes.steps
    raise ShapeProblem(
        f"{name} needs codes, one number a step, but gets {described(codes)}.",
        (Repair(f"Remove {name.lower()}", "remove"), Repair("Remove the layer before it", "remove_source")),
    )


class Embedding(Weighted, title="Embedding", family="text", stem="embed", keywords=("word vectors", "lookup", "token")):
    """Gives each symbol a vector of its own, which is learned: symbols that are used alike come to lie close to
    each other. It reads codes, whole numbers from 0 to the vocabulary less one.

    Formula: yₜ = the row of W that the code xₜ names.
    Shapes: (steps,) or (steps, 1) -> (steps, size).
    Source: Bengio et al. 2003, section 2; Mikolov et al. 2013.
    """

    vocabulary: int = Field(32, ge=1, le=1_000_000, title="Vocabulary", description="How many symbols there are.")
    size: int = Field(16, ge=1, le=65_536, title="Size", description="Numbers in each symbol's vector.")

    padding: bool = Field(
        False, title="Code 0 is padding", description="The vector of code 0 begins at 0 and stays there."
    )

    @property
    def summary(self) -> str:
        return f"{self.vocabulary} symbols · {self.size} numbers"

    def shape(self, codes: Shape) -> Shape:
        return Shape((_steps("Embedding", codes), self.size))

    def parameters(self, *_inputs: Shape) -> int:
        return self.vocabulary * self.size

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("embedding", self.vocabulary, self.size, padding_idx=0 if self.padding else None)


class OneHot(Layer, title="One-hot", family="text", stem="onehot", keywords=("indicator", "categorical", "dummy")):
    """Gives each symbol a place of its own: 1 there and 0 everywhere else. No symbol is closer to one than to
    another, which an Embedding would learn. It has nothing to learn.

    Formula: yₜ,ₖ = 1 if xₜ = k, else 0.
    Shapes: (steps,) or (steps, 1) -> (steps, symbols).
    Source: Goodfellow, Bengio and Courville 2016, section 12.4.2.
    """

    symbols: int = Field(32, ge=1, le=100_000, title="Symbols", description="How many symbols there are.")

    @property
    def summary(self) -> str:
        return f"{self.symbols} symbols"

    def shape(self, codes: Shape) -> Shape:
        return Shape((_steps("One-hot", codes), self.symbols))

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("one_hot", self.symbols)


class PositionalEncoding(
    Layer, title="Positional encoding", family="text", stem="position", keywords=("sinusoidal", "transformer")
):
    """Adds to each step waves that say where in the sequence it stands, which attention by itself cannot know.
    It has nothing to learn.

    Formula: + sin(t / 10000^(2i/d)) to feature 2i, + cos of the same to feature 2i + 1.
    Shapes: (steps, d) -> (steps, d).
    Source: Vaswani et al. 2017, section 3.5.
    """

    def shape(self, steps: Shape) -> Shape:
        if not steps.is_sequence:
            raise ShapeProblem(
                f"Positional encoding needs a sequence, but gets {described(steps)}.",
                (Repair("Remove positional encoding", "remove"),),
            )
        return steps

    def torch(self, *inputs: Shape) -> Call:
        return call("positional_encoding", inputs[0].steps, inputs[0].channels)
