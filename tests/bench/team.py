"""How much faster two processes take a step of CIFAR's ResNet-20 together than one, with one thread each, over gloo.

python -m tests.bench.team

By the clock, and by each process's own time where others use the machine too: what a step costs the one process, over
what it costs the slower of the two.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.engine.team_members import team_of

ROUNDS, STEPS = 3, 8


def seconds(size: int, folder: Path) -> tuple[float, float]:
    """Of the median step: by the clock, and of the process that worked longest."""
    members = team_of(size, "paces", folder, steps=STEPS)
    return tuple(max(float(np.median(found[kind])) for found in members) for kind in ("clock", "own"))  # type: ignore[return-value]


def main() -> None:
    """One line a round, the two beside each other, and their medians."""
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            (one, own), (two, each) = (seconds(size, Path(folder)) for size in (1, 2))
            rounds.append((one / two, own / each))
            sys.stdout.write(f"one {one:.3f} s, two {two:.3f} s a step; {own:.3f} and {each:.3f} s of a process\n")
    clock, process = np.median(rounds, axis=0)
    sys.stdout.write(f"two are {clock:.2f} × as fast by the clock, {process:.2f} × by the processes' own time\n")


if __name__ == "__main__":
    main()
