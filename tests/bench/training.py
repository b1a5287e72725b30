"""Training throughput, side by side in short turns, so that what else the machine does falls on all of them alike.

Each round gives every side one turn; a ratio is the median over the rounds of one side's speed in a round over
another's. Speed is examples a second of wall time. `--clock processor` counts the process's own time instead, for a
machine that others are using too: it says the same where nobody else is there and both sides use one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from statistics import median
from time import perf_counter, process_time
from typing import Any

from tests.bench.sides import SIDES, Side, Turn
from tests.bench.workloads import Workload

CLOCKS: dict[str, Callable[[], float]] = {"wall": perf_counter, "processor": process_time}


def measure(
    work: Workload,
    names: Iterable[str],
    seconds: float,
    rounds: int,
    clock: str = "wall",
    sides: Mapping[str, Side] = SIDES,
) -> dict[str, dict[str, Any]]:
    """By side: examples a second, and ours as a ratio to it; or why the side is missing."""
    turns: dict[str, Turn] = {}
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        try:
            turns[name] = sides[name](work)
            turns[name](seconds / 2)  # first steps take longer
        except ImportError as error:
            found[name] = {"skipped": f"not installed: {error.name}"}
        except LookupError as reason:
            found[name] = {"skipped": str(reason)}
            turns.pop(name, None)
    speeds: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, turn in turns.items():
            speeds[name].append(_speed(turn, seconds, CLOCKS[clock]))
    for name, own in speeds.items():
        ratios = [ours / each for ours, each in zip(speeds["ours"], own, strict=True)]
        found[name] = {"examples/s": median(own), "steps/s": median(own) / work.batch, "ours over it": median(ratios)}
    return found


def _speed(turn: Turn, seconds: float, clock: Callable[[], float]) -> float:
    began = clock()
    done = turn(seconds)
    took = getattr(turn, "took", None) if clock is perf_counter else None
    return done / (took or clock() - began)
