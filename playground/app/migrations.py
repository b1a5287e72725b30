"""Project descriptions of older formats, brought up to the present one step at a time.

Each step takes the JSON values of its format and gives those of the next; a whole file of each format is kept in
tests/app/formats. Nothing is checked here: document.py does so afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _to_2(values: dict[str, Any]) -> dict[str, Any]:
    """Feedback edges, blocks and notes came."""
    return {"blocks": [], "notes": [], **values}


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _to_2}
"""What leads on from each format."""
FORMAT = 1 + len(STEPS)


def migrated(values: Any) -> Any:
    """The values in the present format; what is none of an older one is left as it is."""
    while isinstance(values, dict) and isinstance(at := values.get("format"), int) and at in STEPS:
        values = {**STEPS[at](values), "format": at + 1}
    return values
