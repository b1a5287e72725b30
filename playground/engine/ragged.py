"""Sequences of unequal length in one batch: every layer looks at a sequence's own steps alone.

What fills up a shorter sequence stands before it and is NaN in the inputs (playground.data.lengths), so that it goes
wherever the inputs go. Here it becomes a count of own steps beside each value, and zeros. The answer is that of the
sequence alone, in a network made for its length; tests/engine/test_ragged.py holds it, gradients too. Networks of
sequences of one length know nothing of this: compile.py asks for it only where inputs are filled up.

Layers that take all steps as one vector (Flatten, Reshape, Permute) need a fixed length: they see the zeros, of which
playground.graph.hygiene warns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from playground.engine import reshaping, sliding
from playground.engine.attention import AdditiveAttention, Attention, MultiHeadAttention, PositionalEncoding, later
from playground.engine.shaping import StepsBatchNorm
from playground.engine.stepping import OWN, LoopStep, Step, Values, arranged, brought, called, kept, run_step
from playground.graph.model import NodeId
from playground.layers.slide import Slide

Lengths = dict[NodeId, Tensor]
"""Own steps (n,), at the end of the value of each layer that gives filled up sequences; what fills them up is 0."""
Given = list[Tensor | None]


def begin(x: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs (n, steps, features) with zeros for what fills them up, and how many steps are their own (n,)."""
    gone = x.isnan()
    return x.masked_fill(gone, 0.0), (~gone[..., 0] if x.dim() == 3 else ~gone).sum(1)


def run(steps: Iterable[Step | LoopStep], values: Values, lengths: Lengths) -> None:
    """Add what every layer gives, and under "<layer>/own" its lengths, where it gives sequences that are filled up."""
    for step in steps:
        if isinstance(step, LoopStep):
            _loop(step, values, lengths)
        elif any(_length(step, lengths, port) is not None for port in step.ports):
            _layer(step, values, lengths)
        else:
            run_step(step, values)
    values.update({id + OWN: length for id, length in lengths.items()})


def is_own(lengths: Tensor, steps: int) -> Tensor:
    """(n, steps) whether a step is the sequence's own."""
    return torch.arange(steps, device=lengths.device) >= steps - lengths[:, None]


def emptied(value: Tensor, lengths: Tensor) -> Tensor:
    """The value (n, steps, …) with zeros where it is filled up."""
    gone = ~is_own(lengths, value.shape[1])
    return value.masked_fill(gone.view(*gone.shape, *[1] * (value.dim() - 2)), 0.0)


def _length(step: Step, lengths: Lengths, port: str) -> Tensor | None:
    """The own steps of what arrives at a port."""
    found = (lengths.get(feed.source) for feed in step.feeds if feed.port == port and not feed.state)
    return next((length for length in found if length is not None), None)


def _layer(step: Step, values: Values, lengths: Lengths) -> None:
    given = arranged(step, [brought(feed, values) for feed in step.feeds])
    own = [_length(step, lengths, port) for port in step.ports]
    made = kept(step, values, (ruled := _ruled(step, given, own))[0])
    if ruled[1] is not None and made.dim() > 2:
        lengths[step.id] = ruled[1]
        values[step.id] = emptied(made, ruled[1])


def _ruled(step: Step, given: Given, own: list[Tensor | None]) -> tuple[Any, Tensor | None]:
    """What the module gives, and how many steps of it are own ones."""
    x, length = given[0], own[0]
    if isinstance(step.module, _ATTENTION):
        return _attention(step, given, own)
    if hasattr(step.module, "led"):  # a module of insight's, which goes through the steps by itself
        return cast(Any, step.module).led(given, length), length
    rule = _rule(type(step.module)) if step.module is not None else None
    if rule is None or x is None or length is None:
        return called(step, given), next((each for each in own if each is not None), None)
    return rule(step, x, length, given)


def _loop(loop: LoopStep, values: Values, lengths: Lengths) -> None:
    """A loop that begins anew where each sequence begins: before that, all that is carried is 0."""
    length = next((lengths[id] for id in loop.timed if id in lengths), None)
    if length is None:
        loop.run(values)
        return
    own = is_own(length, values[next(iter(loop.timed))].shape[1]).unbind(1)
    loop.run(values, lambda time, value: value.masked_fill(~own[time].view(-1, *[1] * (value.dim() - 1)), 0.0))
    lengths.update(dict.fromkeys(loop.dims, length))


# Rules: what a layer makes of x (n, steps, features), of which so many steps are its own, and how many it gives then


def _recurrent(step: Step, x: Tensor, length: Tensor, given: Given) -> tuple[Any, Tensor]:
    """Packed, as torch has it: forwards from the first own step on, backwards from the last."""
    module: Any = step.module
    least = length.clamp(min=1)
    packed = pack_padded_sequence(_to_front(x, length), least.cpu(), batch_first=True, enforce_sorted=False)
    states, state = module(packed, *given[1:])
    padded, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
    return (_to_end(padded, least), state), least


def _conv(step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, Tensor]:
    module: Any = step.module
    whole, windows = _way(step, x)
    if whole.stride == 1 and module.padding_mode == "zeros":  # as it would be padded are the zeros before a sequence
        return module(x), (length + windows - x.shape[1]).clamp(min=1)
    around, _, counts = _around(step, x, length, module.padding_mode)
    made = F.conv1d(
        around.transpose(1, 2), module.weight, module.bias, module.stride, 0, module.dilation, module.groups
    )
    return _to_end(made.transpose(1, 2), counts), counts


def _max_pool(step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, Tensor]:
    whole, _ = _way(step, x)
    around, _, counts = _around(step, x, length, fill=-torch.inf)
    made = F.max_pool1d(around.transpose(1, 2), whole.kernel[0], whole.stride).transpose(1, 2)
    return _to_end(made, counts), counts


def _avg_pool(step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, Tensor]:
    module: Any = step.module
    whole, _ = _way(step, x)
    around, counted, counts = _around(step, x, length, counts_padding=module.count_include_pad)
    sums = F.avg_pool1d(around.transpose(1, 2), whole.kernel[0], whole.stride)
    shares = F.avg_pool1d(counted.to(x.dtype)[:, None], whole.kernel[0], whole.stride)
    made = (sums / shares.clamp(min=torch.finfo(x.dtype).tiny)).transpose(1, 2)
    return _to_end(made, counts), counts


def _global_avg(_step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, None]:
    return x.sum(1) / length.clamp(min=1)[:, None], None


def _global_max(_step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, None]:
    gone = ~is_own(length.clamp(min=1), x.shape[1])
    return x.masked_fill(gone[..., None], -torch.inf).amax(1), None


def _batch_norm(step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, Tensor]:
    """Mean and variance over own steps, each counting once."""
    module: Any = step.module
    there = is_own(length, x.shape[1])
    return torch.zeros_like(x).masked_scatter(there[..., None], module(x[there][None])[0]), length


def _positions(step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, Tensor]:
    """Counted from the first own step."""
    module: Any = step.module
    at = torch.arange(x.shape[1], device=x.device) - (x.shape[1] - length[:, None])
    return x + module.waves[at.clamp(min=0)], length


def _slice(step: Step, x: Tensor, length: Tensor, _given: Given) -> tuple[Tensor, Tensor]:
    """Counted from the first own step; up to the last where all the rest is kept."""
    module: Any = step.module
    if module.dim != 1:
        return module(x), length
    stop = length if module.stop == x.shape[1] else length.clamp(max=module.stop)
    start = torch.minimum(torch.full_like(stop, module.start), stop - 1).clamp(min=0)
    count, wide = (stop - start).clamp(min=1), module.stop - module.start
    at = torch.arange(wide, device=x.device) - (wide - count[:, None]) + start[:, None]
    return _picked(x, length, at), count


def _whole(step: Step, _x: Tensor, _length: Tensor, given: Given) -> tuple[Tensor, None]:
    """Zeros and all: what comes of it has no steps any more, or other ones."""
    return called(step, given), None


def _attention(step: Step, given: Given, own: list[Tensor | None]) -> tuple[Tensor, Tensor | None]:
    """Only own steps are looked at. What fills up the queries looks at all, so that no sum is empty: it is emptied."""
    query, module = cast(Tensor, given[0]), cast(Any, step.module)
    memory, whose = (query, own[0]) if len(given) < 2 or given[1] is None else (given[1], own[1])
    steps, asked = memory.shape[1], query.shape[1] if query.dim() == 3 else 1
    hidden = torch.zeros(1, asked, steps, dtype=torch.bool, device=query.device)
    if whose is not None:
        hidden = hidden | ~is_own(whose.clamp(min=1), steps)[:, None]
    if getattr(module, "causal", False):
        hidden = hidden | later(steps, query.device)
    if own[0] is not None and query.dim() == 3:
        hidden = hidden & is_own(own[0], asked)[..., None]
    return module(*given, hidden=hidden.expand(len(query), -1, -1)), own[0] if query.dim() == 3 else None


_ATTENTION = (Attention, MultiHeadAttention, AdditiveAttention)
Rule = Callable[[Step, Tensor, Tensor, Given], tuple[Any, Tensor | None]]
RULES: dict[type[nn.Module], Rule] = {
    nn.RNNBase: _recurrent,
    sliding.StepsConv1d: _conv,
    sliding.StepsMaxPool1d: _max_pool,
    sliding.StepsAvgPool1d: _avg_pool,
    sliding.GlobalAvgPool: _global_avg,
    sliding.GlobalMaxPool: _global_max,
    StepsBatchNorm: _batch_norm,
    PositionalEncoding: _positions,
    reshaping.Slice: _slice,
    nn.Flatten: _whole,
    reshaping.Reshape: _whole,
    reshaping.Permute: _whole,
}
"""All other layers look at each step by itself."""


@cache
def _rule(kind: type) -> Rule | None:
    return next((rule for own, rule in RULES.items() if issubclass(kind, own)), None)


# Where steps stand


def _picked(x: Tensor, length: Tensor, at: Tensor, fill: float = 0.0) -> Tensor:
    """Own steps (n, m, features) of x, counted from the first of each; `fill` where there is none."""
    index = (at + (x.shape[1] - length[:, None])).clamp(0, x.shape[1] - 1)
    found = x.gather(1, index[..., None].expand(-1, -1, x.shape[2]))
    return found.masked_fill(((at < 0) | (at >= length[:, None]))[..., None], fill)


def _to_front(x: Tensor, length: Tensor) -> Tensor:
    return _picked(x, length, torch.arange(x.shape[1], device=x.device).expand(len(x), -1))


def _to_end(x: Tensor, length: Tensor) -> Tensor:
    """What stands at the front, (n, steps, features), at the end."""
    steps = x.shape[1]
    return _picked(x, torch.full_like(length, steps), torch.arange(steps, device=x.device) - (steps - length[:, None]))


@lru_cache(64)
def _ways(slide: Callable[[int], Slide], steps: int, device: torch.device) -> Tensor:
    """By own steps, from 0 on: what is padded before and behind them, and how many windows fit; (3, steps + 1).

    A sequence that is shorter than the window has one all the same, as if zeros went on behind it.
    """
    ways = [slide(max(1, count)) for count in range(steps + 1)]
    found = [(*way.around[0], (way.places((max(1, count),)) or (1,))[0]) for count, way in enumerate(ways)]
    return torch.tensor(found, device=device).T.contiguous()


def _way(step: Step, x: Tensor) -> tuple[Slide, int]:
    """How a window moves over all steps, and how many there are."""
    assert step.slide is not None
    whole = step.slide(x.shape[1])
    return whole, (whole.places((x.shape[1],)) or (1,))[0]


def _around(
    step: Step, x: Tensor, length: Tensor, mode: str = "zeros", fill: float = 0.0, counts_padding: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """Each sequence at the front with its own padding around it, for a window to slide over without any.

    Also which of its places count in a mean, (n, places), and how many windows fit, (n,).
    """
    assert step.slide is not None
    before, behind, counts = _ways(step.slide, x.shape[1], x.device)[:, length]
    whole, windows = _way(step, x)
    at = torch.arange((windows - 1) * whole.stride + whole.kernel[0], device=x.device) - before[:, None]
    end = length[:, None]
    counted = at < end + behind[:, None] if counts_padding else (at >= 0) & (at < end)
    if mode == "replicate":
        at = torch.minimum(at.clamp(min=0), end - 1)
    elif mode == "reflect":
        at = end - 1 - (at.abs() - (end - 1)).abs()
    return _picked(x, length, at, fill), counted, counts
