"""Layers that read codes of words or characters, and tell steps apart. Knows no graph and no torch.

How text becomes codes is a matter of the data, not of a layer.
"""

from __future__ import annotations

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, described, sequence


class Embedding(Weighted, title="Embedding", family="text", stem="embed", keywords=("word vectors", "tokens")):
    """Looks up a learned vector for each code, so that words or characters used alike get vectors alike. It is the
    first layer for text. Codes are whole numbers from 0; one outside the vocabulary counts as the nearest in it.

    Formula: row number code of a table (vocabulary × size).
    Shapes: (steps,) -> (steps, size); (steps, 1) -> (steps, size).
    Source: Bengio et al. 2003, section 2; Mikolov et al. 2013.
    """

    vocabulary: int = Field(
        1000, ge=1, le=200_000, title="Vocabulary", description="How many codes there are: 0 to one less than this."
    )
    size: int = Field(32, ge=1, le=4096, title="Size", description="Numbers in each code's vector.")
    padding: bool = Field(
        False, title="Code 0 is padding", description="The vector of code 0 begins at 0 and stays there."
    )

    @property
    def heading(self) -> str:
        return f"Embedding {self.size}"

    @property
    def summary(self) -> str:
        return f"{self.vocabulary:,} codes" + (", 0 is padding" if self.padding else "")

    def shape(self, codes: Shape) -> Shape:
        return sequence(_need_codes(self, codes), self.size)

    def parameters(self, *_inputs: Shape) -> int:
        return self.vocabulary * self.size

    def torch(self, *_inputs: Shape) -> Call:
        told = {"padding_idx": 0} if self.padding else {}
        return call("nn.Embedding", self.vocabulary, self.size, **told)


class OneHot(Layer, title="One-hot", family="text", stem="onehot", keywords=("indicator", "dummy", "tokens")):
    """Writes each code as a vector of zeros with a 1 at the code's place. Nothing is learned, and no two codes are
    more alike than others. Codes are whole numbers from 0; one outside counts as the nearest inside.

    Formula: value i is 1 where i is the code, else 0.
    Shapes: (steps,) -> (steps, classes); (steps, 1) -> (steps, classes).
    Source: Goodfellow, Bengio and Courville 2016, section 12.4.2.
    """

    classes: int = Field(
        100, ge=2, le=10_000, title="Classes", description="How many codes there are: 0 to one less than this."
    )

    @property
    def summary(self) -> str:
        return f"{self.classes:,} codes"

    def shape(self, codes: Shape) -> Shape:
        return sequence(_need_codes(self, codes), self.classes)

    def torch(self, *_inputs: Shape) -> Call:
        return call("one_hot", self.classes)


class PositionalEncoding(
    Layer, title="Positional encoding", family="text", stem="position", keywords=("transformer", "sinusoidal", "order")
):
    """Adds waves of many lengths to a sequence, so that each step carries a mark of where it stands. Attention sees
    all steps alike and needs it to know their order. It has nothing to learn.

    Formula: x[t, 2i] + sin(t / 10000^(2i / d)), x[t, 2i + 1] + cos(t / 10000^(2i / d)), t counted from 0.
    Shapes: (steps, d) -> (steps, d).
    Source: Vaswani et al. 2017, section 3.5.
    """

    def shape(self, steps: Shape) -> Shape:
        if not steps.is_sequence:
            raise ShapeProblem(
                f"Positional encoding needs a sequence, but gets {described(steps)}. Put it behind an embedding, "
                "or a layer that returns the whole sequence.",
                (
                    Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),)),
                    Repair("Remove positional encoding", "remove"),
                ),
            )
        return steps

    def torch(self, *inputs: Shape) -> Call:
        return call("positions", inputs[0].steps, inputs[0].channels)


def _need_codes(layer: Layer, codes: Shape) -> int:
    """How many codes there are; one at each step."""
    if codes.rank > 2 or (codes.is_sequence and codes.channels != 1):
        ways = [Repair(f"Remove {layer.type_title}", "remove")]
        if codes.rank > 2:
            ways.insert(0, Repair("Insert Flatten", "insert", "Flatten"))
        raise ShapeProblem(
            f"{layer.type_title} needs one code at each step, but gets {described(codes)}. "
            "Feed it text or one column of codes.",
            tuple(ways),
        )
    return codes.steps
