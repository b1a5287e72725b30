"""The optimisers' steps as TorchScript lines: the same calls that torch.optim makes, on the same memory.

Knows no networks: flat.py hands it names. The optimisers themselves are made in optimise.py; their memory stays theirs,
so that steps of either kind may follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor
from torch.optim import SGD, Adam, Optimizer, RMSprop

Group = Mapping[str, Any]
Moved = Sequence[Sequence[Tensor]]
"""The weights of each of the optimiser's groups that get a gradient."""


def memory(optimiser: Optimizer, moved: Moved) -> list[list[Tensor]] | None:
    """The weights that move, lot by lot, each followed by what the optimiser remembers of them, a list for each name.

    None before the optimiser's first step. Lists that are handed in, since TorchScript leaves out what is done to the
    members of a list of its own.
    """
    found: list[list[Tensor]] = []
    for group, weights in _lots(optimiser, moved):
        found.append([each.detach() for each in weights])
        for name in _names(optimiser, group):
            values = [optimiser.state[each].get(name) for each in weights]
            if any(value is None for value in values):
                return None
            found.append(values)
    return found


def _lots(optimiser: Optimizer, moved: Moved) -> list[tuple[Group, Sequence[Tensor]]]:
    """The weights that are moved alike: all together where no penalty tells the groups apart."""
    groups = optimiser.param_groups
    if len({group["weight_decay"] for group in groups}) == 1:
        return [(groups[0], [each for weights in moved for each in weights])]
    return [(group, weights) for group, weights in zip(groups, moved, strict=True) if weights]


def _names(optimiser: Optimizer, group: Group) -> tuple[str, ...]:
    if isinstance(optimiser, Adam):  # AdamW too
        return ("exp_avg", "exp_avg_sq", "step")
    momentum = ("momentum_buffer",) if group["momentum"] else ()
    return ("square_avg", "step", *momentum) if isinstance(optimiser, RMSprop) else momentum


def lines(optimiser: Optimizer, moved: Moved, name: Callable[[Tensor], str]) -> Iterator[str]:
    """The update of all lots. Reads `rate` and the lists of memory(); name: what a tensor is called."""
    at = 0
    for group, own in _lots(optimiser, moved):
        weights, *lists = (f"memory[{at + number}]" for number in range(1 + len(_names(optimiser, group))))
        at += 1 + len(lists)
        slopes = f"[{', '.join(name(each.grad) for each in own if each.grad is not None)}]"
        yield from _rule(optimiser, group, weights, slopes, lists)


def _rule(optimiser: Optimizer, group: Group, weights: str, slopes: str, own: Sequence[str]) -> Iterator[str]:
    if isinstance(optimiser, SGD):
        buffers = own[0] if own else "torch.jit.annotate(List[Tensor], [])"
        yield (
            f"torch.ops.aten._fused_sgd_({weights}, {slopes}, {buffers}, weight_decay={group['weight_decay']!r}, "
            f"momentum={group['momentum']!r}, lr=rate, dampening=0.0, nesterov=False, maximize=False, "
            "is_first_step=False)"
        )
    elif isinstance(optimiser, Adam):
        yield from _adam(group, weights, slopes, own)
    else:
        yield from _rmsprop(group, weights, slopes, own)


def _adam(group: Group, weights: str, slopes: str, own: Sequence[str]) -> Iterator[str]:
    mean, square, steps = own
    kind = "adamw" if group["decoupled_weight_decay"] else "adam"
    beta1, beta2 = group["betas"]
    yield f"torch.ops.aten._foreach_add_({steps}, 1)"
    yield (
        f"torch.ops.aten._fused_{kind}_({weights}, {slopes}, {mean}, {square}, torch.jit.annotate(List[Tensor], []), "
        f"{steps}, lr=rate, beta1={beta1!r}, beta2={beta2!r}, weight_decay={group['weight_decay']!r}, "
        f"eps={group['eps']!r}, amsgrad=False, maximize=False)"
    )


def _rmsprop(group: Group, weights: str, slopes: str, own: Sequence[str]) -> Iterator[str]:
    square, steps, *speed = own
    alpha = group["alpha"]
    yield f"torch.ops.aten._foreach_add_({steps}, 1)"
    yield f"slopes = {slopes}"
    if group["weight_decay"]:
        yield f"slopes = torch.ops.aten._foreach_add(slopes, {weights}, alpha={group['weight_decay']!r})"
    yield f"torch.ops.aten._foreach_mul_({square}, {alpha!r})"
    yield f"torch.ops.aten._foreach_addcmul_({square}, slopes, slopes, {1 - alpha!r})"
    yield f"roots = torch.ops.aten._foreach_sqrt({square})"
    yield f"torch.ops.aten._foreach_add_(roots, {group['eps']!r})"
    if speed:
        yield f"torch.ops.aten._foreach_mul_({speed[0]}, {group['momentum']!r})"
        yield f"torch.ops.aten._foreach_addcdiv_({speed[0]}, slopes, roots)"
        yield f"torch.ops.aten._foreach_add_({weights}, {speed[0]}, alpha=-rate)"
    else:
        yield f"torch.ops.aten._foreach_addcdiv_({weights}, slopes, roots, -rate)"
