"""Every layer, declared once. Importing this package fills LAYERS.

Knows pydantic only: no graph, no torch, no Qt. What a declaration holds is in layer.py; how
layers are joined to a network is in playground.graph.
"""

from playground.layers import (
    activation,
    attention,
    cut,
    dense,
    ends,
    expression,
    image,
    merge,
    normalise,
    pooling,
    rectifiers,
    recurrent,
    reshape,
    squashers,
    steps,
    text,
)
from playground.layers.layer import FAMILIES, LAYERS, Layer

# Imports follow need, the palette follows families.
_in_order = sorted(LAYERS.items(), key=lambda item: FAMILIES.index(item[1].family))
LAYERS.clear()
LAYERS.update(_in_order)

__all__ = [
    "FAMILIES",
    "LAYERS",
    "Layer",
    "activation",
    "attention",
    "cut",
    "dense",
    "ends",
    "expression",
    "image",
    "merge",
    "normalise",
    "pooling",
    "rectifiers",
    "recurrent",
    "reshape",
    "squashers",
    "steps",
    "text",
]
