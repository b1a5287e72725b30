"""What slides over images and sequences, in ONNX's operators: convolutions, poolings, padding, enlarging.

ONNX pads each end by its own number, so what torch pads beforehand is one operator here; and what torch rounds up is
said by more padding behind, since runtimes differ in their ceil_mode.
"""

from __future__ import annotations

from math import ceil, prod
from typing import Any

import numpy as np

from playground.exchange.onnx_layers import Place, Rule, cut, features_first
from playground.exchange.onnx_sheet import Name
from playground.layers.window import Around, pair

MODES = {"reflect": "reflect", "replicate": "edge"}


def _sides(value: Any, rank: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,) * rank


def _around(at: Place, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[Around, ...]:
    """What is added before and behind each side."""
    if flat := at.settings.get("around"):
        pairs = [(flat[n], flat[n + 1]) for n in range(0, len(flat), 2)]
        return tuple(reversed(pairs))
    padding = at.settings.get("padding", 0)
    if padding == "same":
        totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    return tuple((each, each) for each in _sides(padding, len(kernel)))


def _pads(around: tuple[Around, ...]) -> list[int]:
    """In ONNX's order: all that is before, then all behind."""
    return [before for before, _ in around] + [behind for _, behind in around]


def _padded(at: Place, around: tuple[Around, ...], mode: str) -> Name:
    pads = _pads(around)
    half = len(around)
    return at.sheet.op("Pad", at.x, at.sheet.whole(0, 0, *pads[:half], 0, 0, *pads[half:]), mode=mode)


def _conv(at: Place) -> Name:
    rank = at.shapes[0].rank - 1
    kernel = pair(at.call.args[2]) if rank == 2 else (at.call.args[2],)
    dilation = _sides(at.settings.get("dilation", 1), rank)
    around = _around(at, kernel, dilation)
    x, mode = at.x, at.settings.get("padding_mode", "zeros")
    if mode != "zeros" and any(_pads(around)):
        x, around = _padded(at, around, MODES[mode]), ((0, 0),) * rank
    bias = [at.weight("bias")] if at.has("bias") else []
    return at.sheet.op(
        "Conv", x, at.weight("weight"), *bias, kernel_shape=list(kernel), dilations=list(dilation), pads=_pads(around),
        strides=list(_sides(at.settings["stride"], rank)), group=int(at.settings.get("groups", 1)),
    )  # fmt: skip


def _conv_transpose(at: Place) -> Name:
    s = at.settings
    bias = [at.weight("bias")] if at.has("bias") else []
    return at.sheet.op(
        "ConvTranspose", at.x, at.weight("weight"), *bias, kernel_shape=list(pair(at.call.args[2])),
        strides=list(_sides(s["stride"], 2)), pads=[s["padding"]] * 4, output_padding=[s["output_padding"]] * 2,
        dilations=list(_sides(s.get("dilation", 1), 2)), group=int(s.get("groups", 1)),
    )  # fmt: skip


class _Window:
    """How a pooling's window moves, with the last window that only partly fits reckoned as padding behind."""

    def __init__(self, at: Place, kernel: Any) -> None:
        image = at.shapes[0]
        sides = image.dims[1:] if image.is_image else image.dims[:1]
        rank = len(sides)
        self.kernel = _sides(kernel, rank)
        self.stride = _sides(at.settings["stride"], rank)
        self.around = _around(at, self.kernel, (1,) * rank)
        self.beyond = tuple(0 for _ in sides)
        if at.settings.get("ceil_mode"):
            self.beyond = tuple(map(self._more, sides, self.kernel, self.stride, self.around))

    @staticmethod
    def _more(side: int, kernel: int, stride: int, around: Around) -> int:
        room = side + sum(around) - kernel
        count = ceil(room / stride) + 1
        if (count - 1) * stride >= side + around[0]:
            count -= 1
        return max((count - 1) * stride - room, 0)

    @property
    def wider(self) -> tuple[Around, ...]:
        return tuple((before, behind + more) for (before, behind), more in zip(self.around, self.beyond, strict=True))

    def attributes(self, around: tuple[Around, ...]) -> dict[str, Any]:
        return {"kernel_shape": list(self.kernel), "strides": list(self.stride), "pads": _pads(around)}


def _max_pool(at: Place) -> Name:
    window = _Window(at, at.call.args[0])
    return at.sheet.op("MaxPool", at.x, **window.attributes(window.wider))


def _avg_pool(at: Place) -> Name:
    window = _Window(at, at.call.args[0])
    counts = bool(at.settings.get("count_include_pad")) and any(_pads(window.around))
    if counts and any(window.beyond):  # the padding counts, what is beyond it does not
        padded = _padded(at, window.around, "constant")
        beyond = tuple((0, more) for more in window.beyond)
        return at.sheet.op("AveragePool", padded, **window.attributes(beyond))
    return at.sheet.op("AveragePool", at.x, **window.attributes(window.wider), count_include_pad=int(counts))


def _lp_pool(at: Place) -> Name:
    s, (power, kernel) = at.sheet, at.call.args
    window = _Window(at, kernel)
    means = s.op(
        "AveragePool", s.op("Pow", at.x, s.const(float(power))), **window.attributes(window.wider), count_include_pad=1
    )
    sums = s.op("Mul", means, s.const(float(prod(window.kernel))))
    least = s.const(np.finfo(np.float32).tiny)
    roots = s.op("Pow", s.op("Max", sums, least), s.const(1 / power))
    return s.op("Where", s.op("Greater", sums, least), roots, s.const(0.0))


def _windows(side: int, count: int) -> list[tuple[int, int]]:
    """Where each window of an adaptive pooling begins and ends."""
    return [(n * side // count, -(-(n + 1) * side // count)) for n in range(count)]


def _adaptive(kind: str) -> Rule:
    def rule(at: Place) -> Name:
        s, image = at.sheet, at.shapes[0]
        size, sides = pair(at.call.args[0]), image.dims[1:]
        if all(side % count == 0 for side, count in zip(sides, size, strict=True)):
            kernel = [side // count for side, count in zip(sides, size, strict=True)]
            return s.op(f"{kind}Pool", at.x, kernel_shape=kernel, strides=kernel)
        value = at.x
        for axis, (side, count) in enumerate(zip(sides, size, strict=True), 2):
            reduce = "ReduceMax" if kind == "Max" else "ReduceMean"
            pieces = [cut(s, value, [a], [b], [axis], [1]) for a, b in _windows(side, count)]
            reduced = [s.op(reduce, piece, axes=[axis], keepdims=1) for piece in pieces]
            value = s.op("Concat", *reduced, axis=axis) if len(reduced) > 1 else reduced[0]
        return value

    return rule


def _upsample(at: Place) -> Name:
    s, factor = at.sheet, float(at.settings["scale_factor"])
    scales = s.const([1.0, 1.0, factor, factor])
    if at.settings["mode"] == "nearest":
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    else:
        how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    return s.op("Resize", at.x, "", scales, **how)


def _border(mode: str) -> Rule:
    def rule(at: Place) -> Name:
        left, right, top, bottom = at.call.args[0]
        return _padded(at, ((top, bottom), (left, right)), mode)

    return rule


WINDOWS: dict[str, Rule] = {
    "nn.Conv2d": _conv,
    "padded_conv2d": _conv,
    "steps_conv1d": features_first(_conv),
    "nn.ConvTranspose2d": _conv_transpose,
    "nn.Upsample": _upsample,
    "nn.MaxPool2d": _max_pool,
    "padded_max_pool2d": _max_pool,
    "steps_max_pool1d": features_first(_max_pool),
    "nn.AvgPool2d": _avg_pool,
    "padded_avg_pool2d": _avg_pool,
    "steps_avg_pool1d": features_first(_avg_pool),
    "lp_pool2d": _lp_pool,
    "nn.AdaptiveAvgPool2d": _adaptive("Average"),
    "nn.AdaptiveMaxPool2d": _adaptive("Max"),
    "nn.ZeroPad2d": _border("constant"),
    "nn.ReflectionPad2d": _border("reflect"),
    "nn.ReplicationPad2d": _border("edge"),
}
