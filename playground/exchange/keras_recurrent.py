"""Keras' SimpleRNN, LSTM and GRU as recurrent layers, where they are torch's. See keras_layers.py."""

from __future__ import annotations

from typing import Any

from playground.exchange.keras_making import Making, Value
from playground.exchange.keras_reading import named
from playground.exchange.made import Unsayable

KINDS = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}


def recurrent(making: Making) -> Value:
    """One that reads forward."""
    return making.add(KINDS[making.use.kind], [making.only()], **_settings(making))


def bidirectional(making: Making) -> Value:
    """One that reads both ways, where what both give is joined."""
    inner = making.get("layer")
    if not isinstance(inner, dict) or inner.get("class_name") not in KINDS:
        raise Unsayable("it reads both ways with a layer that is not recurrent here")
    if making.get("merge_mode", "concat") != "concat":
        raise Unsayable("what both directions give is not joined")
    return making.inside(inner, dict.fromkeys(KINDS, _both_ways))


def _both_ways(making: Making) -> Value:
    return making.add(KINDS[making.use.kind], [making.only()], bidirectional=True, **_settings(making))


def _settings(making: Making) -> dict[str, Any]:
    for name in ("go_backwards", "stateful", "return_state", "time_major"):
        if making.get(name):
            raise Unsayable(f"it is set to {name}")
    if not making.get("reset_after", True) and making.use.kind == "GRU":
        raise Unsayable("its reset gate comes before the matrix, and in torch behind it")
    kind, function = making.use.kind, named(making.get("activation", "tanh"))
    if function != "tanh" and not (kind == "SimpleRNN" and function == "relu"):
        raise Unsayable(f"its activation is {function[:40] or 'missing'}")
    gates = named(making.get("recurrent_activation", "sigmoid"))
    if kind != "SimpleRNN" and gates != "sigmoid":
        raise Unsayable(f"its gates are computed by {gates[:40] or 'nothing'}")
    if making.get("use_bias", True) is False:
        making.tell(f"{making.use.name[:60]} has a bias here, which it did not have in Keras.")
    if making.get("dropout") or making.get("recurrent_dropout"):
        making.tell(f"{making.use.name[:60]} drops nothing out here: put a Dropout before it.")
    settings = {"units": making.get("units"), "returns": "sequence" if making.get("return_sequences") else "last"}
    return settings | ({"nonlinearity": function} if kind == "SimpleRNN" else {})


RECURRENT = {**dict.fromkeys(KINDS, recurrent), "Bidirectional": bidirectional}
