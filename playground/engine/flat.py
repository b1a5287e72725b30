"""A step of training written out flat: forward, backward and update as straight lines of TorchScript.

Autograd (stepper.py) is the reference: one of its steps is recorded, operation by operation, and its lines are run
again for the steps that follow, many of them in one call that holds no lock of Python's. They are the same operations
on the same tensors in the same order, so the numbers are the same. Small networks are some ten times as fast, since
nothing is looked up, wrapped or differentiated anew; large ones gain what Python costs between their operations.

Why TorchScript: it needs no compiler on the person's machine, comes with torch, and reads source text, so that
nothing of ours is compiled from Python at run time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from playground.engine.flat_update import Moved, memory
from playground.engine.flat_update import lines as update_lines
from playground.engine.optimise import clip, penalise
from playground.engine.tape import Line, Tape

if TYPE_CHECKING:
    from playground.engine.train import Training

HEAD = """\
def steps(inputs: Tensor, targets: Tensor, fixed: List[Tensor], memory: List[List[Tensor]], losses: Tensor, first: int,
          batch: int, rate: float) -> Tensor:
    seen = torch.jit.annotate(List[Tensor], [])
"""
LOOP = """\
    for i in range(inputs.size(0) // batch):
        x = inputs.narrow(0, i * batch, batch)
        y = targets.narrow(0, i * batch, batch)
"""
LONGEST = 1000
"""Lines of a step that is written out: they are compiled in some 50 ms, for which the window stands still."""


class FlatStep:
    """The steps of one network with batches of one size, from a recorded one."""

    def __init__(self, source: str, fixed: list[Tensor], moved: Moved) -> None:
        """Raises: RuntimeError: If TorchScript does not understand a line."""
        self.source = source
        self._fixed, self._moved = fixed, moved
        self._steps = _compiled(source)

    def run(self, training: Training, inputs: Tensor, targets: Tensor, first: int, batch: int) -> Tensor | None:
        """Steps with one batch after the other, numbered from first in their epoch; the scores of all examples.

        None, and nothing done, if the optimiser does not remember what it did: then the reference must begin.
        """
        known = memory(training.optimiser, self._moved)
        if known is None:
            return None
        rate = float(training.optimiser.param_groups[0]["lr"])
        losses = training.step_losses()
        fixed = [
            each.detach() for each in self._fixed
        ]  # gradients are on, since an LSTM forgets without; none is asked for
        scores: Tensor = self._steps(inputs, targets, fixed, known, losses, first, batch, rate)
        return scores


def _compiled(source: str) -> Any:
    """Torch keeps what its caller knows in a cycle: here that is no tensor, which would outlive its run."""
    return torch.jit.CompilationUnit(source).steps


def record(training: Training, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, FlatStep | None]:
    """Take the gradients of one batch by autograd and write down how: scores, loss, and the flat step if there is one.

    The gradients are left where the optimiser looks for them; its step is the caller's to take.
    """
    network = training.network
    fixed = [*network.parameters(), *network.buffers()]
    names = [f"fixed{number}" for number in range(len(fixed))]
    tape = Tape({"x": inputs, "y": targets, **dict(zip(names, fixed, strict=True))}, names)
    weights = [each for each in network.parameters() if each.requires_grad]
    with tape:
        scores, loss, total = training.judge.learn(inputs, targets)
        slopes = torch.autograd.grad(total, weights, allow_unused=True)
        for weight, slope in zip(weights, _own(slopes, weights), strict=True):
            weight.grad = slope
        if training.recipe.l1:
            penalise(network, training.recipe.l1)
        if training.recipe.clip:
            clip(network, training.recipe.clip)
    flat = None
    if not tape.obstacle and len(tape.lines) <= LONGEST:
        source, moved = _source(training.optimiser, tape, len(fixed), scores, loss)
        with suppress(RuntimeError):  # an operation that TorchScript has no words for: the reference goes on alone
            flat = FlatStep(source, [*fixed, *tape.constants], moved)
    return scores.detach(), loss.detach(), flat


def _source(optimiser: Optimizer, tape: Tape, fixed: int, scores: Tensor, loss: Tensor) -> tuple[str, Moved]:
    """The recorded step in a loop over batches; and the weights that it moves."""
    moved = [[each for each in group["params"] if each.grad is not None] for group in optimiser.param_groups]
    answer, cost = tape.name(scores), tape.name(loss)
    update = list(update_lines(optimiser, moved, tape.name))
    names = [f"fixed{number}" for number in range(fixed)]
    names += [f"constant{number}" for number in range(len(tape.constants))]
    before = [f"{name} = fixed[{number}]" for number, name in enumerate(names)]
    before += [line.text for line in tape.lines if line.is_steady]
    after = [f"losses.select(0, first + i).copy_({cost})", f"seen.append({answer})", *update]
    each = [*_tidied([line for line in tape.lines if not line.is_steady], after), *after]
    text = HEAD + "".join(f"    {line}\n" for line in before)
    text += LOOP + "".join(f"        {line}\n" for line in each)
    return text + "    return torch.cat(seen)\n", moved


def _tidied(lines: Sequence[Line], after: Sequence[str]) -> list[str]:
    """The lines without transposed matrices that nothing reads, and written over what nobody else will read."""
    counts = Counter(word for text in (*(line.text for line in lines), *after) for word in re.findall(r"\w+", text))
    return [
        line.written_over() if line.over and counts[line.over] == 2 else line.text
        for line in lines
        if "= torch.ops.aten.t(" not in line.text or counts[line.text.split(" ", 1)[0]] > 1
    ]


def _own(slopes: Sequence[Tensor | None], weights: Sequence[Tensor]) -> Iterator[Tensor | None]:
    """Gradients laid out as their weights are, each with memory of its own, as backward() would leave them."""
    seen: set[int] = set()
    for slope, weight in zip(slopes, weights, strict=True):
        if slope is not None:
            place = slope.untyped_storage().data_ptr()
            if slope.stride() != weight.stride() or place in seen:
                slope = torch.empty_like(weight).copy_(slope)
            seen.add(slope.untyped_storage().data_ptr())
        yield slope
