"""Which processor does the arithmetic, and with how many threads."""

from __future__ import annotations

import os

import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
SMALL = 20_000_000
"""Multiply-adds of a batch below which a second thread costs more than it brings (measured on two cores)."""


class DeviceProblem(Exception):
    """A device that this machine does not have: one sentence, with a way out."""


def available() -> tuple[str, ...]:
    """The devices of this machine, the fastest first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def pick(name: str = "auto") -> torch.device:
    """The device of that name; "auto" takes the fastest. Raises DeviceProblem."""
    there = available()
    if name == "auto":
        return torch.device(there[0])
    if name not in there:
        raise DeviceProblem(f"This machine has no {name} device. Use one of: auto, {', '.join(there)}.")
    return torch.device(name)


_most_threads: int | None = None


def limit_threads(most: int | None) -> None:
    """Never use more than that from now on; for processes that share the cores. None: no limit."""
    global _most_threads
    _most_threads = most


def use_threads(multiply_adds: int) -> int:
    """Set torch's threads for steps of that size; a fixed rule, so that the same seed gives the same numbers."""
    threads = 1 if multiply_adds < SMALL else _most_threads or os.cpu_count() or 1
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    return threads
