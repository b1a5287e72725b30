"""Projects of older formats, brought up to the present one step at a time.

Each step takes the JSON values of its format and gives those of the next; a whole file of each format is kept in
tests/app/formats. Nothing is checked here: document.py and files.py do so afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _to_2(values: dict[str, Any]) -> dict[str, Any]:
    """Feedback edges, blocks and notes came."""
    return {"blocks": [], "notes": [], **values}


def _to_3(values: dict[str, Any]) -> dict[str, Any]:
    """The description is the same; the history has marks of edits beside the epochs: history_migrated."""
    return values


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _to_2, 2: _to_3}
"""What leads on from each format."""
FORMAT = 1 + len(STEPS)


def migrated(values: Any) -> Any:
    """The values in the present format; what is none of an older one is left as it is."""
    while isinstance(values, dict) and isinstance(at := values.get("format"), int) and at in STEPS:
        values = {**STEPS[at](values), "format": at + 1}
    return values


def history_migrated(values: Any) -> Any:
    """A history in the present form: up to format 2 it was the epochs alone."""
    return {"epochs": values, "marks": []} if isinstance(values, list) else values
