"""Importing torch, and what it imports only for the first optimiser, on a thread that ends.

Errors that torch meets on its way and keeps hold the frames of all who called it: on the thread of a run that would be
the run, with its examples and weights, for as long as nobody looks for cycles. Knows no torch at import.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cache


@cache
def import_torch() -> None:
    """Import it, once; returns when it is there. Where it cannot be imported, whoever imports it next meets that."""
    thread = threading.Thread(target=_import, name="importing", daemon=True)
    thread.start()
    thread.join()


def _import() -> None:
    with suppress(Exception):
        import torch

        import playground.engine.train  # noqa: F401

        torch.optim.Adam([torch.zeros(1, requires_grad=True)])
