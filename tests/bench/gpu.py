"""Who trains the workloads on a graphics card: ourselves, torch by hand with all data on the card, the same in bf16,
and the same with its step captured once as a CUDA graph.

A turn is over when the card has done all that it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any

from tests.bench.sides import Side, Turn, endless_of, loss_of, optimiser_of, ours, tensors, tight
from tests.bench.workloads import Workload

WARMING = 3
"""Steps before one is captured, so that gradients and what the optimiser keeps are there."""


def bf16(work: Workload, device: str) -> Turn:
    """Torch by hand, forward in bf16 where torch finds that safe (torch.autocast); weights stay in single precision."""
    import torch

    x, y = tensors(work, device)
    module, loss = work.make_module().to(device), loss_of(work)
    optimiser = optimiser_of(work, module.parameters())

    def step(rows: Any) -> None:
        optimiser.zero_grad()
        with torch.autocast(device, torch.bfloat16):
            found = loss(module(x.index_select(0, rows)), y.index_select(0, rows))
        found.backward()
        optimiser.step()

    return _turns(step, _rows(len(x), work.batch, device))


def graphed(work: Workload, device: str = "cuda") -> Turn:
    """Torch by hand, its step captured: forward, backward and update are launched together (pytorch.org, CUDA Graphs).

    A captured step has one shape: the shorter batch at the end of an epoch is left out.
    """
    import torch

    x, y = tensors(work, device)
    module, loss = work.make_module().to(device), loss_of(work)
    optimiser = optimiser_of(work, module.parameters(), capturable=True)
    some_x, some_y = x[: work.batch].clone(), y[: work.batch].clone()

    def whole() -> None:
        optimiser.zero_grad()
        loss(module(some_x), some_y).backward()
        optimiser.step()

    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(WARMING):
            whole()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        whole()

    def step(rows: Any) -> None:
        torch.index_select(x, 0, rows, out=some_x)
        torch.index_select(y, 0, rows, out=some_y)
        graph.replay()

    return _turns(step, _rows(len(x) // work.batch * work.batch, work.batch, device))


def _rows(count: int, batch: int, device: str) -> Iterator[Any]:
    """Whose turn it is, without end."""
    import torch

    return endless_of(lambda: iter(torch.randperm(count, device=device).split(batch)))


def _turns(step: Callable[[Any], None], batches: Iterator[Any]) -> Turn:
    def turn(seconds: float) -> int:
        end, done = perf_counter() + seconds, 0
        while perf_counter() < end:
            rows = next(batches)
            step(rows)
            done += len(rows)
        return done

    return turn


def _to_the_end(side: Callable[[Workload, str], Turn], work: Workload) -> Turn:
    import torch

    turn = side(work, "cuda")

    def whole(seconds: float) -> int:
        done = turn(seconds)
        torch.cuda.synchronize()
        return done

    return whole


GPU_SIDES: dict[str, Side] = {
    name: partial(_to_the_end, side)
    for name, side in {"ours": ours, "tight loop": tight, "bf16": bf16, "CUDA graph": graphed}.items()
}
