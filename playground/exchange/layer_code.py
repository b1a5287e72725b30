"""What each torch call of a layer is in plain PyTorch: what is made in __init__, and what is computed in forward.

One row a call that engine/modules.py knows. What torch lacks is said with torch's functions where one line is enough,
else with a class or function of snippets.py, which is named in `needs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playground.exchange.page import Arg, Value, arguments, chain, literal, named
from playground.layers.layer import Call

FUNCTIONS = {
    "nn.ReLU": "torch.relu", "nn.LeakyReLU": "F.leaky_relu", "nn.GELU": "F.gelu", "nn.Sigmoid": "torch.sigmoid",
    "nn.Tanh": "torch.tanh", "nn.ELU": "F.elu", "nn.SELU": "F.selu", "nn.CELU": "F.celu", "nn.SiLU": "F.silu",
    "nn.Mish": "F.mish", "nn.Softplus": "F.softplus", "nn.Hardswish": "F.hardswish",
    "nn.Hardsigmoid": "F.hardsigmoid", "nn.Hardtanh": "F.hardtanh", "step": "heaviside",
}  # fmt: skip
"""Activations that follow a layer as a setting of it."""
_MODULES = (
    "Linear Conv2d ConvTranspose2d Upsample MaxPool2d AvgPool2d AdaptiveAvgPool2d AdaptiveMaxPool2d Flatten ZeroPad2d "
    "ReflectionPad2d ReplicationPad2d ReLU LeakyReLU PReLU ELU CELU SELU SiLU GELU Mish Softplus Hardswish Hardsigmoid "
    "Hardtanh Sigmoid Tanh Softmax LogSoftmax Dropout BatchNorm1d BatchNorm2d LayerNorm GroupNorm InstanceNorm2d "
    "LocalResponseNorm"
)
MODULES = frozenset(_MODULES.split())
"""Of torch.nn, called with the one tensor that arrives."""
UNSAID = (("bias", True),)
RECURRENT = frozenset({"nn.RNN", "nn.LSTM", "nn.GRU"})


@dataclass(frozen=True)
class Said:
    """A layer in plain PyTorch."""

    value: Value
    made: tuple[str, tuple[str, ...]] | None = None
    """The class and arguments of its attribute; None for one that needs none."""
    needs: tuple[str, ...] = ()
    """Names of snippets.py."""
    is_buffer: bool = False
    """Whether its attribute is a constant tensor that is not among the weights."""


Given = list[Any]
"""Code of what arrives, a port after the other; None for a port without an edge."""
Rule = Callable[[Call, str, Given], Said]


def said(call: Call, name: str, given: Given) -> Said | None:
    """A layer whose attribute has that name, with what follows it; None for a call that nobody wrote down here."""
    rule = _plain_module if call.name.removeprefix("nn.") in MODULES else RULES.get(call.name)
    if rule is None or any(after.name not in FUNCTIONS or after.args for after in call.then):
        return None
    found = rule(call, name, given)
    for after in call.then:
        needs = (*found.needs, *(("heaviside",) if after.name == "step" else ()))
        found = replace(found, value=found.value.function(FUNCTIONS[after.name]), needs=needs)
    return found


def made(call: Call, class_name: str = "", without: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    """The call that makes a module. What is torch's default, and says nothing to a reader, is left out."""
    kept = [pair for pair in call.kwargs if pair[0] not in without and pair not in UNSAID]
    return class_name or call.name, arguments(call.args, kept)


def _plain_module(call: Call, name: str, given: Given) -> Said:
    return Said(Value(f"self.{name}", (given[0],)), made(call))


def _own(class_name: str) -> Rule:
    """A class of snippets.py, called with all that arrives; ports between that are empty get None."""

    def rule(call: Call, name: str, given: Given) -> Said:
        return Said(Value(f"self.{name}", _filled(given)), made(call, class_name), (class_name,))

    return rule


def _function(function: str, keywords: bool = True) -> Rule:
    """A function of snippets.py, with what arrives and the call's settings."""

    def rule(call: Call, _: str, given: Given) -> Said:
        settings = arguments((), call.kwargs) if keywords else ()
        return Said(Value(function, (*_filled(given), *settings)), None, (function,))

    return rule


def _filled(given: Given) -> tuple[str, ...]:
    last = max(at for at, value in enumerate(given) if value is not None)
    return tuple("None" if value is None else value for value in given[: last + 1])


def _operator(sign: str) -> Rule:
    return lambda _call, _name, given: Said(chain(sign, given))


def _average(_call: Call, _name: str, given: Given) -> Said:
    return Said(chain("+", given).behind(f" / {len(given)}"))


def _maximum(_call: Call, _name: str, given: Given) -> Said:
    if len(given) == 2:
        return Said(Value("torch.maximum", tuple(given)))
    return Said(Value("reduce", ("torch.maximum", tuple(given))))


def _concat(call: Call, _name: str, given: Given) -> Said:
    return Said(Value("torch.cat", (tuple(given), literal(dict(call.kwargs)["dim"]))))


def _dot_product(call: Call, _name: str, given: Given) -> Said:
    if dict(call.kwargs)["normalised"]:
        given = [f"F.normalize({value}, dim=-1)" for value in given]
    return Said(Value("dot_product", tuple(given)), None, ("dot_product",))


def _gate(_call: Call, _name: str, given: Given) -> Said:
    new, old, gate = given
    return Said(chain("+", [f"{gate} * {new}", f"(1 - {gate}) * {old}"]))


def _scale(call: Call, _name: str, given: Given) -> Said:
    return Said(named(given[0]).behind(f" * {literal(call.args[0])}"))


def _hard_sigmoid(call: Call, _name: str, given: Given) -> Said:
    slope, offset = map(literal, call.args)
    return Said(chain("+", [f"{slope} * {given[0]}", offset]).method("clamp", "0", "1"))


def _method(head: str, *args: Arg) -> Rule:
    return lambda _call, _name, given: Said(named(given[0]).method(head, *args))


def _reduced(head: str) -> Rule:
    return lambda call, _name, given: Said(named(given[0]).method(head, literal(dict(call.kwargs)["dims"])))


def _reshape(call: Call, _name: str, given: Given) -> Said:
    return Said(named(given[0]).method("reshape", "-1", *map(literal, call.args[0])))


def _permute(call: Call, _name: str, given: Given) -> Said:
    return Said(named(given[0]).method("permute", "0", *map(literal, call.args[0])))


def _repeat_steps(call: Call, _name: str, given: Given) -> Said:
    return Said(named(given[0]).method("unsqueeze", "1").method("expand", "-1", literal(call.args[0]), "-1"))


def _slice(call: Call, _name: str, given: Given) -> Said:
    dim, start, stop = call.args
    return Said(named(given[0]).method("narrow", literal(dim), literal(start), literal(stop - start)))


def _crop(call: Call, _name: str, given: Given) -> Said:
    top, left, height, width = call.args or [dict(call.kwargs)[key] for key in ("top", "left", "height", "width")]
    return Said(named(given[0]).behind(f"[..., {top}:{top + height}, {left}:{left + width}]"))


def _pad_channels(call: Call, _name: str, given: Given) -> Said:
    front, behind, stride = call.args
    thinned = named(given[0]).behind(f"[..., ::{stride}, ::{stride}]") if stride > 1 else named(given[0])
    if not front and not behind:
        return Said(thinned)
    return Said(thinned.function("F.pad", ("0", "0", "0", "0", literal(front), literal(behind))))


def _padded(class_name: str, filling: str = "", features_first: bool = False) -> Rule:
    """A module of torch behind uneven padding; filling: what the padding is, where it is not zeros."""

    def rule(call: Call, name: str, given: Given) -> Said:
        settings = dict(call.kwargs)
        value = named(given[0])
        if features_first:
            value = value.method("transpose", "1", "2")
        if around := settings.get("around"):
            mode = settings.get("padding_mode", "zeros")
            more = (filling,) if filling else () if mode == "zeros" else (f"mode={literal(mode)}",)
            value = value.function("F.pad", tuple(map(literal, around)), *more)
        value = value.function(f"self.{name}")
        if features_first:
            value = value.method("transpose", "1", "2")
        return Said(value, made(call, class_name, ("around", "padding_mode") if around else ("around",)))

    return rule


def _averaged(plain: Rule, own: str) -> Rule:
    """A mean over unevenly padded windows: of what is in them, unless the padding counts."""

    def rule(call: Call, name: str, given: Given) -> Said:
        settings = dict(call.kwargs)
        if settings.get("around") and not settings.get("count_include_pad", True):
            return _own(own)(call, name, given)
        return plain(call, name, given)

    return rule


def _features_first(class_name: str) -> Rule:
    return _padded(class_name, features_first=True)


def _embedding(call: Call, name: str, given: Given) -> Said:
    codes = f"codes({given[0]}, {literal(call.args[0])})"
    kept = tuple(pair for pair in call.kwargs if pair[1] is not None)
    return Said(Value(f"self.{name}", (codes,)), made(replace(call, kwargs=kept), "nn.Embedding"), ("codes",))


def _one_hot(call: Call, _name: str, given: Given) -> Said:
    count = literal(call.args[0])
    return Said(Value("F.one_hot", (f"codes({given[0]}, {count})", count)).method("float"), None, ("codes",))


def _positional(call: Call, name: str, given: Given) -> Said:
    return Said(chain("+", [given[0], f"self.{name}"]), made(call, "waves"), ("waves",), is_buffer=True)


RULES: dict[str, Rule] = {
    "add": _operator("+"),
    "additive_attention": _own("AdditiveAttention"),
    "attention": _function("attention"),
    "average": _average,
    "concat": _concat,
    "crop": _crop,
    "dot_product": _dot_product,
    "embedding": _embedding,
    "gate": _gate,
    "global_avg_pool": _reduced("mean"),
    "global_max_pool": _reduced("amax"),
    "hard_sigmoid": _hard_sigmoid,
    "last_step": lambda _call, _name, given: Said(named(given[0]).behind("[:, -1]")),
    "learned_scale": _own("LearnedScale"),
    "lp_pool2d": _own("LpPool2d"),
    "maximum": _maximum,
    "multi_head_attention": _own("MultiHeadAttention"),
    "multiply": _operator("*"),
    "one_hot": _one_hot,
    "pad_channels": _pad_channels,
    "padded_avg_pool2d": _averaged(_padded("nn.AvgPool2d"), "PaddedAvgPool2d"),
    "padded_conv2d": _padded("nn.Conv2d"),
    "padded_max_pool2d": _padded("nn.MaxPool2d", "value=-torch.inf"),
    "permute": _permute,
    "positional_encoding": _positional,
    "repeat_steps": _repeat_steps,
    "reshape": _reshape,
    "scale": _scale,
    "slice": _slice,
    "step": lambda _call, _name, given: Said(Value("heaviside", (given[0],)), None, ("heaviside",)),
    "steps_avg_pool1d": _averaged(_padded("nn.AvgPool1d", features_first=True), "StepsAvgPool1d"),
    "steps_batch_norm": _features_first("nn.BatchNorm1d"),
    "steps_conv1d": _features_first("nn.Conv1d"),
    "steps_max_pool1d": _padded("nn.MaxPool1d", "value=-torch.inf", features_first=True),
    "steps_prelu": _features_first("nn.PReLU"),
    "subtract": _operator("-"),
}
