"""Reads every file that is named on standard input, one a line, and tells of each what became of it.

Run in a process of its own: python -m tests.data.limits. Each answer is a line of JSON with the file, what was read or
the sentence that refused it, the seconds it took, and the most memory in MB that the process has held so far.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

from playground.data import table_files
from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.images import Form, read_image
from playground.data.table_files import SUFFIXES


def read(path: Path) -> str:
    """What is in it."""
    if "images_broken" in path.parts:
        return f"image {read_image(path, Form(3, 32, 32)).shape}"
    try:
        dataset = load(DataChoice(source=str(path)))
    except DataProblem as problem:
        assert str(problem).endswith(".")  # noqa: PT017 - either outcome is right
        if path.suffix.lower() not in SUFFIXES:
            raise
        return raw_table(path)  # there may be nothing to learn from, and yet it can be read
    return f"{dataset.kind} {dataset.inputs.shape}"


def raw_table(path: Path) -> str:
    """Its columns as they are, before anything is made of them."""
    found = table_files.read(path, table_files.understand(path))
    return f"{found.rows} rows of {len(found.columns)} columns"


def most_memory() -> float:
    """MB that this process has held at most. Linux counts the parent's too in what getrusage tells."""
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Answer until there are no more names."""
    for line in sys.stdin:
        path, began = Path(line.strip()), perf_counter()
        found = {"file": str(path), "read": None, "refused": None}
        try:
            found["read"] = read(path)
        except DataProblem as problem:
            found["refused"] = str(problem)
        sys.stdout.write(json.dumps(found | {"seconds": perf_counter() - began, "megabytes": most_memory()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
