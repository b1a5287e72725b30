"""The torch modules that layers' calls may name: a closed table, so that nothing else can be built from a file.

What torch lacks is in merging.py, reshaping.py, shaping.py and sliding.py beside this.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from playground.engine import merging, reshaping, shaping, sliding
from playground.engine.attention import (
    AdditiveAttention,
    Attention,
    Embedding,
    MultiHeadAttention,
    OneHot,
    PositionalEncoding,
)
from playground.engine.formula import Expression
from playground.engine.recurrent import GRU, LSTM, RNN, Steps
from playground.layers.layer import Call

TABLE: dict[str, Callable[..., nn.Module]] = {
    "expression": Expression,
    "attention": Attention,
    "multi_head_attention": MultiHeadAttention,
    "additive_attention": AdditiveAttention,
    "embedding": Embedding,
    "one_hot": OneHot,
    "positional_encoding": PositionalEncoding,
    "add": merging.Add,
    "average": merging.Average,
    "concat": merging.Concat,
    "crop": reshaping.Crop,
    "dot_product": merging.DotProduct,
    "gate": merging.Gate,
    "global_avg_pool": sliding.GlobalAvgPool,
    "global_max_pool": sliding.GlobalMaxPool,
    "hard_sigmoid": shaping.HardSigmoid,
    "last": Steps,
    "last_step": reshaping.LastStep,
    "learned_scale": merging.LearnedScale,
    "lp_pool2d": sliding.LpPool2d,
    "maximum": merging.Maximum,
    "multiply": merging.Multiply,
    "pad_channels": reshaping.PadChannels,
    "padded_avg_pool2d": sliding.PaddedAvgPool2d,
    "padded_conv2d": sliding.PaddedConv2d,
    "padded_max_pool2d": sliding.PaddedMaxPool2d,
    "permute": reshaping.Permute,
    "repeat_steps": reshaping.RepeatSteps,
    "reshape": reshaping.Reshape,
    "scale": merging.Scale,
    "slice": reshaping.Slice,
    "step": shaping.Step,
    "steps_avg_pool1d": sliding.StepsAvgPool1d,
    "steps_batch_norm": shaping.StepsBatchNorm,
    "steps_conv1d": sliding.StepsConv1d,
    "steps_max_pool1d": sliding.StepsMaxPool1d,
    "steps_prelu": shaping.StepsPReLU,
    "subtract": merging.Subtract,
    "nn.Linear": nn.Linear,
    "nn.Conv2d": nn.Conv2d,
    "nn.ConvTranspose2d": nn.ConvTranspose2d,
    "nn.Upsample": nn.Upsample,
    "nn.MaxPool2d": nn.MaxPool2d,
    "nn.AvgPool2d": nn.AvgPool2d,
    "nn.AdaptiveAvgPool2d": nn.AdaptiveAvgPool2d,
    "nn.AdaptiveMaxPool2d": nn.AdaptiveMaxPool2d,
    "nn.Flatten": nn.Flatten,
    "nn.ZeroPad2d": nn.ZeroPad2d,
    "nn.ReflectionPad2d": nn.ReflectionPad2d,
    "nn.ReplicationPad2d": nn.ReplicationPad2d,
    "nn.ReLU": nn.ReLU,
    "nn.LeakyReLU": nn.LeakyReLU,
    "nn.PReLU": nn.PReLU,
    "nn.ELU": nn.ELU,
    "nn.CELU": nn.CELU,
    "nn.SELU": nn.SELU,
    "nn.SiLU": nn.SiLU,
    "nn.GELU": nn.GELU,
    "nn.Mish": nn.Mish,
    "nn.Softplus": nn.Softplus,
    "nn.Hardswish": nn.Hardswish,
    "nn.Hardsigmoid": nn.Hardsigmoid,
    "nn.Hardtanh": nn.Hardtanh,
    "nn.Sigmoid": nn.Sigmoid,
    "nn.Tanh": nn.Tanh,
    "nn.Softmax": nn.Softmax,
    "nn.LogSoftmax": nn.LogSoftmax,
    "nn.Dropout": nn.Dropout,
    "nn.BatchNorm1d": nn.BatchNorm1d,
    "nn.BatchNorm2d": nn.BatchNorm2d,
    "nn.LayerNorm": nn.LayerNorm,
    "nn.GroupNorm": nn.GroupNorm,
    "nn.InstanceNorm2d": nn.InstanceNorm2d,
    "nn.LocalResponseNorm": nn.LocalResponseNorm,
    "nn.RNN": RNN,
    "nn.LSTM": LSTM,
    "nn.GRU": GRU,
}


def make(call: Call) -> nn.Module:
    """Build the module of one call, without what follows it."""
    return TABLE[call.name](*call.args, **dict(call.kwargs))
