"""Layers that let each step look at all others and take what it needs. Knows no graph and no torch.

How the weights are computed, and kept to be looked at, is in playground.engine.attention.
"""

from __future__ import annotations

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described, sequence, vector


class Attention(Layer, title="Attention", family="attention", stem="attend", keywords=("Luong", "seq2seq", "align")):
    """Each query looks at all keys and takes the mean of their values, weighed by how alike query and key are.
    So a decoder finds the words it translates, however far back they stand. It has nothing to learn: put Dense
    layers before it for that.

    Formula: softmax(Q Kᵀ / √d) V; not scaled: without √d. Without values, the keys are the values.
    Shapes: query (q, d) or (d,), keys (k, d), values (k, v) -> (q, v) or (v,).
    Source: Luong, Pham and Manning 2015, section 3.1 (dot); scaled: Vaswani et al. 2017, section 3.2.1.
    """

    scaled: bool = Field(True, title="Scaled", description="Divides by the root of the features: gradients last.")
    causal: bool = Field(False, title="Causal", description="No step sees a later one, as where the next is foretold.")

    @property
    def summary(self) -> str:
        return ", ".join(word for word, on in (("scaled", self.scaled), ("causal", self.causal)) if on)

    def shape(self, query: Shape, keys: Shape, values: Shape | None = None) -> Shape:
        _need_three(self, query, keys, values)
        if query.channels != keys.channels:
            ways = tuple(_dense(units, at) for units, at in ((keys.channels, 0), (query.channels, 1)))
            raise ShapeProblem(
                f"Attention compares query and keys number by number, but the query has {query.channels:,} features "
                f"and the keys have {keys.channels:,}. Put a Dense layer before one of them.",
                ways,
            )
        _need_equal_steps(self.causal, query, keys)
        return _answered(query, values or keys)

    def multiply_adds(self, *inputs: Shape) -> int:
        query, keys = inputs[:2]
        pairs = _steps(query) * keys.steps
        return pairs * (keys.channels + (_at(inputs, 2) or keys).channels)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("attention", scaled=self.scaled, causal=self.causal)


class AdditiveAttention(
    Weighted,
    title="Additive attention",
    family="attention",
    stem="attend",
    keywords=("Bahdanau", "align", "seq2seq"),
):
    """Each query looks at all keys and takes the mean of their values, weighed by a small network that learns which
    key suits which query. It was the first attention, between the two halves of a translator.

    Formula: softmaxₖ(v · tanh(W q + U k)) V. Without values, the keys are the values.
    Shapes: query (q, d) or (d,), keys (k, e), values (k, n) -> (q, n) or (n,).
    Source: Bahdanau, Cho and Bengio 2014, appendix A.1.2.
    """

    size: int = Field(32, ge=1, le=4096, title="Size", description="Units of the network that compares.")

    @property
    def summary(self) -> str:
        return f"{self.size} units"

    def shape(self, query: Shape, keys: Shape, values: Shape | None = None) -> Shape:
        _need_three(self, query, keys, values)
        return _answered(query, values or keys)

    def parameters(self, *inputs: Shape) -> int:
        return self.size * (inputs[0].channels + inputs[1].channels + 1)

    def multiply_adds(self, *inputs: Shape) -> int:
        query, keys = inputs[:2]
        compared = query.size + keys.size + _steps(query) * keys.steps
        return self.size * compared + _steps(query) * (_at(inputs, 2) or keys).size

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return call("additive_attention", inputs[0].channels, inputs[1].channels, self.size)


class MultiHeadAttention(
    Weighted, title="Multi-head attention", family="attention", stem="heads", keywords=("transformer", "self-attention")
):
    """Several attentions side by side, each with learned views of query, keys and values. Every step can gather
    what it needs from all others at once; it is the heart of a transformer. Without a memory a sequence looks
    at itself (self-attention).

    Formula: headᵢ = softmax(Q Wᵢ (K Uᵢ)ᵀ / √(d / heads)) V Vᵢ; all heads side by side, times W, plus biases.
    Shapes: query (q, d) or (d,), memory (k, e) -> as the query.
    Source: Vaswani et al. 2017, section 3.2.2.
    """

    heads: int = Field(4, ge=1, le=256, title="Heads", description="Attentions side by side; they share the features.")
    causal: bool = Field(False, title="Causal", description="No step sees a later one, as where the next is foretold.")

    @property
    def heading(self) -> str:
        return f"Attention × {self.heads}"

    @property
    def summary(self) -> str:
        return f"{self.heads} head{'s' if self.heads > 1 else ''}" + (", causal" if self.causal else "")

    def shape(self, query: Shape, memory: Shape | None = None) -> Shape:
        _need_query(self, query)
        _need_sequence(self, "memory" if memory else "query", memory or query, 1 if memory else 0)
        features = query.channels
        if features % self.heads:
            whole = -(-features // self.heads) * self.heads
            fits = max(heads for heads in range(1, self.heads) if features % heads == 0)
            raise ShapeProblem(
                f"{self.type_title} divides the features among its heads, but {features:,} features do not divide "
                f"by {self.heads}. Use {fits} head{'s' if fits > 1 else ''}, or {whole:,} features.",
                (
                    Repair(f"Set heads to {fits}", "set", settings=(("heads", fits),)),
                    _dense(whole, 0),
                ),
            )
        _need_equal_steps(self.causal, query, memory or query)
        return query

    def parameters(self, *inputs: Shape) -> int:
        width = inputs[0].channels
        read = (_at(inputs, 1) or inputs[0]).channels
        return 2 * width * width + 2 * width * read + 4 * width

    def multiply_adds(self, *inputs: Shape) -> int:
        query, memory = inputs[0], _at(inputs, 1) or inputs[0]
        width = query.channels
        views = 2 * _steps(query) * width * width + 2 * memory.size * width
        return views + 2 * _steps(query) * memory.steps * width

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        width, read = inputs[0].channels, (_at(inputs, 1) or inputs[0]).channels
        others = {} if read == width else {"kdim": read, "vdim": read}
        return call("nn.MultiheadAttention", width, self.heads, causal=self.causal, **others)


def _at(inputs: tuple[Shape, ...], index: int) -> Shape | None:
    """The shape at a port; None where it is empty."""
    return inputs[index] if index < len(inputs) else None


def _dense(units: int, edge: int) -> Repair:
    return Repair(f"Insert Dense {units}", "insert", "Dense", (("units", units),), edge)


def _steps(query: Shape) -> int:
    """A vector asks once."""
    return query.steps if query.is_sequence else 1


def _answered(query: Shape, values: Shape) -> Shape:
    """A mean of values for each query."""
    return vector(values.channels) if query.is_vector else sequence(query.steps, values.channels)


def _need_query(layer: Layer, query: Shape) -> None:
    """A query may be one vector."""
    if query.rank > 2:
        raise ShapeProblem(
            f"{layer.type_title} needs a sequence or a vector as query, but gets {described(query)}.",
            (Repair("Insert Flatten", "insert", "Flatten"),),
        )


def _need_sequence(layer: Layer, port: str, given: Shape, edge: int) -> None:
    """What is looked at has steps."""
    if not given.is_sequence:
        raise ShapeProblem(
            f"{layer.type_title} looks at the steps of a sequence, but gets {described(given)} as {port}. "
            "Feed it a recurrent layer that returns the whole sequence, or other data with steps.",
            (Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),), edge=edge),),
        )


def _need_three(layer: Layer, query: Shape, keys: Shape, values: Shape | None) -> None:
    """A query, keys, and a value for each key."""
    _need_query(layer, query)
    _need_sequence(layer, "keys", keys, 1)
    if values is None:
        return
    _need_sequence(layer, "values", values, 2)
    if values.steps != keys.steps:
        raise ShapeProblem(
            f"{layer.type_title} needs one value for each key, but gets {keys.steps:,} keys and {values.steps:,} "
            "values. Feed both from the same sequence, or leave the values empty."
        )


def _need_equal_steps(causal: bool, query: Shape, keys: Shape) -> None:
    """Which keys are later than a query is known only where both count the same steps."""
    if causal and _steps(query) != keys.steps:
        raise ShapeProblem(
            f"Causal attention needs as many queries as keys, but gets {_steps(query):,} and {keys.steps:,}. "
            "Let all steps be seen, or feed both from the same sequence.",
            (Repair("Let all steps be seen", "set", settings=(("causal", False),)),),
        )
