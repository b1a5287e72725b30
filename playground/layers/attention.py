"""Layers that look up: for each query, a mixture of the values whose keys suit it. Knows no graph and no torch."""

from __future__ import annotations

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described

_SEQUENCE = (Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),)),)


def _need_sequence(name: str, port: str, given: Shape) -> None:
    if not given.is_sequence:
        raise ShapeProblem(f"{name} needs a sequence for its {port}, but gets {described(given)}.", _SEQUENCE)


def _dense(units: int, port: str, edge: int) -> Repair:
    return Repair(f"Insert Dense {units} for {port}", "insert", "Dense", (("units", units),), edge)


class Attention(Layer, title="Attention", family="attention", stem="attention", keywords=("dot product", "Luong")):
    """For each query, a mean of the values, weighted by how well its key fits the query: so a decoder looks back
    at the words it is translating. Without an edge to its values, the keys are the values. Causal lets a step
    look only at itself and the steps before it. It has nothing to learn.

    Formula: softmax(Q Kᵀ / √d) V; without scaling, softmax(Q Kᵀ) V.
    Shapes: queries (m, d), keys (n, d), values (n, v) -> (m, v); a query that is a vector (d,) gives (v,).
    Source: Luong, Pham and Manning 2015, section 3.1 (dot); Vaswani et al. 2017, section 3.2.1 (scaled).
    """

    scaled: bool = Field(True, title="Scaled", description="Divides the fit by √d, so that it does not saturate.")
    causal: bool = Field(False, title="Causal", description="Each step sees only itself and the steps before it.")

    @property
    def summary(self) -> str:
        return " · ".join(filter(None, ("scaled" if self.scaled else "dot product", "causal" if self.causal else "")))

    def shape(self, query: Shape, keys: Shape, values: Shape | None = None) -> Shape:
        _need_sequence("Attention", "keys", keys)
        values = values or keys
        _need_sequence("Attention", "values", values)
        if not (query.is_sequence or query.is_vector):
            raise ShapeProblem(f"Attention needs a vector or a sequence to ask with, but gets {described(query)}.")
        if query.channels != keys.channels:
            raise ShapeProblem(
                f"Attention compares queries of {query.channels} features with keys of {keys.channels}. "
                "Bring them to one size.",
                (
                    _dense(keys.channels, "the queries", 0),
                    _dense(query.channels, "the keys", 1),
                ),
            )
        if values.steps != keys.steps:
            raise ShapeProblem(f"Attention has {keys.steps} keys for {values.steps} values. Give it one key a value.")
        if self.causal and (query.is_vector or query.steps != keys.steps):
            raise ShapeProblem(
                "Causal attention needs as many queries as keys. Turn causal off, or let a sequence look at itself.",
                (Repair("Turn causal off", "set", settings=(("causal", False),)),),
            )
        return Shape((*query.dims[:-1], values.channels))

    def multiply_adds(self, *inputs: Shape | None) -> int:
        query, keys = inputs[0], inputs[1]
        assert query is not None
        assert keys is not None
        values = inputs[2] if len(inputs) > 2 and inputs[2] is not None else keys
        questions = 1 if query.is_vector else query.steps
        return questions * keys.steps * (keys.channels + values.channels)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("attention", scaled=self.scaled, causal=self.causal)


class MultiHeadAttention(
    Weighted, title="Multi-head attention", family="attention", stem="heads", keywords=("transformer", "self-attention")
):
    """Several attentions side by side, each over its own learned projections of queries, keys and values, and a
    projection of all they found. Without an edge to its memory the sequence looks at itself (self-attention).

    Formula: Concat(headᵢ) W, headᵢ = softmax(Q Wᵢ (K Uᵢ)ᵀ / √(d / heads)) V Zᵢ.
    Shapes: queries (m, d), memory (n, d) -> (m, d), with d divisible by the heads.
    Source: Vaswani et al. 2017, section 3.2.2.
    """

    heads: int = Field(4, ge=1, le=64, title="Heads", description="Attentions side by side.")
    causal: bool = Field(False, title="Causal", description="Each step sees only itself and the steps before it.")

    @property
    def heading(self) -> str:
        return f"{self.heads}-head attention"

    @property
    def summary(self) -> str:
        return "causal" if self.causal else ""

    def shape(self, query: Shape, memory: Shape | None = None) -> Shape:
        _need_sequence("Multi-head attention", "queries", query)
        memory = memory or query
        _need_sequence("Multi-head attention", "memory", memory)
        size = query.channels
        if memory.channels != size:
            raise ShapeProblem(
                f"Multi-head attention needs a memory of {size} features, but gets {memory.channels}.",
                (_dense(size, "the memory", 1),),
            )
        if size % self.heads:
            fitting = max(heads for heads in range(1, self.heads) if size % heads == 0)
            raise ShapeProblem(
                f"{size} features cannot be divided among {self.heads} heads. Take a number that divides them.",
                (Repair(f"Set heads to {fitting}", "set", settings=(("heads", fitting),)),),
            )
        if self.causal and memory.steps != query.steps:
            raise ShapeProblem(
                "Causal attention needs as many queries as keys. Turn causal off, or let a sequence look at itself.",
                (Repair("Turn causal off", "set", settings=(("causal", False),)),),
            )
        return query

    def parameters(self, *inputs: Shape) -> int:
        size = inputs[0].channels
        return 4 * size * (size + 1)

    def multiply_adds(self, *inputs: Shape | None) -> int:
        query = inputs[0]
        assert query is not None
        memory = inputs[1] if len(inputs) > 1 and inputs[1] is not None else query
        size = query.channels
        projections = 2 * query.steps * size * size + 2 * memory.steps * size * size
        return projections + 2 * query.steps * memory.steps * size

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return call("multi_head_attention", inputs[0].channels, self.heads, causal=self.causal)


class AdditiveAttention(
    Weighted, title="Additive attention", family="attention", stem="attention", keywords=("Bahdanau", "concat")
):
    """For each query, a mean of the memory, weighted by a small network's judgement of how well query and memory
    go together: the first attention for translation. It can compare sequences of different sizes.

    Formula: Σⱼ αⱼ mⱼ, α = softmaxⱼ(v · tanh(W q + U mⱼ)).
    Shapes: queries (m, d), memory (n, e) -> (m, e); a query that is a vector gives (e,).
    Source: Bahdanau, Cho and Bengio 2014, section 3.1 and appendix A.1.2.
    """

    units: int = Field(16, ge=1, le=65_536, title="Units", description="Size of the comparison.")

    @property
    def summary(self) -> str:
        return f"{self.units} units"

    def shape(self, query: Shape, memory: Shape) -> Shape:
        _need_sequence("Additive attention", "memory", memory)
        if not (query.is_sequence or query.is_vector):
            raise ShapeProblem(f"Attention needs a vector or a sequence to ask with, but gets {described(query)}.")
        return Shape((*query.dims[:-1], memory.channels))

    def parameters(self, *inputs: Shape) -> int:
        return self.units * (inputs[0].channels + inputs[1].channels + 1)

    def multiply_adds(self, *inputs: Shape) -> int:
        query, memory = inputs
        questions = 1 if query.is_vector else query.steps
        projections = self.units * (questions * query.channels + memory.steps * memory.channels)
        return projections + questions * memory.steps * (self.units + memory.channels)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return call("additive_attention", inputs[0].channels, inputs[1].channels, self.units)
