"""Networks that read, write and translate sequences. Convolutional ones are in convnets.py."""

from __future__ import annotations

from functools import partial

from playground.graph.building import Net, Template, ended
from playground.graph.model import Graph
from playground.layers.attention import Attention
from playground.layers.dense import Dense
from playground.layers.ends import Input
from playground.layers.layer import LAYERS, Layer
from playground.layers.merge import Concat
from playground.layers.recurrent import GRU, LSTM
from playground.layers.shape import Signature
from playground.layers.text import Embedding


def many_to_one(signature: Signature, kind: str, units: int = 32) -> Graph:
    """A recurrent layer that reads all and answers once."""
    net = Net()
    net.line(Input(dims=signature.input.dims), _recurrent(kind, units, "last"))
    return ended(net, signature)


def many_to_many(signature: Signature, kind: str, units: int = 16) -> Graph:
    """A recurrent layer with an answer at every step."""
    net = Net()
    net.line(Input(dims=signature.input.dims), _recurrent(kind, units, "sequence"))
    return ended(net, signature)


def _recurrent(kind: str, units: int, returns: str) -> Layer:
    return LAYERS[kind].model_validate({"units": units, "returns": returns})


def elman(signature: Signature) -> Graph:
    """A dense layer that is fed back its own answer of the step before: Elman 1990."""
    net = Net()
    net.line(Input(dims=signature.input.dims))
    state = net.line(Dense(units=8, activation="tanh"))
    net.wire(state, state, feedback=True)
    net.last = state
    return ended(net, signature)


def char_lm(signature: Signature) -> Graph:
    """A character language model: embedding, LSTM, and at every step a guess at the next letter.

    Where the data want a single answer, the LSTM reads all of the text before it gives one.
    """
    net = Net()
    net.line(Input(dims=signature.input.dims), Embedding(vocabulary=_symbols(signature), size=16))
    net.line(LSTM(units=64, returns="sequence" if signature.steps else "last"))
    return ended(net, signature)


def encoder_decoder(signature: Signature, attends: bool) -> Graph:
    """One GRU reads, its final state begins another that writes; with attention the writer looks back at every step.

    Sutskever, Vinyals and Le 2014; Cho et al. 2014; attention: Luong, Pham and Manning 2015.
    """
    symbols = max(2, signature.outputs)
    net = Net()
    net.named("source", Input(dims=signature.input.dims))
    net.named("source_embedding", Embedding(vocabulary=_symbols(signature), size=16), "source")
    net.named("encoder", GRU(units=64, returns="sequence" if attends else "last"), "source_embedding")
    answers = Input(dims=(signature.steps or signature.input.dims[0],), reads="answers")
    net.named("answers", answers)
    net.named("answer_embedding", Embedding(vocabulary=symbols + 1, size=16), "answers")
    net.named("decoder", GRU(units=64, returns="sequence"), "answer_embedding")
    net.wire("encoder", "decoder", "state")
    if attends:
        net.named("attention", Attention())
        net.wire("decoder", "attention", "query")
        net.wire("encoder", "attention", "keys")
        net.join(Concat(), "decoder", "attention")
    return ended(net, signature)


def _symbols(signature: Signature) -> int:
    """How many codes an embedding of the input needs."""
    return signature.symbols or max(2, signature.outputs)


_STEPS = {"epochs": 30, "batch": 16, "learning_rate": 0.01, "clip": 1.0}
_WRITE = {"epochs": 25, "batch": 32, "learning_rate": 0.01, "schedule": "cosine", "clip": 1.0}

TEMPLATES = (
    Template(
        "elman",
        "Elman network",
        "A dense layer with a feedback edge remembers whether the ones so far were even or odd.",
        "running-parity",
        elman,
        _STEPS,
        family="Recurrent",
    ),
    *(
        Template(
            f"{kind.lower()}-many-to-one",
            f"{kind}, many to one",
            f"An {kind} reads a whole wave and answers once."
            if kind != "GRU"
            else "A GRU reads a whole wave and answers once.",
            "frequency",
            partial(many_to_one, kind=kind),
            {**_STEPS, "schedule": "cosine"},
            family="Recurrent",
        )
        for kind in ("RNN", "LSTM", "GRU")
    ),
    *(
        Template(
            f"{kind.lower()}-many-to-many",
            f"{kind}, many to many",
            "An answer at every step: the parity of the bits so far.",
            "running-parity",
            partial(many_to_many, kind=kind),
            _STEPS,
            family="Recurrent",
        )
        for kind in ("RNN", "LSTM", "GRU")
    ),
    Template(
        "char-lm",
        "Character language model",
        "Reads a book letter by letter and guesses the next one.",
        "alice",
        char_lm,
        {"epochs": 60, "batch": 8, "learning_rate": 0.005, "clip": 1.0, "keep_best": True},
        family="Recurrent",
    ),
    Template(
        "encoder-decoder",
        "Encoder and decoder",
        "One GRU reads eight letters, another writes them backwards from its last state.",
        "reverse",
        partial(encoder_decoder, attends=False),
        _WRITE,
        family="Translation",
    ),
    Template(
        "encoder-decoder-attention",
        "Encoder, decoder, attention",
        "The writer looks back at each letter it needs.",
        "reverse",
        partial(encoder_decoder, attends=True),
        _WRITE,
        family="Translation",
    ),
)
